"""An in-memory client to the whole application: no socket, no process, time stands still."""

import io
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec

from rehearsal.api.application import Dispatcher, Incoming
from rehearsal.clock import Clock
from rehearsal.cloud import Addresses, Cloud, build
from rehearsal.documents import Document, decode, encode
from rehearsal.identity.principal import Principal
from rehearsal.services import all_services
from rehearsal.services.resourcemanager import create_project
from rehearsal.services.serviceusage import enable_all
from rehearsal.store import Store

PROJECT = "demo"
NUMBER = "123456789012"
OWNER = "user:owner@example.com"
START = datetime(2026, 1, 5, tzinfo=UTC)
"""A Monday."""


@dataclass(frozen=True)
class Response:
    """An answer, with its body as bytes."""

    status: int
    headers: dict[str, str]
    content: bytes
    request: str

    @property
    def json(self) -> Document:
        return decode(self.content)

    @property
    def ok(self) -> Document:
        """The JSON of an answer that must be a success; {} if it has no body."""
        assert self.status < 300, f"{self.request}: {self.status} {self.content.decode()}"
        return self.json if self.content else {}

    @property
    def error(self) -> Document:
        """The error of an answer that must be one."""
        assert self.status >= 400, f"{self.request}: {self.status} {self.content.decode()}"
        error: Document = self.json["error"]
        return error


class Client:
    """Project ``demo`` with all APIs enabled, its owner ``user:owner@example.com``."""

    def __init__(
        self,
        folder: Path | None = None,
        addresses: Addresses | None = None,
        *,
        enabled: bool = True,
    ) -> None:
        self.clock = Clock(source=lambda: START)
        place = folder or Path(tempfile.mkdtemp(prefix="rehearsal-"))
        self.cloud: Cloud = build(Store(), self.clock, place, addresses)
        self._dispatcher = Dispatcher(self.cloud, all_services())
        with self.cloud.store.transaction():
            create_project(self.cloud, PROJECT, NUMBER, OWNER)
            if enabled:
                enable_all(self.cloud, PROJECT)

    def request(
        self,
        http_method: str,
        url: str,
        json: object = None,
        *,
        as_: str | None = OWNER,
        headers: dict[str, str] | None = None,
        content: bytes | None = None,
    ) -> Response:
        """Calls as the principal ``as_``, or as nobody (None)."""
        parts = urlsplit(url)
        sent = {name.lower(): value for name, value in (headers or {}).items()}
        if as_ is not None and "authorization" not in sent:
            sent["authorization"] = f"Bearer {self.token(as_)}"
        if json is not None:
            sent.setdefault("content-type", "application/json")
            content = encode(json)
        incoming = Incoming(
            http_method, parts.netloc, parts.path, parts.query, sent, io.BytesIO(content or b"")
        )
        answer = self._dispatcher.answer(incoming)
        return Response(answer.status, answer.headers, _bytes(answer.body), f"{http_method} {url}")

    def get(self, url: str, **options: Any) -> Response:
        return self.request("GET", url, **options)

    def post(self, url: str, json: object = None, **options: Any) -> Response:
        return self.request("POST", url, json, **options)

    def put(self, url: str, json: object = None, **options: Any) -> Response:
        return self.request("PUT", url, json, **options)

    def patch(self, url: str, json: object = None, **options: Any) -> Response:
        return self.request("PATCH", url, json, **options)

    def delete(self, url: str, **options: Any) -> Response:
        return self.request("DELETE", url, **options)

    def token(self, member: str) -> str:
        """A token of this principal, good for an hour."""
        with self.cloud.store.transaction():
            return self.cloud.tokens.issue(Principal(member), timedelta(hours=1))

    def grant(
        self,
        member: str,
        role: str,
        resource: str = f"//cloudresourcemanager.googleapis.com/projects/{PROJECT}",
    ) -> None:
        """Adds a binding to a resource's policy."""
        with self.cloud.store.transaction():
            policy = self.cloud.access.policy(resource)
            policy.setdefault("bindings", []).append({"role": role, "members": [member]})
            self.cloud.access.put_bindings(resource, policy["bindings"])


def _bytes(body: object) -> bytes:
    if body is None:
        return b""
    if isinstance(body, bytes):
        return body
    if isinstance(body, dict):
        return msgspec.json.encode(body)
    assert hasattr(body, "__iter__")
    return b"".join(body)
