"""The log entries of all projects, by their time, kept for thirty days of the rehearsal's time."""

import secrets
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from rehearsal.clock import Clock, parse_rfc3339, rfc3339
from rehearsal.documents import Document
from rehearsal.store import Named, Store

KIND = "entries"
LOGS = "logs"
RETENTION = timedelta(days=30)
"""https://cloud.google.com/logging/quotas#logs_retention_periods"""
FUTURE = timedelta(hours=24)
"""How far ahead an entry may be dated; https://cloud.google.com/logging/quotas."""
_TRIMMED_EVERY = 1000
_FIRST_WINDOW = timedelta(minutes=1)


class Journal:
    """Entries are named by their time, so that a range of time is a range of names."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store, self._clock = store, clock
        self.followers: list[Callable[[Document], None]] = []
        """Called with each entry, in the transaction that writes it."""

    def write(self, entry: Document) -> None:
        """Keeps an entry; ``timestamp``, ``receiveTimestamp`` and ``insertId`` are added."""
        now = self._clock.now()
        moment = parse_rfc3339(entry["timestamp"]) if entry.get("timestamp") else now
        kept = {"insertId": secrets.token_hex(8), "severity": "DEFAULT"} | entry
        kept |= {"timestamp": rfc3339(moment), "receiveTimestamp": rfc3339(now)}
        with self._store.transaction():
            number = self._store.next_number(KIND)
            self._store.put(KIND, f"{rfc3339(moment)} {number:012d}", kept)
            self._remember_log(kept)
            if number % _TRIMMED_EVERY == 0:
                self._store.delete_range(KIND, "", rfc3339(now - RETENTION))
            for follower in self.followers:
                follower(kept)

    def between(self, start: datetime, end: datetime) -> list[Document]:
        """Entries with ``start <= timestamp < end``, oldest first."""
        return [entry for _, entry in self._range(start, end)]

    def scan(
        self, start: datetime, end: datetime, *, newest_first: bool = False
    ) -> Iterator[tuple[str, Document]]:
        """Names and entries with ``start <= timestamp < end``; reads no more than is asked for.

        The windows of time that are read double in length, so that a few entries of many are
        found without reading all, and none of few without many reads.
        """
        start = max(start, self._clock.now() - RETENTION)
        length = _FIRST_WINDOW
        while start < end:
            if newest_first:
                edge = max(start, end - length)
                yield from reversed(self._range(edge, end))
                end = edge
            else:
                edge = min(end, start + length)
                yield from self._range(start, edge)
                start = edge
            length *= 2

    def log_names(self, parent: str) -> list[str]:
        """The logs of ``projects/ID`` that have had entries, sorted."""
        return [name for name, _ in self._store.list(LOGS, f"{parent}/logs/")]

    def delete_log(self, log_name: str) -> bool:
        """Deletes a log with its entries; False: there is none."""
        with self._store.transaction():
            for name, entry in self._store.list(KIND):
                if entry.get("logName") == log_name:
                    self._store.delete(KIND, name)
            return self._store.delete(LOGS, log_name)

    def _range(self, start: datetime, end: datetime) -> Named:
        first = max(start, self._clock.now() - RETENTION)
        return self._store.range(KIND, rfc3339(first), rfc3339(end))

    def _remember_log(self, entry: Document) -> None:
        name = str(entry.get("logName", ""))
        if name and self._store.get(LOGS, name) is None:
            self._store.put(LOGS, name, {"logName": name})
