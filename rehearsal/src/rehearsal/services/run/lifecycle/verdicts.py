"""How an attempt of a task ended, in Cloud Run's words."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from rehearsal.execution.task import Outcome, Task

type Result = Literal["succeeded", "failed", "cancelled"]
type Event = tuple[str, str]
"""(severity, text) of an entry in the system log."""

_SIGNALLED = 128
_MIB = 2**20
_MEMORY_GUIDE = "https://cloud.google.com/run/docs/configuring/memory-limits"
_TIMEOUT_GUIDE = "https://cloud.google.com/run/docs/configuring/task-timeout"
_CODES = {"succeeded": 0, "cancelled": 1, "failed": 2}
"""Of google.rpc.Code: OK, CANCELLED, UNKNOWN."""


@dataclass(frozen=True)
class Verdict:
    """The end of an attempt, or of a task. ``reason`` is that of its condition."""

    result: Result
    message: str = ""
    reason: str = ""
    exit_code: int | None = None
    final: bool = False
    """Whether another attempt could not change it."""

    def attempt_result(self) -> dict[str, object]:
        """As a v2 ``TaskAttemptResult``; gcloud needs its status even where it says nothing."""
        status = {"code": _CODES[self.result], "message": self.message}
        result: dict[str, object] = {"status": {} if self.result == "succeeded" else status}
        if self.exit_code is not None and self.exit_code > _SIGNALLED:
            return result | {"termSignal": self.exit_code - _SIGNALLED}
        return result if self.exit_code is None else result | {"exitCode": self.exit_code}


CANCELLED = Verdict("cancelled", "The task was cancelled.", "CANCELLED", final=True)


def failed(message: str, reason: str = "INTERNAL") -> Verdict:
    """A failure that another attempt would not change."""
    return Verdict("failed", message, reason, final=True)


def verdict_of(outcome: Outcome) -> Verdict:
    """The verdict on an attempt."""
    if outcome.cancelled:
        return CANCELLED
    if not outcome.started:
        return failed(outcome.message)
    if outcome.exit_code == 0 and not outcome.timed_out and not outcome.out_of_memory:
        return Verdict("succeeded", exit_code=0, final=True)
    return Verdict("failed", _fault(outcome), "NON_ZERO_EXIT_CODE", outcome.exit_code)


def _fault(outcome: Outcome) -> str:
    if outcome.timed_out:
        return "The configured timeout was reached."
    if outcome.out_of_memory:
        return "The configured memory limit was reached."
    return "The container exited with an error."


def system_events(task: Task, outcome: Outcome) -> Iterator[Event]:
    """What Cloud Run's own log says of the end of an attempt."""
    if outcome.out_of_memory:
        limit = task.memory_bytes // _MIB
        # The engine kills at the limit: what the next page would have made is what was used.
        yield (
            "ERROR",
            f"Memory limit of {limit} MiB exceeded with {limit + 1} MiB used. Consider"
            f" increasing the memory limit, see {_MEMORY_GUIDE}",
        )
    if outcome.timed_out:
        yield (
            "ERROR",
            "Terminating task because it has reached the maximum timeout of"
            f" {task.timeout_seconds:g} seconds. To change this limit, see {_TIMEOUT_GUIDE}",
        )
    if outcome.exit_code is None:
        return
    if outcome.exit_code > _SIGNALLED:
        yield "WARNING", f"Container terminated on signal {outcome.exit_code - _SIGNALLED}."
    else:
        severity = "WARNING" if outcome.exit_code else "INFO"
        yield severity, f"Container called exit({outcome.exit_code})."
