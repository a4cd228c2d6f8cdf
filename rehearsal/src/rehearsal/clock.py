"""The rehearsal's own time: it runs like real time, and can be moved ahead."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta


def _real_time() -> datetime:
    return datetime.now(UTC)


class Clock:
    """Real time plus an offset that only grows. All moments are aware, in UTC."""

    def __init__(
        self, offset: timedelta = timedelta(), source: Callable[[], datetime] = _real_time
    ) -> None:
        self._source, self._offset = source, offset
        self._lock = threading.Lock()

    @property
    def offset(self) -> timedelta:
        """How far the rehearsal is ahead of real time."""
        return self._offset

    def now(self) -> datetime:
        """The rehearsal's moment."""
        return self._source() + self._offset

    def advance(self, by: timedelta) -> None:
        """Moves time ahead.

        Raises:
            ValueError: ``by`` is negative: tokens, schedules and logs only know one direction.
        """
        if by < timedelta():
            raise ValueError(f"time can't go back by {-by}")
        with self._lock:
            self._offset += by


def rfc3339(moment: datetime) -> str:
    """A moment as Google's APIs write it: ``2026-01-05T00:00:00.000000Z``."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def parse_rfc3339(text: str) -> datetime:
    """The moment that ``text`` names, with up to nine digits of a second.

    Raises:
        ValueError: ``text`` is no RFC 3339 moment, or one without an offset.
    """
    moment = datetime.fromisoformat(_microseconds(text))
    if moment.tzinfo is None:
        raise ValueError(f"{text!r} has no offset from UTC")
    return moment.astimezone(UTC)


def _microseconds(text: str) -> str:
    head, point, tail = text.partition(".")
    if not point:
        return text
    digits = tail[: len(tail) - len(tail.lstrip("0123456789"))]
    return f"{head}.{digits[:6]:0<6}{tail[len(digits) :]}"
