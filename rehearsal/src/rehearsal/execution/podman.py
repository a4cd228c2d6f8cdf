"""Runs tasks of Cloud Run as containers of podman."""

import hashlib
import shutil
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from rehearsal.errors import RehearsalError
from rehearsal.execution import metadata
from rehearsal.execution.attempt import Attempt
from rehearsal.execution.container import Container
from rehearsal.execution.engine import Engine, remove_containers
from rehearsal.execution.images import Images, NotPulledError, RegistryImages
from rehearsal.execution.network import TaskNetwork
from rehearsal.execution.task import Outcome, Task, Write
from rehearsal.execution.watch import Watch
from rehearsal.faults import Hit


@dataclass(frozen=True)
class Neighbours:
    """What of the rehearsal tasks reach, and how."""

    gateway_tls: tuple[str, int]
    """(host, port) at which the gateway takes TLS connections."""
    access_token: Callable[[str], str]
    """A new access token of a service account, by its e-mail address; called from any thread."""
    registry_token: Callable[[], str]
    """An access token of whoever pulls images for Cloud Run; called from any thread."""
    metadata_fault: Callable[[str, str, str], Hit | None] = lambda *_: None
    """What a call of a service account to its metadata server meets on purpose, by the account's
    e-mail address, the call's method and its path; called from any thread."""


class PodmanExecutor:
    """An Executor; as many tasks at a time as threads call ``run``.

    ``folder`` is for short-lived files, and names the owner of the containers: of executors that
    share an engine, each has a folder of its own. ``now`` is in seconds, for time-outs.
    """

    def __init__(
        self,
        engine: Engine,
        folder: Path,
        neighbours: Neighbours,
        images: Images | None = None,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._engine, self._neighbours, self._now = engine, neighbours, now
        self._folder = folder.absolute()
        self._folder.mkdir(parents=True, exist_ok=True)
        self._images = images or RegistryImages(engine, self._folder, neighbours.registry_token)

    def clean(self) -> int:
        """Removes what a crashed server has left behind; gives the number of containers.

        Raises:
            RehearsalError: podman can't be asked.
        """
        for left in self._folder.iterdir():
            shutil.rmtree(left)
        return remove_containers(self._engine, str(self._folder), self._folder)

    def run(self, task: Task, write: Write, cancelled: threading.Event) -> Outcome:
        """Pulls the image and runs the task; the time-out counts from the container's start."""
        try:
            self._images.pull(task.image, cancelled)
            outcome = self._run(task, write, cancelled)
        except (NotPulledError, RehearsalError) as error:
            outcome = Outcome(started=False, exit_code=None, message=str(error))
        if outcome.started:
            return outcome
        # Somebody may have removed it: a second attempt pulls it again.
        self._images.forget(task.image)
        return replace(outcome, cancelled=cancelled.is_set())

    def _run(self, task: Task, write: Write, cancelled: threading.Event) -> Outcome:
        if cancelled.is_set():
            return Outcome(started=False, exit_code=None, message="cancelled before it started")
        # conmon may still be leaving when its folder goes.
        with (
            tempfile.TemporaryDirectory(
                dir=self._folder, prefix="task-", ignore_cleanup_errors=True
            ) as folder,
            self._network(task) as network,
        ):
            container = Container(
                task,
                Path(folder),
                owner=str(self._folder),
                network=network.path,
                engine=self._engine,
            )
            return Attempt(container, write, Watch(container, cancelled, self._now)).run()

    def _network(self, task: Task) -> TaskNetwork:
        identity = metadata.Identity(
            service_account=task.service_account,
            project=task.project,
            project_number=task.project_number,
            region=task.region,
            instance_id=hashlib.sha256(task.name.encode()).hexdigest(),
        )
        meet = partial(self._neighbours.metadata_fault, task.service_account)
        return TaskNetwork(
            self._neighbours.gateway_tls,
            metadata.application(identity, self._neighbours.access_token, meet),
        )
