"""Tasks of a small image, and what became of them."""

import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from rehearsal.execution.engine import Engine
from rehearsal.execution.podman import Neighbours, PodmanExecutor
from rehearsal.execution.task import Outcome, Stream, Task

IMAGE = "localhost/rehearsal-task:test"
SYSTEM_BUNDLE = Path("/etc/ssl/certs/ca-certificates.crt")
ACCOUNT = "loader@demo.iam.gserviceaccount.com"


class ImagesAlreadyHere:
    """There is no registry: the image has been imported."""

    def pull(self, image: str, cancelled: threading.Event) -> None:
        """Nothing to do."""

    def forget(self, image: str) -> None:
        """Nothing to do."""


@dataclass
class Ran:
    """What became of a task."""

    outcome: Outcome
    lines: list[tuple[Stream, str]] = field(default_factory=list)

    def out(self) -> list[str]:
        return [line for stream, line in self.lines if stream == "stdout"]

    def err(self) -> list[str]:
        return [line for stream, line in self.lines if stream == "stderr"]


def image_archive(engine: Engine) -> Path:
    """The image's files."""
    return engine.folder / "image.tar"


def neighbours(gateway_tls: tuple[str, int] = ("127.0.0.1", 9)) -> Neighbours:
    return Neighbours(
        gateway_tls=gateway_tls,
        access_token=lambda account: f"token-of-{account}",
        registry_token=lambda: "token-of-the-agent",
    )


def shell_task(script: str, **changes: object) -> Task:
    task = Task(
        name="job-abcde-task0-try0",
        image=IMAGE,
        command=("sh", "-c", script),
        arguments=(),
        environment={},
        cpu=1.0,
        memory_bytes=64 * 1024**2,
        timeout_seconds=120.0,
        service_account=ACCOUNT,
        project="demo",
        project_number="123456789012",
        region="europe-west1",
    )
    return replace(task, **changes)  # type: ignore[arg-type]


def ended(exit_code: int, **how: bool) -> Outcome:
    return replace(Outcome(started=True, exit_code=exit_code), **how)  # type: ignore[arg-type]


def run(executor: PodmanExecutor, task: Task, cancelled: threading.Event | None = None) -> Ran:
    ran = Ran(Outcome(started=False, exit_code=None))

    def write(stream: Stream, line: bytes) -> None:
        ran.lines.append((stream, line.decode()))

    ran.outcome = executor.run(task, write, cancelled or threading.Event())
    return ran


def command_lines() -> Iterator[tuple[int, bytes]]:
    """Of all processes, those aside that end meanwhile."""
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            yield int(folder.name), (folder / "cmdline").read_bytes()
