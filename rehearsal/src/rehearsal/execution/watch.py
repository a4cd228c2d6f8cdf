"""Watches over one container: when it has started, and when and how it is made to end."""

import os
import signal
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Literal

from rehearsal.execution.container import Container

type Reason = Literal["cancelled", "timed out", "out of memory"]

PATIENCE_SECONDS = 10.0
"""Between SIGTERM and SIGKILL; https://cloud.google.com/run/docs/container-contract."""


@dataclass
class Watch:
    """Has to be told to look, several times a second; signals the container's first process."""

    container: Container
    cancelled: threading.Event
    now: Callable[[], float]
    """Seconds."""
    reason: Reason | None = None
    """Why it was made to end."""
    _process: int | None = None
    """A descriptor: unlike a number, never another process's."""
    _times_out_at: float | None = None
    """None before the start."""
    _killed_at: float | None = None

    def look(self) -> None:
        """Notices what has happened, and acts on it."""
        if not self.has_started():
            return
        if self.reason is None:
            self._notice_reason()
        elif self._killed_at is not None and self.now() >= self._killed_at:
            self.kill()
            self._killed_at = None

    def has_started(self) -> bool:
        """Whether the container's first process exists, or did."""
        if self._times_out_at is None and self.container.pid_file.exists():
            self._times_out_at = self.now() + self.container.task.timeout_seconds
            with suppress(ProcessLookupError):  # it may have ended already
                self._process = os.pidfd_open(int(self.container.pid_file.read_text()))
        return self._times_out_at is not None

    def kill(self) -> None:
        """Ends the container at once."""
        self._signal(signal.SIGKILL)

    def close(self) -> None:
        """Lets the process go."""
        if self._process is not None:
            os.close(self._process)
            self._process = None

    @property
    def out_of_memory(self) -> bool:
        """Whether memory has run out, of the first process or of a child."""
        return self.container.out_of_memory_file.exists()

    def _notice_reason(self) -> None:
        if self.out_of_memory:
            # The kernel may have killed a child only; Cloud Run ends the whole instance.
            # https://cloud.google.com/run/docs/configuring/jobs/memory-limits
            self.reason = "out of memory"
            self.kill()
        elif self.cancelled.is_set():
            self._ask_to_end("cancelled")
        elif self._times_out_at is not None and self.now() >= self._times_out_at:
            self._ask_to_end("timed out")

    def _ask_to_end(self, reason: Reason) -> None:
        self.reason = reason
        self._signal(signal.SIGTERM)
        self._killed_at = self.now() + PATIENCE_SECONDS

    def _signal(self, number: signal.Signals) -> None:
        if self._process is None:
            return
        with suppress(ProcessLookupError):  # it has ended, and podman is about to
            signal.pidfd_send_signal(self._process, number)
