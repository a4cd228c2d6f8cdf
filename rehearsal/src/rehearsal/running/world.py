"""The cloud of a running rehearsal: its store, its clock, its first project, its neighbours."""

import hashlib

from rehearsal.cloud import Addresses, Cloud, build
from rehearsal.running import parts
from rehearsal.running.durable_clock import DurableClock
from rehearsal.running.entering import OWNER
from rehearsal.running.state import Settings, State
from rehearsal.store import Store

_NUMBER_DIGITS = 12


def build_cloud(state: State, settings: Settings) -> Cloud:
    """The cloud in this folder; services are started by the application."""
    folder = state.resources / "server"
    folder.mkdir(parents=True, exist_ok=True)
    store = Store(state.store_file)
    return build(store, DurableClock(store), folder, addresses(state, settings))


def addresses(state: State, settings: Settings) -> Addresses:
    """Where the other parts are going to be; None for those that are not going to run."""

    def address(part: parts.Part, port: str) -> str | None:
        return f"http://127.0.0.1:{settings.ports[port]}" if parts.here(part, settings) else None

    return Addresses(
        bigquery=address(parts.BIGQUERY, "bigquery"),
        registry=address(parts.REGISTRY, "registry"),
        gateway_proxy=address(parts.GATEWAY, "proxy"),
        gateway_tls=("127.0.0.1", settings.ports["tls"]),
        ca_bundle=str(state.bundle),
    )


def ensure_project(cloud: Cloud, project: str) -> None:
    """Makes the project, if it is not there, with an owner who may do everything."""
    from rehearsal.services.resourcemanager import create_project

    with cloud.store.transaction():
        if cloud.projects.get(project) is None:
            create_project(cloud, project, number_of(project), OWNER)


def number_of(project: str) -> str:
    """A number that looks like Google's, the same for the same id each time."""
    digits = str(int(hashlib.sha256(project.encode()).hexdigest(), 16))
    return "1" + digits[: _NUMBER_DIGITS - 1]
