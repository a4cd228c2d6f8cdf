"""Fires what is due, in the order of its moments, as the rehearsal's clock moves or is moved."""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from rehearsal.clock import Clock

type Fire = Callable[[datetime], None]
type Due = Callable[[], datetime | None]

_HELD_AFTER_A_FAULT = timedelta(hours=1)
_FIRES_AT_ONE_MOMENT = 100
_logger = logging.getLogger(__name__)


@dataclass
class _Recurring:
    kind: str
    fire: Fire
    due: Due
    held_until: datetime | None = None
    """After a fault nothing of this kind is fired before this moment."""
    last: datetime | None = None
    repeats: int = 0

    def moment(self, end: datetime) -> datetime | None:
        """When it is to be fired next, if that is not after ``end``."""
        if self.held_until is not None and self.held_until > end:
            return None
        due = self.due()
        if due is None or due > end:
            return None
        return max(due, self.held_until or due)


class Timeline:
    """What recurs: each kind tells its earliest due moment, and is called when that has come.

    Functions are called one at a time, in whichever thread runs the timeline, and without the
    store's lock: they may wait for calls that come back to this server.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._recurring: dict[str, _Recurring] = {}
        self._lock = threading.RLock()
        self._awake = threading.Event()
        self.settle: list[Callable[[], None]] = []
        """Called before time is moved on: they wait until what was begun has come to its end."""

    def register(self, kind: str, fire: Fire, due: Due) -> None:
        """Makes ``fire`` be called with each moment that ``due`` gives, once that has come.

        ``fire`` does all that is due at that moment, so that ``due`` gives a later one (or None)
        afterwards. One that raises, or that leaves ``due`` as it was, is reported and held back
        for an hour of the rehearsal's time; other kinds go on. A kind that is registered again
        takes the place of the earlier one.
        """
        with self._lock:
            self._recurring[kind] = _Recurring(kind, fire, due)

    def run(self) -> int:
        """Fires all that is due by now, in the order of moments; gives how many it fired."""
        with self._lock:
            fired = 0
            while (item := self._next(self._clock.now())) is not None:
                self._fire(*item)
                fired += 1
            return fired

    def advance(self, by: timedelta) -> None:
        """Moves the clock ahead, from due moment to due moment, firing what is due at each.

        Before each move, what was begun is awaited (``settle``).

        Raises:
            ValueError: ``by`` is negative.
        """
        if by < timedelta():
            raise ValueError(f"time can't go back by {-by}")
        with self._lock:
            end = self._clock.now() + by
            self._finish()
            while (item := self._next(end)) is not None:
                self._move_to(item[1])
                self._finish()
            self._move_to(end)
            self._finish()

    def wake(self) -> None:
        """Makes ``follow`` look at once: something has become due now."""
        self._awake.set()

    def follow(self, stopped: threading.Event, pause_seconds: float = 1.0) -> None:
        """Fires what falls due as time passes, until ``stopped``; for a thread of its own."""
        while not stopped.is_set():
            self._awake.wait(pause_seconds)
            self._awake.clear()
            self.run()

    def _finish(self) -> None:
        self.run()
        for wait in self.settle:
            wait()
        self.run()

    def _move_to(self, moment: datetime) -> None:
        self._clock.advance(max(moment - self._clock.now(), timedelta()))

    def _next(self, end: datetime) -> tuple[_Recurring, datetime] | None:
        """The first that is due, and when; of those due at one moment, the first registered."""
        found: tuple[_Recurring, datetime] | None = None
        for one in self._recurring.values():
            moment = self._moment(one, end)
            if moment is not None and (found is None or moment < found[1]):
                found = (one, moment)
        return found

    def _moment(self, one: _Recurring, end: datetime) -> datetime | None:
        try:
            return one.moment(end)
        except Exception:
            _logger.exception("timeline.due_failed: %s", one.kind)
            self._hold(one, end)
            return None

    def _fire(self, one: _Recurring, moment: datetime) -> None:
        one.repeats = one.repeats + 1 if one.last == moment else 0
        one.last = moment
        if one.repeats >= _FIRES_AT_ONE_MOMENT:
            _logger.error("timeline.stuck: %s stays due at %s", one.kind, moment)
            self._hold(one, moment)
            return
        try:
            one.fire(moment)
        except Exception:
            _logger.exception("timeline.fire_failed: %s, due at %s", one.kind, moment)
            self._hold(one, moment)

    def _hold(self, one: _Recurring, moment: datetime) -> None:
        one.repeats = 0
        one.held_until = max(moment, self._clock.now()) + _HELD_AFTER_A_FAULT
