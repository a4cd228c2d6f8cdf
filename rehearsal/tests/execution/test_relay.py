import asyncio
from collections.abc import Awaitable, Callable

from rehearsal.execution.relay import Relay

type Side = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]

_MUCH = bytes(range(256)) * 40_000


def _between(client: Side, server: Side) -> None:
    """Runs a client and a server with a relay between them."""

    async def talk() -> None:
        done = asyncio.Event()

        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await server(reader, writer)
            writer.close()
            done.set()

        async with (
            await asyncio.start_server(serve, "127.0.0.1", 0) as behind,
            await asyncio.start_server(Relay(_address(behind)), "127.0.0.1", 0) as relay,
        ):
            reader, writer = await asyncio.open_connection(*_address(relay))
            await client(reader, writer)
            writer.close()
            await done.wait()

    asyncio.run(asyncio.wait_for(talk(), 60))


def _address(server: asyncio.Server) -> tuple[str, int]:
    host, port = server.sockets[0].getsockname()
    return host, port


def test_bytes_arrive_in_order_in_both_directions() -> None:
    received: list[bytes] = []

    async def client(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        sending = asyncio.create_task(_send(writer, _MUCH))
        received.append(await reader.readexactly(len(_MUCH)))
        await sending

    async def server(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        sending = asyncio.create_task(_send(writer, _MUCH[::-1]))
        received.append(await reader.readexactly(len(_MUCH)))
        await sending

    _between(client, server)
    assert sorted(received) == sorted([_MUCH, _MUCH[::-1]])


def test_who_has_ended_its_side_still_gets_the_answer() -> None:
    answers: list[bytes] = []

    async def client(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"question")
        writer.write_eof()
        answers.append(await reader.read())

    async def server(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"answer to " + await reader.read())

    _between(client, server)
    assert answers == [b"answer to question"]


def test_a_side_that_is_gone_ends_the_other() -> None:
    seen: list[bytes] = []

    async def client(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readexactly(len(b"hello"))
        writer.transport.abort()

    async def server(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"hello")
        seen.append(await reader.read())

    _between(client, server)
    assert seen == [b""]


async def _send(writer: asyncio.StreamWriter, content: bytes) -> None:
    writer.write(content)
    await writer.drain()
