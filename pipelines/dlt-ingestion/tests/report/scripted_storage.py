"""A real HTTP server on a free port that takes uploads as Cloud Storage does, or says no."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from email.message import Message
from email.parser import BytesParser
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import google.oauth2.credentials
import msgspec
import requests
from google.auth.transport.requests import AuthorizedSession

TOKEN = "ya29.tests-only"


@dataclass(frozen=True)
class Upload:
    """One upload, taken apart: where to, by whom, the object's metadata, its type and content."""

    path: str
    query: str
    authorization: str | None
    metadata: dict[str, Any]
    content_type: str
    content: bytes


@dataclass
class ScriptedStorage:
    """Answers uploads with ``statuses`` one after the other, and 200 from then on."""

    statuses: Sequence[int] = ()
    uploads: list[Upload] = field(default_factory=list)
    granted: Sequence[str] = ("storage.objects.create", "storage.objects.delete")
    asked: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._http.daemon_threads = True

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self._http.server_address[1]}"

    @staticmethod
    def open_session() -> requests.Session:
        """A session of a person with a token."""
        credentials = google.oauth2.credentials.Credentials(TOKEN)  # type: ignore[no-untyped-call]
        session: requests.Session = AuthorizedSession(credentials)  # type: ignore[no-untyped-call]
        return session

    def __enter__(self) -> "ScriptedStorage":
        threading.Thread(target=self._http.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._http.shutdown()
        self._http.server_close()


def _handler(storage: ScriptedStorage) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked = parse_qs(urlsplit(self.path).query)["permissions"]
            storage.asked.append(self.path)
            self.answer(200, {"permissions": [one for one in asked if one in storage.granted]})

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            address = urlsplit(self.path)
            metadata, content = _parts(self.headers["Content-Type"], body)
            storage.uploads.append(Upload(
                address.path, address.query, self.headers["Authorization"],
                msgspec.json.decode(_payload(metadata)), content.get_content_type(),
                _payload(content),
            ))  # fmt: skip
            place = len(storage.uploads) - 1
            status = storage.statuses[place] if place < len(storage.statuses) else 200
            self.answer(status, {"error": {"code": status, "message": f"said {status}"}})

        def answer(self, status: int, document: object) -> None:
            answer = msgspec.json.encode(document)
            self.send_response(status)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Nothing."""

    return Handler


def _parts(content_type: str, body: bytes) -> tuple[Message, Message]:
    """The two parts of a multipart body, by the standard library's own parser of MIME."""
    head = f"Content-Type: {content_type}\r\nMIME-Version: 1.0\r\n\r\n".encode()
    parts = BytesParser().parsebytes(head + body).get_payload()
    assert isinstance(parts, list)
    first, second = parts
    assert isinstance(first, Message)
    assert isinstance(second, Message)
    return first, second


def _payload(part: Message) -> bytes:
    payload = part.get_payload(decode=True)
    assert isinstance(payload, bytes)
    return payload
