"""A real podman with a small image, and an executor on it."""

import os
import shutil
import subprocess
import tarfile
import tempfile
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from rehearsal.execution.engine import Engine, obstacle
from rehearsal.execution.podman import Neighbours, PodmanExecutor
from rehearsal.execution.task import Outcome, Stream, Task
from rehearsal.running.state import PROJECT_FOLDER

BUSYBOX = Path("/bin/busybox")
IMAGE = "localhost/rehearsal-task:test"
_APPLETS = ("dd", "echo", "env", "nc", "nslookup", "sh", "sleep", "touch", "wget")
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


type Run = Callable[..., Ran]


@pytest.fixture(scope="session")
def engine() -> Iterator[Engine]:
    for program in ("podman", "docker"):
        if shutil.which(program) is None:
            pytest.skip(f"there is no {program}: run rehearsal/engine/install with ENGINE_OWN=1")
    if not BUSYBOX.exists():
        pytest.skip(f"there is no {BUSYBOX}: apt-get install busybox-static")
    # Not below pytest's own folder: the path of a unix socket is at most 107 bytes long.
    with tempfile.TemporaryDirectory(prefix="engine-") as folder:
        variables = os.environ | {"ENGINE_OWN": "1", "ENGINE_STATE": folder}
        subprocess.run([PROJECT_FOLDER / "engine/up"], env=variables, check=True)
        try:
            engine = Engine(Path(folder), SYSTEM_BUNDLE)
            if (reason := obstacle(engine)) is not None:
                pytest.skip(reason)
            _import_image(engine)
            yield engine
        finally:
            subprocess.run([PROJECT_FOLDER / "engine/down"], env=variables, check=True)


def _import_image(engine: Engine) -> None:
    with tarfile.open(image_archive(engine), "w") as tar:
        tar.add(BUSYBOX, "bin/busybox")
        for applet in _APPLETS:
            link = tarfile.TarInfo(f"bin/{applet}")
            link.type, link.linkname = tarfile.SYMTYPE, "busybox"
            tar.addfile(link)
    changes = ["--change=ENV PATH=/bin", '--change=CMD ["echo","its own command"]']
    engine.ask(["import", *changes, str(image_archive(engine)), IMAGE], engine.folder)


def image_archive(engine: Engine) -> Path:
    """The image's files."""
    return engine.folder / "image.tar"


def neighbours(gateway_tls: tuple[str, int] = ("127.0.0.1", 9)) -> Neighbours:
    return Neighbours(
        gateway_tls=gateway_tls,
        access_token=lambda account: f"token-of-{account}",
        registry_token=lambda: "token-of-the-agent",
    )


@pytest.fixture
def executor(engine: Engine, tmp_path: Path) -> PodmanExecutor:
    return PodmanExecutor(engine, tmp_path / "tasks", neighbours(), ImagesAlreadyHere())


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
