"""The one world that all services work on: resources, time, access, logs, and what runs behind."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from rehearsal.calls import Calls
from rehearsal.clock import Clock
from rehearsal.execution.task import Executor
from rehearsal.faults import Faults
from rehearsal.iam.access import Access
from rehearsal.identity.tokens import Tokens
from rehearsal.journal import Journal
from rehearsal.projects import Projects
from rehearsal.store import Store
from rehearsal.timeline import Timeline


@dataclass(frozen=True)
class Addresses:
    """Where the other processes of the rehearsal are; None where one does not run."""

    bigquery: str | None = None
    """``http://127.0.0.1:PORT`` of the BigQuery stand-in."""
    registry: str | None = None
    """``http://127.0.0.1:PORT`` of the Docker registry."""
    gateway_proxy: str | None = None
    """``http://127.0.0.1:PORT``, the proxy that every tool uses."""
    gateway_tls: tuple[str, int] | None = None
    """(host, port) where the gateway takes TLS connections of containers."""
    ca_bundle: str | None = None
    """File with the authorities to trust, the gateway's among them."""


class Registry(Protocol):
    """What the images of the Docker registry are at this moment."""

    def digest_of(self, image: str) -> str | None:
        """``sha256:...`` of an image named by tag or digest, or None if it is not there."""


class Series(Protocol):
    """Takes the points of Cloud Monitoring's time series."""

    def add(
        self,
        metric_type: str,
        metric_labels: dict[str, str],
        resource_type: str,
        resource_labels: dict[str, str],
        moment: object,
        value: float,
    ) -> None:
        """Adds a point."""


@dataclass
class Cloud:
    """Parts that a service brings (``registry``, ``series``) are set when it starts."""

    store: Store
    clock: Clock
    folder: Path
    """For what is no document: the bytes of objects, certificates, logs."""
    access: Access
    tokens: Tokens
    journal: Journal
    calls: Calls
    faults: Faults
    projects: Projects
    timeline: Timeline
    addresses: Addresses = field(default_factory=Addresses)
    executor: Executor | None = None
    registry: Registry | None = None
    series: Series | None = None


def build(store: Store, clock: Clock, folder: Path, addresses: Addresses | None = None) -> Cloud:
    """A cloud on this store; its services are started by the application."""
    return Cloud(
        store=store,
        clock=clock,
        folder=folder,
        access=Access(store, clock),
        tokens=Tokens(store, clock),
        journal=Journal(store, clock),
        calls=Calls(store),
        faults=Faults(store),
        projects=Projects(store),
        timeline=Timeline(clock),
        addresses=addresses or Addresses(),
    )
