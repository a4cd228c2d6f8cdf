"""Gives the cloud an executor, where there is a container engine to run tasks with."""

import logging
from functools import partial

from rehearsal.calls import Record
from rehearsal.clock import rfc3339
from rehearsal.cloud import Cloud
from rehearsal.errors import RehearsalError
from rehearsal.execution.engine import Engine
from rehearsal.execution.podman import Neighbours, PodmanExecutor
from rehearsal.faults import Hit
from rehearsal.identity.principal import Principal
from rehearsal.running.parts import ENGINE, here
from rehearsal.running.state import Settings, State
from rehearsal.services.serviceusage.enablement import service_agent

_METADATA = "metadata.google.internal"
_CLOUD_RUN = "run.googleapis.com"
_logger = logging.getLogger(__name__)


def provide_executor(cloud: Cloud, state: State, settings: Settings) -> None:
    """Sets ``cloud.executor``, unless the engine is left out or its programs are missing."""
    if not here(ENGINE, settings):
        return
    engine = Engine(state.engine, state.bundle, cloud.addresses.gateway_proxy)
    neighbours = Neighbours(
        gateway_tls=("127.0.0.1", settings.ports["tls"]),
        access_token=lambda email: _token(cloud, f"serviceAccount:{email}"),
        # Cloud Run's own agent pulls the images of a project.
        registry_token=lambda: _token(
            cloud, f"serviceAccount:{service_agent(cloud, settings.project, _CLOUD_RUN)}"
        ),
        metadata_fault=partial(metadata_fault, cloud),
    )
    executor = PodmanExecutor(engine, state.folder / "tasks", neighbours)
    if (engine.folder / "containers.conf").is_file():
        _clean(executor)
    cloud.executor = executor


def _clean(executor: PodmanExecutor) -> None:
    """What a killed server has left; the engine itself may have been deleted since."""
    try:
        executor.clean()
    except RehearsalError as error:
        _logger.warning("executor.not_cleaned: %s", error)


def metadata_fault(cloud: Cloud, account: str, method: str, path: str) -> Hit | None:
    """The fault that a call of an account (its e-mail) to its metadata server meets; recorded."""
    if not cloud.faults.any():
        return None
    member = f"serviceAccount:{account}"
    hit = cloud.faults.meet(method, member, _METADATA)
    if hit is None:
        return None
    record = Record(
        time=rfc3339(cloud.clock.now()),
        method=method,
        principal=member,
        http_method="GET",
        host=_METADATA,
        path=path,
        status=hit.error.code if hit.error else 0 if hit.drop else 200,
        message=hit.error.message if hit.error else "",
        fault=hit.label,
    )
    with cloud.store.transaction():
        cloud.calls.add(record)
    return hit


def _token(cloud: Cloud, member: str) -> str:
    with cloud.store.transaction():
        return cloud.tokens.issue(Principal(member))
