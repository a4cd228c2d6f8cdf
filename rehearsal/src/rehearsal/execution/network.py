"""The network of one task: the metadata server, the gateway, a name server, and nothing else."""

import asyncio
import threading
from types import TracebackType
from typing import Self

import uvicorn
from starlette.types import ASGIApp

from rehearsal.execution.dropping import DroppingProtocol
from rehearsal.execution.namespace import GATEWAY_ADDRESS, METADATA_ADDRESS, open_namespace
from rehearsal.execution.relay import Relay

_PARTING_SECONDS = 1


class TaskNetwork:
    """Serves a network namespace from a thread of its own, while it is entered.

    ``gateway`` is (host, port) of the gateway's listener for TLS, outside. Connections that are
    open when it is left are cut off.

    Raises:
        RehearsalError: this process may not make a network (when it is made, not when entered).
    """

    def __init__(self, gateway: tuple[str, int], metadata: ASGIApp) -> None:
        self._gateway, self._metadata = gateway, metadata
        self._namespace = open_namespace()
        self._loop = asyncio.new_event_loop()
        self._left = asyncio.Event()
        self._thread = threading.Thread(target=self._run, name="task-network", daemon=True)

    @property
    def path(self) -> str:
        """The namespace, for whoever starts a process in it."""
        return self._namespace.path

    def __enter__(self) -> Self:
        # Sockets listen already: who connects before the thread gets to it waits in the kernel.
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        # The thread is not waited for: it closes what it has, and nobody needs it any more.
        self._loop.call_soon_threadsafe(self._left.set)

    def _run(self) -> None:
        try:
            with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
                runner.run(self._serve())
        finally:
            self._namespace.close()

    async def _serve(self) -> None:
        # Slow to import, and podman is busy starting the container meanwhile.
        from rehearsal.execution.names import Names

        names, _ = await self._loop.create_datagram_endpoint(
            lambda: Names(METADATA_ADDRESS, GATEWAY_ADDRESS), sock=self._namespace.names
        )
        relay = await asyncio.start_server(Relay(self._gateway), sock=self._namespace.gateway)
        metadata = uvicorn.Server(configuration(self._metadata))
        serving = asyncio.create_task(metadata.serve(sockets=[self._namespace.metadata]))
        await self._left.wait()
        names.close()
        relay.close()
        relay.abort_clients()
        metadata.should_exit = True
        await serving


def configuration(application: ASGIApp) -> uvicorn.Config:
    """How the metadata server is served."""
    return uvicorn.Config(
        application,
        http=DroppingProtocol,
        lifespan="off",
        ws="none",
        access_log=False,
        log_config=None,
        server_header=False,
        timeout_graceful_shutdown=_PARTING_SECONDS,
    )
