"""A clock that is as far ahead after a restart as it was before."""

from datetime import timedelta

from rehearsal.clock import Clock
from rehearsal.store import Store

_KIND, _NAME = "clock", "offset"


class DurableClock(Clock):
    """Keeps in the store how far it is ahead of real time, at every move."""

    def __init__(self, store: Store) -> None:
        kept = store.get(_KIND, _NAME) or {"microseconds": 0}
        super().__init__(timedelta(microseconds=kept["microseconds"]))
        self._store = store

    def advance(self, by: timedelta) -> None:
        """Moves time ahead.

        Raises:
            ValueError: ``by`` is negative.
        """
        super().advance(by)
        ahead = self.offset // timedelta(microseconds=1)
        self._store.put(_KIND, _NAME, {"microseconds": ahead})
