"""A real HTTP server on a free port that answers each request as a script says."""

import os
import socket
import struct
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType

_LONGEST_STALL_SECONDS = 10.0


@dataclass(frozen=True)
class Reply:
    """What is answered; ``missing_bytes`` are promised in Content-Length and never sent.

    ``reset`` answers nothing and resets the connection, ``stall`` answers nothing and keeps it.
    """

    status: int = 200
    body: bytes = b"[]"
    headers: Mapping[str, str] = field(default_factory=dict)
    missing_bytes: int = 0
    reset: bool = False
    stall: bool = False


@dataclass(frozen=True)
class Received:
    """A request; ``port`` is the client's and tells connections apart."""

    path: str
    headers: Mapping[str, str]
    port: int


class ScriptedApi:
    """Gives ``replies`` one after the other, and the last one for ever. A context manager."""

    def __init__(self, *replies: Reply) -> None:
        self._replies = replies
        self.received: list[Received] = []
        self._ended = threading.Event()
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._http.daemon_threads = True

    @property
    def base_url(self) -> str:
        """The address to use as DOG_API_BASE_URL."""
        return f"http://127.0.0.1:{self._http.server_address[1]}/v1"

    def __enter__(self) -> "ScriptedApi":
        threading.Thread(target=self._http.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._ended.set()
        self._http.shutdown()
        self._http.server_close()

    def receive(self, request: Received) -> Reply:
        """Notes a request and says what to answer."""
        self.received.append(request)
        return self._replies[min(len(self.received), len(self._replies)) - 1]

    def stall(self) -> None:
        """Waits until the test ends."""
        self._ended.wait(_LONGEST_STALL_SECONDS)


def _handler(api: ScriptedApi) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            headers = {name.lower(): value for name, value in self.headers.items()}
            reply = api.receive(Received(self.path, headers, self.client_address[1]))
            if reply.reset:
                self._reset()
            elif reply.stall:
                self.close_connection = True
                api.stall()
            else:
                self._answer(reply)

        def _answer(self, reply: Reply) -> None:
            self.send_response(reply.status)
            self.send_header("Content-Length", str(len(reply.body) + reply.missing_bytes))
            for name, value in reply.headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(reply.body)
            self.close_connection = self.close_connection or reply.missing_bytes > 0

        def _reset(self) -> None:
            self.close_connection = True
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            os.close(self.connection.detach())

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Nothing: tests look at what was received."""

    return Handler
