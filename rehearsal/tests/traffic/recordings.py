"""The recorded traffic of the real tools: what they sent, and answers that were enough for them."""

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec
import pytest

from rehearsal.discovery.routes import find

FOLDER = Path(__file__).parents[4] / "shared" / "gcp" / "traffic"
"""Beside the repository: it is no part of it."""


class Recorded(msgspec.Struct, frozen=True, rename="camel"):
    """One request and the answer that it got; its repetitions are left out."""

    method: str
    url: str
    status: int
    headers: dict[str, str] = {}
    request: Any = None
    """JSON as it is, everything else as text; None if there was no body."""
    response: Any = None
    resp_headers: dict[str, str] = {}

    @property
    def host(self) -> str:
        return urlsplit(self.url).netloc

    @property
    def path(self) -> str:
        return urlsplit(self.url).path

    @property
    def resource(self) -> str:
        """The address of what is read or changed, without a custom verb."""
        return self.path.partition(":")[0].removesuffix("/iam")

    @property
    def method_id(self) -> str:
        """As in the discovery document, or "" for what is in none."""
        match = find(self.host, self.method, self.path)
        return match.method.id if match else ""

    @property
    def succeeded(self) -> bool:
        return self.status < 300

    def told(self, ours: int) -> str:
        """Which request it was, and both statuses."""
        name = self.method_id or "-"
        return f"{self.method} {self.url} ({name}): recorded {self.status}, ours {ours}"


def recordings() -> set[str]:
    """The names of the files that are on this machine."""
    return {file.stem for file in FOLDER.glob("*.jsonl")}


def recording(name: str) -> list[Recorded]:
    """The requests of a file, in order; skips the test if the file is not on this machine."""
    file = FOLDER / f"{name}.jsonl"
    if not file.exists():
        pytest.skip(f"the recorded traffic is not here: {file}")
    return [msgspec.json.decode(line, type=Recorded) for line in file.read_bytes().splitlines()]
