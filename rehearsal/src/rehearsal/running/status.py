"""What the supervisor tells about the parts, in a file that commands read."""

import fcntl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

import msgspec

from rehearsal.errors import RehearsalError
from rehearsal.running.state import State, write_whole

type Condition = Literal["waiting", "starting", "ready", "missing", "left out", "failed", "ended"]

SETTLED: frozenset[Condition] = frozenset({"ready", "missing", "left out", "failed", "ended"})

_TRIES, _PAUSE_SECONDS = 20, 0.05


class PartStatus(msgspec.Struct, kw_only=True):
    """A part: ``failed`` never became ready, ``ended`` did and is gone; ``detail`` says why."""

    name: str
    condition: Condition
    detail: str = ""
    pid: int | None = None
    required: bool = False


class Status(msgspec.Struct, kw_only=True):
    """The supervisor and its parts."""

    pid: int
    parts: list[PartStatus]

    def settled(self) -> bool:
        """Whether each part is up, or will not be."""
        return all(part.condition in SETTLED for part in self.parts)

    def lost(self) -> list[PartStatus]:
        """The parts without which nothing works, and that do not run."""
        return [part for part in self.parts if part.required and part.condition != "ready"]


def copy(status: Status) -> Status:
    """One that does not change with it."""
    return msgspec.convert(msgspec.to_builtins(status), Status)


def write(state: State, status: Status) -> None:
    """Tells."""
    write_whole(state.status_file, msgspec.json.encode(status))


def read(state: State) -> Status | None:
    """What the running supervisor tells; None if none runs, or if it has told nothing yet."""
    if not running(state) or not state.status_file.is_file():
        return None
    return msgspec.json.decode(state.status_file.read_bytes(), type=Status)


def running(state: State) -> bool:
    """Whether a supervisor runs: it holds a lock as long as it lives."""
    file = _lock_file(state)
    if not file.exists():
        return False
    with file.open("r+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


@contextmanager
def supervising(state: State) -> Iterator[None]:
    """Holds the lock of the one supervisor.

    Raises:
        RehearsalError: there is one already.
    """
    with _lock_file(state).open("w") as lock:
        for _ in range(_TRIES):
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                # Maybe only a command that has a look.
                time.sleep(_PAUSE_SECONDS)
            else:
                break
        else:
            raise RehearsalError(f"a rehearsal runs already in {state.folder}")
        yield


def _lock_file(state: State) -> Path:
    return state.folder / "supervisor.lock"
