"""The podman that ``engine/up`` has set up in a folder, used through its own command."""

import os
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rehearsal.errors import RehearsalError
from rehearsal.execution.namespace import open_namespace

OWNER_LABEL = "rehearsal.executor"
"""On every container: whose it is."""
_INHERITED = ("PATH", "HOME", "XDG_RUNTIME_DIR", "TMPDIR", "LANG")
_QUICK_SECONDS = 60.0
"""What podman does at once, on a busy machine."""


@dataclass(frozen=True)
class Engine:
    """Where podman keeps images and containers, and how it reaches the registry."""

    folder: Path
    """ENGINE_STATE of ``engine/up``, which has been called for it."""
    bundle: Path
    """File with the authorities that podman and every task trust."""
    proxy: str | None = None
    """``http://127.0.0.1:PORT`` of the gateway; None: images are pulled directly."""

    def is_set_up(self) -> bool:
        """Whether ``engine/up`` has been called for the folder; podman's service need not run."""
        return (self.folder / "containers.conf").is_file()

    def environment(self) -> dict[str, str]:
        """All variables that podman is run with."""
        proxies = {} if self.proxy is None else {"HTTPS_PROXY": self.proxy, "NO_PROXY": "127.0.0.1"}
        return {
            **{name: os.environ[name] for name in _INHERITED if name in os.environ},
            "CONTAINERS_CONF": str(self.folder / "containers.conf"),
            "CONTAINERS_STORAGE_CONF": str(self.folder / "storage.conf"),
            "SSL_CERT_FILE": str(self.bundle),
            **proxies,
        }

    def start(
        self, arguments: Sequence[str], folder: Path, variables: dict[str, str] | None = None
    ) -> subprocess.Popen[bytes]:
        """Starts podman in ``folder``, with both outputs as pipes.

        It is out of reach of a terminal's signals: whoever started it ends it.

        Raises:
            RehearsalError: podman can't be started.
        """
        if not self.is_set_up():
            raise RehearsalError(
                f"there is no engine in {self.folder}:"
                f" run rehearsal/engine/up with ENGINE_OWN=1 ENGINE_STATE={self.folder}"
            )
        try:
            return subprocess.Popen(
                ["podman", "--log-level", "error", *arguments],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                cwd=folder,
                env=(variables or {}) | self.environment(),
                start_new_session=True,
            )
        except OSError as error:
            raise RehearsalError(
                f"podman can't be started ({error}): run rehearsal/engine/install with ENGINE_OWN=1"
            ) from error

    def ask(self, arguments: Sequence[str], folder: Path) -> str:
        """What a quick podman command prints.

        Raises:
            RehearsalError: it fails, or takes longer than a minute.
        """
        process = self.start(arguments, folder)
        try:
            output, errors = process.communicate(timeout=_QUICK_SECONDS)
        except subprocess.TimeoutExpired as error:
            process.kill()
            process.communicate()
            raise RehearsalError(f"podman {arguments[0]} has not ended in time") from error
        if process.returncode:
            raise RehearsalError(f"podman {arguments[0]}: {last_words(errors)}")
        return output.decode(errors="replace")


def obstacle(engine: Engine) -> str | None:
    """Why no task can run on this machine now, and what to do; None if tasks can run."""
    try:
        engine.ask(["version", "--format={{.Version}}"], Path("/"))
        open_namespace().close()
    except RehearsalError as error:
        return str(error)
    return None


def remove_containers(engine: Engine, owner: str, folder: Path) -> int:
    """Removes, running or not, all containers with this owner's label; gives their number."""
    if not engine.is_set_up():
        return 0
    wanted = f"label={OWNER_LABEL}={owner}"
    found = engine.ask(["ps", "--all", "--quiet", "--filter", wanted], folder).split()
    if found:
        engine.ask(["rm", "--force", "--time", "0", *found], folder)
    return len(found)


def last_words(errors: bytes) -> str:
    """The last line in which podman says what is wrong."""
    lines = [line for line in errors.decode(errors="replace").splitlines() if line.strip()]
    return lines[-1].removeprefix("Error: ") if lines else "podman ended and said nothing"
