"""The server's own endpoints, for the command line: what Google has no API for.

``route("clock")`` registers a function for ``http://rehearsal.internal/clock``, to which the
gateway leads nobody: no tool and no container reaches it.
"""

from collections.abc import Awaitable, Callable, Mapping
from importlib import import_module
from pkgutil import iter_modules

import msgspec
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from rehearsal.cloud import Cloud
from rehearsal.documents import Document, decode, encode
from rehearsal.errors import ApiError, RehearsalError

type Control = Callable[[Cloud, Document], Document]
"""Gets the request's JSON object ({} if none); runs in a thread, outside lock and transaction."""

_controls: dict[str, Control] = {}


def route(path: str) -> Callable[[Control], Control]:
    """Registers what answers GET and POST of a path; modules in ``controls/`` do.

    What it raises as RehearsalError or ApiError is told on the command line.
    """

    def register(control: Control) -> Control:
        if path in _controls:
            raise ValueError(f"the path {path} is taken")
        _controls[path] = control
        return control

    return register


def controls() -> dict[str, Control]:
    """All controls, by path."""
    from rehearsal.running import controls as package

    for module in iter_modules(package.__path__):
        import_module(f"{package.__name__}.{module.name}")
    return dict(_controls)


def application(cloud: Cloud, own: Mapping[str, Control]) -> Starlette:
    """The ASGI application of all controls, and of the server's ``own``."""
    return Starlette(
        routes=[
            Route(f"/{path}", _endpoint(cloud, control), methods=["GET", "POST"])
            for path, control in (controls() | dict(own)).items()
        ]
    )


def _endpoint(cloud: Cloud, control: Control) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        body = await request.body()
        try:
            answer = await run_in_threadpool(control, cloud, decode(body) if body else {})
        except (RehearsalError, ApiError, msgspec.DecodeError) as error:
            return _json({"error": str(error)}, 400)
        return _json(answer, 200)

    return endpoint


def _json(document: Document, status: int) -> Response:
    return Response(encode(document), status, media_type="application/json")
