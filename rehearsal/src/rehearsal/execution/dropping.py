"""Closes a client's connection without a word, which no ASGI server does when asked politely."""

import asyncio
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from uvicorn.protocols.http.h11_impl import H11Protocol

_TRANSPORT = "rehearsal_transport"


class DroppingProtocol(H11Protocol):
    """uvicorn's protocol; each request's state has the connection that it came on."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """A client has connected."""
        self.app_state = {**self.app_state, _TRANSPORT: transport}
        super().connection_made(transport)


def drop(request: Request) -> Response:
    """Cuts the connection; the response is for a server that still wants one.

    Call it in the server's event loop. The server must use ``DroppingProtocol``.
    """
    transport: Any = getattr(request.state, _TRANSPORT)
    transport.abort()
    return Response()
