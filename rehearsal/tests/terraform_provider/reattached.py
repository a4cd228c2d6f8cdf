"""Terraform with the stand-in in this very process: its requests are seen, and a world answers."""

import json
import os
import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx
import msgspec

from rehearsal.terraform_provider.plugin import server_of
from rehearsal.terraform_provider.resources import DATA_SOURCES, RESOURCES
from rehearsal.terraform_provider.servicer import Servicer
from tests.client import OWNER, Client
from tests.terraform import run_terraform

_IGNORED = frozenset({"alt", "prettyPrint"})
"""Parameters that change nothing."""
_TRANSIENT = frozenset({429, 500, 502, 503})


@dataclass(frozen=True)
class Sent:
    """A request of the provider."""

    method: str
    host: str
    path: str
    query: Mapping[str, str]
    body: Any

    @classmethod
    def of(cls, method: str, url: str, body: Any) -> "Sent":
        """From an address; what changes nothing is left out."""
        parts = urlsplit(url)
        query = {name: value for name, value in parse_qsl(parts.query) if name not in _IGNORED}
        return cls(method, parts.netloc, parts.path, query, body)

    @property
    def changes(self) -> bool:
        """Whether it is meant to change something."""
        reads = self.method == "GET" or self.path.endswith(":getIamPolicy")
        return not reads


@dataclass
class Terraform:
    """Commands in one folder, as one account."""

    folder: Path
    client: Client
    environment: dict[str, str]
    sent: list[Sent] = field(default_factory=list)
    """What was answered; a busy stand-in of BigQuery may ask for a repetition."""
    account: str = OWNER
    """Whose calls they are."""

    def write(self, text: str) -> None:
        """The whole configuration."""
        (self.folder / "main.tf").write_text(text)

    def run(self, *arguments: str) -> tuple[int, str]:
        """The exit code, and all that was printed."""
        done = run_terraform(self.folder, *arguments, environment=self.environment)
        return done.returncode, done.stdout + done.stderr

    def ok(self, *arguments: str) -> str:
        """What a command that must succeed has printed."""
        code, printed = self.run(*arguments)
        assert code == 0, printed
        return printed

    def apply(self, text: str | None = None, *arguments: str) -> str:
        """Applies a configuration that must be accepted."""
        if text is not None:
            self.write(text)
        return self.ok("apply", "-auto-approve", "-no-color", *arguments)

    def refused(self, text: str | None = None) -> str:
        """What is printed for a configuration that is not accepted, as one line."""
        if text is not None:
            self.write(text)
        code, printed = self.run("apply", "-auto-approve", "-no-color")
        assert code == 1, printed
        return " ".join(printed.replace("│", " ").split())

    def plan(self, *arguments: str) -> str:
        """What a plan prints; "" if nothing is to be done."""
        code, printed = self.run("plan", "-no-color", "-detailed-exitcode", *arguments)
        assert code in (0, 2), printed
        return printed if code == 2 else ""

    def answer(self, request: httpx.Request) -> httpx.Response:
        """Answers the provider, as the world does; nothing leaves this process."""
        body = msgspec.json.decode(request.content) if request.content else None
        headers = {"content-type": request.headers.get("content-type", "")}
        answer = self.client.request(
            request.method,
            str(request.url),
            as_=self.account,
            headers=headers if request.content else None,
            content=request.content or None,
        )
        if answer.status not in _TRANSIENT:
            self.sent.append(Sent.of(request.method, str(request.url), body))
        return httpx.Response(answer.status, content=answer.content)


@contextmanager
def reattached(
    client: Client, folder: Path, kind: type[Terraform] = Terraform
) -> Iterator[Terraform]:
    """Terraform in ``folder``, with a provider that calls ``client``."""
    done = threading.Event()
    terraform = kind(folder, client, {})
    provider = Servicer(
        RESOURCES,
        DATA_SOURCES,
        lambda: httpx.Client(transport=httpx.MockTransport(terraform.answer)),
    )
    server = server_of(provider, done)
    with tempfile.TemporaryDirectory(prefix="provider-") as sockets:
        address = f"{sockets}/socket"
        server.add_insecure_port(f"unix:{address}")
        server.start()
        terraform.environment.update(os.environ | _variables(address))
        try:
            yield terraform
        finally:
            server.stop(grace=None).wait()


def _variables(address: str) -> dict[str, str]:
    """https://developer.hashicorp.com/terraform/plugin/debugging"""
    provider = {
        "Protocol": "grpc",
        "ProtocolVersion": 6,
        "Pid": os.getpid(),
        "Test": True,
        "Addr": {"Network": "unix", "String": address},
    }
    return {
        "TF_REATTACH_PROVIDERS": json.dumps({"registry.terraform.io/hashicorp/google": provider}),
        "TF_CLI_CONFIG_FILE": os.devnull,
        "CHECKPOINT_DISABLE": "1",
        "TF_IN_AUTOMATION": "1",
    }
