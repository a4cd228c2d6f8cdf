"""Serves breeds over HTTP on this machine as The Dog API does: key, paging, headers, 429.

It is what ``run`` reads without a key, so that the sample takes the same way as real data, and
what the tests put in the API's place.
"""

import json
import threading
import time
from collections import deque
from collections.abc import Sequence
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.resources import files
from typing import Any
from urllib.parse import parse_qs, urlsplit

from dlt_ingestion.config import SAMPLE_KEY

_WINDOW_SECONDS = 60.0


def sample_breeds() -> list[dict[str, Any]]:
    """The sample: breeds in the API's format of 2026, as JSON objects."""
    text = files(__package__).joinpath("breeds.json").read_text(encoding="utf-8")
    breeds: list[dict[str, Any]] = json.loads(text)
    return breeds


class SampleServer:
    """The server, on a free port of the loopback interface. Use as a context manager."""

    def __init__(
        self,
        breeds: Sequence[Any] | None = None,
        *,
        key: str = SAMPLE_KEY,
        highest_limit: int = 25,
        requests_per_minute: int = 10,
        headers: bool = True,
    ) -> None:
        """``highest_limit`` caps pages; ``headers=False`` leaves the pagination headers out."""
        self.breeds = list(sample_breeds() if breeds is None else breeds)
        self.key, self.highest_limit, self.headers = key, highest_limit, headers
        self.requests: list[str] = []
        self._recent: deque[float] = deque()
        self._requests_per_minute = requests_per_minute
        self._lock = threading.Lock()
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._http.daemon_threads = True

    @property
    def base_url(self) -> str:
        """The address to use as DOG_API_BASE_URL."""
        return f"http://127.0.0.1:{self._http.server_address[1]}/v1"

    def __enter__(self) -> "SampleServer":
        threading.Thread(target=self._http.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._http.shutdown()
        self._http.server_close()

    def seconds_to_wait(self) -> float:
        """Counts a request in; above 0 where the caller asked too often."""
        with self._lock:
            now = time.monotonic()
            while self._recent and now - self._recent[0] > _WINDOW_SECONDS:
                self._recent.popleft()
            if len(self._recent) >= self._requests_per_minute:
                return _WINDOW_SECONDS - (now - self._recent[0])
            self._recent.append(now)
            return 0.0

    def answer(self, path: str, key: str | None) -> tuple[HTTPStatus, Any, dict[str, str]]:
        """Status, JSON body and headers of the answer to a GET of ``path``."""
        self.requests.append(path)
        parts = urlsplit(path)
        if parts.path != "/v1/breeds":
            return HTTPStatus.NOT_FOUND, {"message": "Not Found"}, {}
        if key != self.key:
            return HTTPStatus.FORBIDDEN, {"message": "Forbidden"}, {}
        wait = self.seconds_to_wait()
        if wait > 0:
            retry = {"Retry-After": str(int(wait) + 1)}
            return HTTPStatus.TOO_MANY_REQUESTS, {"message": "Too Many Requests"}, retry
        return self._page(parse_qs(parts.query))

    def _page(self, query: dict[str, list[str]]) -> tuple[HTTPStatus, Any, dict[str, str]]:
        try:
            limit = int(query.get("limit", ["10"])[0])
            page = int(query.get("page", ["0"])[0])
        except ValueError:
            return HTTPStatus.BAD_REQUEST, {"message": "limit and page are whole numbers"}, {}
        limit = max(1, min(limit, self.highest_limit))
        start = max(0, page) * limit
        headers = {
            "Pagination-Count": str(len(self.breeds)),
            "Pagination-Page": str(page),
            "Pagination-Limit": str(limit),
        }
        return HTTPStatus.OK, self.breeds[start : start + limit], headers if self.headers else {}


def _handler(server: SampleServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        # Headers and body leave in two writes; without this the second one waits for an answer.
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            status, body, headers = server.answer(self.path, self.headers.get("x-api-key"))
            data = (
                body.encode()
                if isinstance(body, str)
                else json.dumps(body, ensure_ascii=False).encode()
            )
            self.send_response(status)
            self.send_header("Content-Type", "application/json; charset=utf-8")
            self.send_header("Content-Length", str(len(data)))
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Nothing: the client logs what matters."""

    return Handler
