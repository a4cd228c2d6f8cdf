"""Gives the cloud an executor, where there is a container engine to run tasks with."""

import logging

from rehearsal.cloud import Cloud
from rehearsal.errors import RehearsalError
from rehearsal.execution.engine import Engine
from rehearsal.execution.podman import Neighbours, PodmanExecutor
from rehearsal.identity.principal import Principal
from rehearsal.running.parts import ENGINE, here
from rehearsal.running.state import Settings, State
from rehearsal.services.serviceusage.enablement import service_agent

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


def _token(cloud: Cloud, member: str) -> str:
    with cloud.store.transaction():
        return cloud.tokens.issue(Principal(member))
