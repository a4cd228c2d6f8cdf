"""Carries connections of a task, byte by byte, to the gateway."""

import asyncio
import logging

_logger = logging.getLogger(__name__)
_PIECE_BYTES = 65536


class Relay:
    """What ``asyncio.start_server`` calls for each connection."""

    def __init__(self, target: tuple[str, int]) -> None:
        self._target = target

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Carries both ways until both sides have ended, or one is gone."""
        try:
            onward_reader, onward_writer = await asyncio.open_connection(*self._target)
        except OSError as error:
            _logger.warning("gateway_unreachable address=%s:%d error=%s", *self._target, error)
            writer.transport.abort()
            return
        try:
            async with asyncio.TaskGroup() as both:
                both.create_task(_carry(reader, onward_writer))
                both.create_task(_carry(onward_reader, writer))
        except* ConnectionError as gone:
            _logger.debug("connection_lost error=%s", gone.exceptions[0])
        finally:
            # Whoever has not ended properly by now learns that the other one is gone.
            for side in (writer, onward_writer):
                side.close()


async def _carry(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    while piece := await source.read(_PIECE_BYTES):
        sink.write(piece)
        await sink.drain()
    if sink.can_write_eof():
        sink.write_eof()
