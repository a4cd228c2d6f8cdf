"""Time that passes only by sleeping, so that no test waits."""

from dataclasses import dataclass, field
from datetime import timedelta

from dlt_ingestion.clock import Clock


@dataclass
class FakeTime:
    """``slept`` has every wait in seconds; ``offset`` moves the clock's now."""

    offset: timedelta = timedelta(0)
    slept: list[float] = field(default_factory=list)
    _elapsed_seconds: float = 0.0

    @property
    def clock(self) -> Clock:
        """A clock that sleeps here."""
        return Clock(offset=self.offset, sleep=self.sleep)

    def sleep(self, seconds: float) -> None:
        """Notes the wait instead of waiting."""
        self.slept.append(seconds)
        self.pass_by(seconds)

    def pass_by(self, seconds: float) -> None:
        """Lets time pass without anybody sleeping."""
        self._elapsed_seconds += seconds

    def monotonic(self) -> float:
        """Seconds since the start."""
        return self._elapsed_seconds
