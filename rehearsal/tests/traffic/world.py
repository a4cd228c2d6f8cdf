"""The project ``demo-pipeline`` of the recordings, with an engine and a registry that say yes."""

import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from rehearsal.api.application import Dispatcher
from rehearsal.clock import Clock
from rehearsal.cloud import Addresses, build
from rehearsal.execution.task import Outcome, Task, Write
from rehearsal.services import all_services
from rehearsal.services.resourcemanager import create_project
from rehearsal.services.run import wait_until_idle
from rehearsal.services.scheduler.attempts import install
from rehearsal.services.scheduler.delivery import Reply
from rehearsal.services.serviceusage import enable_all
from rehearsal.store import Store
from tests.client import OWNER, Client

PROJECT = "demo-pipeline"
NUMBER = "123456789012"
RECORDED_AT = datetime(2026, 11, 23, 18, 14, tzinfo=UTC)
"""Filters in the recording name times near it."""
_WAIT_SECONDS = 120.0


@dataclass
class Engine:
    """Writes one line and succeeds; while ``held``, it waits to be cancelled."""

    held: bool = False
    begun: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))

    def run(self, task: Task, write: Write, cancelled: threading.Event) -> Outcome:
        write("stdout", b"loaded\n")
        self.begun.release()
        if self.held:
            assert cancelled.wait(_WAIT_SECONDS)
        return Outcome(started=True, exit_code=0, cancelled=cancelled.is_set())


class AnyImage:
    """Has every image, always the same."""

    def digest_of(self, image: str) -> str | None:
        return "sha256:" + "a" * 64


class PipelineClient(Client):
    """As its base, in the project and at the time of the recordings."""

    def __init__(self, folder: Path, addresses: Addresses) -> None:
        self.clock = Clock(source=lambda: RECORDED_AT)
        self.cloud = build(Store(), self.clock, folder, addresses)
        self._dispatcher = Dispatcher(self.cloud, all_services())
        with self.cloud.store.transaction():
            create_project(self.cloud, PROJECT, NUMBER, OWNER)
            enable_all(self.cloud, PROJECT)


class World:
    """A client, and what runs behind it."""

    def __init__(self, folder: Path, addresses: Addresses) -> None:
        self.client = PipelineClient(folder, addresses)
        self.engine = Engine()
        self.client.cloud.executor = self.engine
        if addresses.registry is None:
            self.client.cloud.registry = AnyImage()
        install(self.client.cloud, lambda _: Reply(200), lambda _: 0)

    def settle(self, *, cancelled: bool = False) -> None:
        """Waits until no execution runs; a held one is waited for once it is ``cancelled``."""
        if cancelled or not self.engine.held:
            assert wait_until_idle(self.client.cloud, _WAIT_SECONDS)
