"""Which hosts the rehearsal answers for, and which others are let through on request."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from rehearsal.errors import RehearsalError

ANSWERED_HERE = re.compile(
    r"([a-z0-9-]+\.)+googleapis\.com"
    r"|([a-z0-9-]+\.)+pkg\.dev"
    r"|accounts\.google\.com"
    r"|token\.actions\.githubusercontent\.com"
    r"|api\.thedogapi\.com"
)
"""Hosts that go to the rehearsal's server, whatever the path."""

ITSELF = "gateway.rehearsal.internal"
"""The gateway's own name: it answers here that it is there."""

NEEDED_BY_BUILDS = (
    "pypi.org",
    "files.pythonhosted.org",
    "deb.debian.org",
    "registry-1.docker.io",
    "auth.docker.io",
    "production.cloudflare.docker.com",
)
"""What a build of an image reads from, and is let through unless it is said otherwise."""

NEEDED_BY_TERRAFORM = ("registry.terraform.io", "releases.hashicorp.com")
"""Where providers come from; let through in the same way."""

_ORDINARY_PORTS = frozenset({80, 443})
_HOST = re.compile(r"(?P<host>[a-z0-9]([a-z0-9.-]*[a-z0-9])?)(:(?P<port>[0-9]{1,5}))?")


def answered_here(host: str) -> bool:
    """Whether the rehearsal answers for this host."""
    return ANSWERED_HERE.fullmatch(host.lower()) is not None


@dataclass(frozen=True)
class LetThrough:
    """Hosts that are reached for real: by name, on the ordinary ports or on the one named."""

    ordinary: frozenset[str] = frozenset()
    exact: frozenset[tuple[str, int]] = frozenset()

    @classmethod
    def parse(cls, names: Iterable[str]) -> "LetThrough":
        """From ``HOST`` or ``HOST:PORT`` each.

        Raises:
            RehearsalError: one is no host, or one that the rehearsal answers for.
        """
        ordinary, exact = set(), set()
        for name in names:
            match = _HOST.fullmatch(name.strip().lower())
            if match is None:
                raise RehearsalError(
                    f"{name!r} is no host: write HOST or HOST:PORT, as in pypi.org"
                )
            if answered_here(match["host"]):
                raise RehearsalError(
                    f"{name} is answered by the rehearsal: it is never reached for real"
                )
            if match["port"] is None:
                ordinary.add(match["host"])
            else:
                exact.add((match["host"], int(match["port"])))
        return cls(frozenset(ordinary), frozenset(exact))

    def allows(self, host: str, port: int) -> bool:
        """Whether a connection to this host and port is let through."""
        host = host.lower()
        return (host in self.ordinary and port in _ORDINARY_PORTS) or (host, port) in self.exact


def refusal(host: str, port: int) -> str:
    """What whoever asks for an unknown host is told."""
    name = host if port in _ORDINARY_PORTS else f"{host}:{port}"
    return (
        f"The rehearsal has no {name} and lets no call to it through."
        f" If it is meant to be reached for real: rehearsal up --allow {name}"
    )
