"""What a handler is given, and what it gives back."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import IO

from rehearsal.calls import Verdict
from rehearsal.cloud import Cloud
from rehearsal.discovery.description import Method
from rehearsal.documents import Document
from rehearsal.errors import ApiError
from rehearsal.identity.principal import Principal


@dataclass(frozen=True)
class Answer:
    """What is no plain JSON object with status 200. Bytes may come in pieces."""

    body: Document | bytes | Iterator[bytes] | None = None
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class Call:
    """One request, understood: its method, its caller, its parameters and its body."""

    cloud: Cloud
    method: Method | None
    """None for a route that no discovery document has."""
    principal: Principal
    http_method: str
    host: str
    url_path: str
    """As it came, percent-encoded."""
    headers: Mapping[str, str]
    """By lower-case name."""
    path: dict[str, str]
    query: dict[str, list[str]]
    body: Document
    content: IO[bytes]
    """The request's body as it came."""
    project: str = ""
    """The id of the project that the call concerns, or ''."""
    upload: bool = False
    """Whether it came by an ``/upload/`` path: then ``content`` is to be read, not ``body``."""
    verdicts: list[Verdict] = field(default_factory=list)

    @cached_property
    def raw(self) -> bytes:
        """The request's body as it came, as bytes."""
        self.content.seek(0)
        return self.content.read()

    @cached_property
    def now(self) -> datetime:
        """The moment of the call, one for all that it does."""
        return self.cloud.clock.now()

    @property
    def project_number(self) -> str:
        """The number of ``project``, as a string."""
        return self.cloud.projects.number_of(self.project)

    def parameter(self, name: str) -> str | None:
        """The (first) value of a query parameter."""
        values = self.query.get(name)
        return values[0] if values else None

    def allows(self, permission: str, resource: str) -> bool:
        """Whether the caller has a permission; the question is recorded."""
        granted = self.cloud.access.allows(self.principal, permission, resource)
        self.verdicts.append(Verdict(permission, resource, granted))
        return granted

    def require(self, permission: str, resource: str) -> None:
        """Refuses a caller without a permission; the verdict is recorded.

        Raises:
            ApiError: 403.
        """
        try:
            self.cloud.access.require(self.principal, permission, resource)
        except ApiError:
            self.verdicts.append(Verdict(permission, resource, granted=False))
            raise
        self.verdicts.append(Verdict(permission, resource, granted=True))
