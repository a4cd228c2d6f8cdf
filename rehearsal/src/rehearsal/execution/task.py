"""The seam between the run service and the engine: a task, what became of it, and who runs it."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, Protocol

type Stream = Literal["stdout", "stderr"]

type Write = Callable[[Stream, bytes], None]
"""Takes one whole line of output, without its end, in the thread that called ``run``."""


@dataclass(frozen=True)
class Task:
    """One attempt of one task, everything decided: image by digest, secrets as values."""

    name: str
    """Unique among the attempts that run at one time; letters, digits and hyphens."""
    image: str
    """``HOST/PROJECT/REPOSITORY/IMAGE@sha256:...``"""
    command: tuple[str, ...]
    """Replaces the image's entrypoint; empty: the image's own."""
    arguments: tuple[str, ...]
    """Replaces the image's command; empty: the image's own, unless ``command`` is given."""
    environment: dict[str, str]
    cpu: float
    memory_bytes: int
    timeout_seconds: float
    service_account: str
    """E-mail address; the metadata server gives this account's tokens."""
    project: str
    project_number: str
    region: str
    """As in ``europe-west1``."""


@dataclass(frozen=True)
class Outcome:
    """How an attempt ended."""

    started: bool
    exit_code: int | None
    """128 plus the signal's number if a signal ended it; None if it did not start."""
    out_of_memory: bool = False
    timed_out: bool = False
    cancelled: bool = False
    message: str = ""
    """Why it did not start."""


class Executor(Protocol):
    """Runs tasks; one call per attempt, each in a thread of the run service."""

    def run(self, task: Task, write: Write, cancelled: threading.Event) -> Outcome:
        """Blocks until the attempt has ended, and never raises for what the image does.

        ``write`` gets each line as soon as it is there. Setting ``cancelled`` ends the attempt:
        SIGTERM, ten seconds, SIGKILL.
        """
