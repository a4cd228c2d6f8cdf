"""Faults on purpose: calls that fail, take long, or lose their answer, as an operator asks.

A fault waits in a list until a call fits it; each use is counted and recorded with the call.
"""

import threading
import time
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Literal

import msgspec

from rehearsal.documents import Document
from rehearsal.errors import ApiError, RehearsalError
from rehearsal.store import Store

KIND = "faults"

type Drop = Literal["", "before", "after"]

_WORDS = {
    400: ("INVALID_ARGUMENT", "invalid"),
    401: ("UNAUTHENTICATED", "authError"),
    403: ("PERMISSION_DENIED", "accessDenied"),
    404: ("NOT_FOUND", "notFound"),
    409: ("ABORTED", "conflict"),
    412: ("FAILED_PRECONDITION", "conditionNotMet"),
    429: ("RESOURCE_EXHAUSTED", "rateLimitExceeded"),
    500: ("INTERNAL", "internalError"),
    502: ("UNAVAILABLE", "badGateway"),
    503: ("UNAVAILABLE", "backendError"),
    504: ("DEADLINE_EXCEEDED", "timeout"),
}


class Fault(msgspec.Struct, kw_only=True):
    """What is done to which calls.

    ``method``, ``principal`` and ``host`` are patterns with ``*``. ``skip`` calls pass first, then
    ``times`` calls are hit (None: all).
    """

    method: str = "*"
    principal: str = "*"
    host: str = "*"
    status: int = 0
    message: str = ""
    reason: str = ""
    delay_seconds: float = 0.0
    drop: Drop = ""
    skip: int = 0
    times: int | None = None
    number: int = 0
    used: int = 0

    def __post_init__(self) -> None:
        if self.status and self.status not in _WORDS:
            known = ", ".join(str(code) for code in _WORDS)
            raise RehearsalError(f"no fault has status {self.status}: choose one of {known}")
        if not (self.status or self.delay_seconds or self.drop):
            raise RehearsalError("a fault does something: give a status, a delay or a drop")
        if self.drop not in ("", "before", "after"):
            raise RehearsalError(f"an answer is dropped before or after, not {self.drop!r}")
        if self.status and self.drop == "after":
            raise RehearsalError("a call that is refused has no effect to drop the answer after")
        if self.delay_seconds < 0 or self.skip < 0 or (self.times is not None and self.times < 1):
            raise RehearsalError("a delay and skip can't be negative; times is at least 1")

    def fits(self, method: str, principal: str, host: str) -> bool:
        """Whether a call is one that is meant."""
        return (
            fnmatchcase(method, self.method)
            and fnmatchcase(principal, self.principal)
            and fnmatchcase(host, self.host)
        )

    def error(self) -> ApiError:
        """What the call is answered with."""
        status, reason = _WORDS[self.status]
        message = self.message or f"A fault on purpose: number {self.number}."
        return ApiError(self.status, status, message, reason=self.reason or reason)

    def label(self) -> str:
        """In a few words, for the record of calls."""
        what = [
            f"status {self.status}" if self.status else "",
            f"delay {self.delay_seconds:g}s" if self.delay_seconds else "",
            f"drop {self.drop}" if self.drop else "",
        ]
        return f"#{self.number} " + ", ".join(word for word in what if word)


@dataclass(frozen=True)
class Hit:
    """A fault that a call has met."""

    error: ApiError | None
    drop: Drop
    label: str


class Faults:
    """The list of faults, durable, oldest first; the first that fits a call is the one."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lock = threading.Lock()
        self._faults = [msgspec.convert(one, Fault) for _, one in store.list(KIND)]

    def any(self) -> bool:
        """Whether there is a fault at all."""
        return bool(self._faults)

    def add(self, fault: Fault) -> Fault:
        """Adds a fault and gives it its number."""
        with self._lock, self._store.transaction():
            fault.number = self._store.next_number(KIND)
            self._faults.append(fault)
            self._keep(fault)
        return fault

    def list(self) -> list[Document]:
        """All faults, with how often each was used."""
        return [msgspec.to_builtins(one) for one in self._faults]

    def clear(self) -> int:
        """Forgets all faults; gives how many there were."""
        with self._lock, self._store.transaction():
            number = len(self._faults)
            for fault in self._faults:
                self._store.delete(KIND, _name(fault.number))
            self._faults.clear()
        return number

    def meet(self, method: str, principal: str, host: str) -> Hit | None:
        """The fault that this call meets, after its delay, or None.

        The delay is in real time.
        """
        fault = self._take(method, principal, host)
        if fault is None:
            return None
        time.sleep(fault.delay_seconds)
        return Hit(fault.error() if fault.status else None, fault.drop, fault.label())

    def _take(self, method: str, principal: str, host: str) -> Fault | None:
        with self._lock:
            for fault in self._faults:
                if fault.fits(method, principal, host) and self._due(fault):
                    return fault
        return None

    def _due(self, fault: Fault) -> bool:
        """Counts the call; whether it is one to be hit."""
        if fault.times is not None and fault.used >= fault.times:
            return False
        if fault.skip:
            fault.skip -= 1
            hit = False
        else:
            fault.used += 1
            hit = True
        with self._store.transaction():
            self._keep(fault)
        return hit

    def _keep(self, fault: Fault) -> None:
        self._store.put(KIND, _name(fault.number), msgspec.to_builtins(fault))


def _name(number: int) -> str:
    return f"{number:09d}"
