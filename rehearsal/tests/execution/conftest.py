"""A real podman with a small image, and an executor on it."""

import os
import select
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from rehearsal.errors import RehearsalError
from rehearsal.execution.engine import Engine
from rehearsal.execution.namespace import open_namespace
from rehearsal.execution.podman import PodmanExecutor
from rehearsal.running.state import PROJECT_FOLDER
from tests.execution.world import (
    IMAGE,
    SYSTEM_BUNDLE,
    ImagesAlreadyHere,
    command_lines,
    image_archive,
    neighbours,
)

_BUSYBOX = Path("/bin/busybox")
_APPLETS = ("dd", "echo", "env", "nc", "nslookup", "sh", "sleep", "touch", "wget")


@pytest.fixture(scope="session")
def engine() -> Iterator[Engine]:
    if (reason := _missing()) is not None:
        pytest.skip(reason)
    # Not below pytest's own folder: the path of a unix socket is at most 107 bytes long.
    with tempfile.TemporaryDirectory(prefix="engine-") as folder:
        variables = os.environ | {"ENGINE_OWN": "1", "ENGINE_STATE": folder}
        subprocess.run([PROJECT_FOLDER / "engine/up"], env=variables, check=True)
        try:
            engine = Engine(Path(folder), SYSTEM_BUNDLE)
            _import_image(engine)
            yield engine
        finally:
            _wait_for_conmon(folder)
            subprocess.run([PROJECT_FOLDER / "engine/down"], env=variables, check=True)


def _missing() -> str | None:
    """Why no container can run on this machine."""
    for program in ("podman", "docker"):
        if shutil.which(program) is None:
            return f"there is no {program}: run rehearsal/engine/install with ENGINE_OWN=1"
    if not _BUSYBOX.exists():
        return f"there is no {_BUSYBOX}: apt-get install busybox-static"
    try:
        open_namespace().close()
    except RehearsalError as error:
        return str(error)
    return None


def _wait_for_conmon(folder: str) -> None:
    """It tidies up behind each container, a moment after ``podman run`` has ended."""
    for pid, line in command_lines():
        if b"--exit-command" in line and folder.encode() in line:
            with suppress(ProcessLookupError):
                process = os.pidfd_open(pid)
                select.select([process], [], [], 60)
                os.close(process)


def _import_image(engine: Engine) -> None:
    with tarfile.open(image_archive(engine), "w") as tar:
        tar.add(_BUSYBOX, "bin/busybox")
        for applet in _APPLETS:
            link = tarfile.TarInfo(f"bin/{applet}")
            link.type, link.linkname = tarfile.SYMTYPE, "busybox"
            tar.addfile(link)
    changes = ["--change=ENV PATH=/bin", '--change=CMD ["echo","its own command"]']
    engine.ask(["import", *changes, str(image_archive(engine)), IMAGE], engine.folder)


@pytest.fixture
def executor(engine: Engine, tmp_path: Path) -> PodmanExecutor:
    return PodmanExecutor(engine, tmp_path / "tasks", neighbours(), ImagesAlreadyHere())
