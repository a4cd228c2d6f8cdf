"""The folder that holds all of a rehearsal: settings, ports, resources, logs, locks."""

import fcntl
import os
import shutil
import socket
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import msgspec

from rehearsal.errors import RehearsalError

PROJECT_FOLDER = Path(__file__).parents[3]
"""Where the rehearsal's own pyproject.toml and its container engine's scripts are."""
PORT_NAMES = ("server", "proxy", "tls", "bigquery", "bigquery_grpc", "registry")
CONTROL_HOST = "rehearsal.internal"
"""The name by which the command line calls the server; the gateway leads nobody there."""
DEFAULT_PROJECT = "dog-breeds-demo"


class Settings(msgspec.Struct, kw_only=True, frozen=True):
    """What ``up`` was asked for. ``ports`` are on 127.0.0.1, by the names in PORT_NAMES."""

    project: str = DEFAULT_PROJECT
    allowed: tuple[str, ...] = ()
    """Hosts that are let through, as ``--allow`` names them."""
    without: tuple[str, ...] = ()
    """Parts that are left out."""
    upstream_proxy: str = ""
    """The user's own proxy, for what is let through."""
    trusted: str = ""
    """File with the authorities that this user trusts; '': the system's."""
    engine: str = ""
    """Folder of a container engine whose images are shared; '': the state has one of its own."""
    ports: dict[str, int] = {}


def default_folder(environment: dict[str, str] | os._Environ[str] = os.environ) -> Path:
    """``$REHEARSAL_STATE``, else ``.state`` beside the project, else the user's state folder."""
    if environment.get("REHEARSAL_STATE"):
        return Path(environment["REHEARSAL_STATE"])
    if (PROJECT_FOLDER / "pyproject.toml").is_file():
        return PROJECT_FOLDER / ".state"
    home = environment.get("XDG_STATE_HOME") or Path.home() / ".local" / "state"
    return Path(home) / "rehearsal"


@dataclass(frozen=True)
class State:
    """A rehearsal's folder; nothing of it is anywhere else."""

    folder: Path

    @property
    def store_file(self) -> Path:
        """All resources."""
        return self.resources / "store.sqlite"

    @property
    def resources(self) -> Path:
        """What ``reset`` forgets: resources, rows, images of the registry."""
        return self.folder / "resources"

    @property
    def authority(self) -> Path:
        """The gateway's own certificate authority."""
        return self.folder / "authority"

    @property
    def bundle(self) -> Path:
        """The authorities to trust: this machine's and the gateway's."""
        return self.folder / "trusted.pem"

    @property
    def credentials(self) -> Path:
        """A folder for each principal: its token, its ADC, its gcloud's settings."""
        return self.folder / "credentials"

    @property
    def engine(self) -> Path:
        """The container engine's images and socket, its own or one that is shared."""
        shared = self.settings().engine
        return Path(shared) if shared else self.folder / "engine"

    @property
    def engine_address(self) -> str:
        """Where the container engine listens."""
        return f"unix://{self.engine / 'podman.sock'}"

    @property
    def terraform(self) -> Path:
        """Where terraform finds the stand-in of its provider."""
        return self.folder / "terraform"

    def log(self, part: str) -> Path:
        """What a part has printed since it was started."""
        return self.folder / "logs" / f"{part}.log"

    @property
    def status_file(self) -> Path:
        """What the supervisor tells about the parts."""
        return self.folder / "status.json"

    @property
    def settings_file(self) -> Path:
        """What ``up`` was asked for last."""
        return self.folder / "settings.json"

    def settings(self) -> Settings:
        """What ``up`` was asked for last; the defaults before the first.

        Raises:
            RehearsalError: the file is none that this version has written.
        """
        if not self.settings_file.is_file():
            return Settings()
        try:
            return msgspec.json.decode(self.settings_file.read_bytes(), type=Settings)
        except msgspec.MsgspecError as error:
            raise RehearsalError(
                f"{self.settings_file} can't be read ({error}): delete it, then rehearsal up"
            ) from error

    def keep(self, settings: Settings) -> None:
        """Writes the settings."""
        self.prepare()
        write_whole(self.settings_file, msgspec.json.encode(settings))

    def prepare(self) -> None:
        """Makes the folder, readable by nobody else: it holds keys and tokens."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self.folder.chmod(0o700)
        # It may lie in a repository.
        (self.folder / ".gitignore").write_text("*\n")

    def forget_resources(self) -> None:
        """Deletes all resources; ports, authority and the engine's images stay."""
        if self.resources.exists():
            shutil.rmtree(self.resources)

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Waits until no other command starts, stops or resets this rehearsal."""
        self.prepare()
        with (self.folder / "command.lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield


def write_whole(file: Path, content: bytes) -> None:
    """Replaces a file's content at once: a reader sees the old one or the new one."""
    fresh = file.with_name(f"{file.name}.{os.getpid()}.new")
    fresh.touch(mode=0o600)
    fresh.write_bytes(content)
    fresh.replace(file)


def choose_ports(earlier: dict[str, int], names: Iterable[str] = PORT_NAMES) -> dict[str, int]:
    """A free port for each name: the earlier one while it is free."""
    chosen: dict[str, int] = {}
    with ExitStack() as held:
        for name in names:
            listener = held.enter_context(_listener(earlier.get(name, 0)))
            chosen[name] = listener.getsockname()[1]
    return chosen


def _listener(wanted: int) -> socket.socket:
    for port in (wanted, 0):
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("127.0.0.1", port))
            listener.listen()
        except OSError:
            listener.close()
            continue
        return listener
    raise RehearsalError("there is no free port on 127.0.0.1")
