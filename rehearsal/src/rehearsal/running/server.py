"""The server's process: all services and the controls behind one port, and time that passes."""

import logging
import sys
import threading
from pathlib import Path

import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send

from rehearsal.cloud import Cloud
from rehearsal.running import control
from rehearsal.running.credentials import Credentials
from rehearsal.running.executing import provide_executor
from rehearsal.running.state import CONTROL_HOST, State
from rehearsal.running.world import build_cloud, ensure_project

_IDLE_SECONDS = 3600
"""Connections are kept: the gateway must never find one closed that it is about to use."""
_PARTING_SECONDS = 5


class ByHost:
    """Sends the command line's requests to the controls, and all others to the services."""

    def __init__(self, services: ASGIApp, controls: ASGIApp) -> None:
        self._services, self._controls = services, controls

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        chosen = self._controls if _host(scope) == CONTROL_HOST else self._services
        await chosen(scope, receive, send)


def _host(scope: Scope) -> str:
    headers: list[tuple[bytes, bytes]] = scope.get("headers", [])
    host = next((value for name, value in headers if name == b"host"), b"")
    return host.decode("latin-1").partition(":")[0]


def build_application(cloud: Cloud, project: str, credentials: Credentials) -> ASGIApp:
    """Everything that answers, with the services started and the project there."""
    from rehearsal.api.application import application
    from rehearsal.services import all_services

    services = application(cloud, all_services())
    ensure_project(cloud, project)
    credentials.start()
    return ByHost(services, control.application(cloud, {"credentials": credentials.give}))


def serve(state: State) -> None:
    """Serves until SIGTERM; the timeline is followed meanwhile."""
    settings = state.settings()
    cloud = build_cloud(state, settings)
    provide_executor(cloud, state, settings)
    credentials = Credentials(cloud, state.credentials)
    configuration = uvicorn.Config(
        build_application(cloud, settings.project, credentials),
        host="127.0.0.1",
        port=settings.ports["server"],
        lifespan="off",
        access_log=False,
        log_level="warning",
        timeout_keep_alive=_IDLE_SECONDS,
        timeout_graceful_shutdown=_PARTING_SECONDS,
        server_header=False,
    )
    # It ends with the process: what is stored at any moment is whole.
    threading.Thread(
        target=cloud.timeline.follow, args=(threading.Event(),), name="timeline", daemon=True
    ).start()
    uvicorn.Server(configuration).run()


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    # Else each call to the parts behind is a line.
    logging.getLogger("httpx").setLevel(logging.WARNING)
    serve(State(Path(sys.argv[1])))
