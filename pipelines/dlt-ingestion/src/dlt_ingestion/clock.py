"""The one source of time, so that tests and rehearsals can set it."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta


@dataclass(frozen=True)
class Clock:
    """Tells the time (UTC) and sleeps; ``offset`` moves its now away from the machine's."""

    offset: timedelta = timedelta(0)
    sleep: Callable[[float], None] = time.sleep

    @classmethod
    def starting_at(cls, start: datetime | None) -> "Clock":
        """A clock that shows ``start`` (an aware time) at this moment, or the machine's time."""
        return cls() if start is None else cls(offset=start - datetime.now(UTC))

    def now(self) -> datetime:
        """The current time, UTC, to the microsecond."""
        return datetime.now(UTC) + self.offset
