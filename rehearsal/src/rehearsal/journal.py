"""The log entries of a project, oldest first, kept for thirty days of the rehearsal's time."""

import secrets
from datetime import datetime, timedelta

from rehearsal.clock import Clock, parse_rfc3339, rfc3339
from rehearsal.documents import Document
from rehearsal.store import Store

KIND = "entries"
RETENTION = timedelta(days=30)
"""https://cloud.google.com/logging/quotas#logs_retention_periods"""
_TRIMMED_EVERY = 1000


class Journal:
    """Entries are named by their time, so that a range of time is a range of names."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store, self._clock = store, clock

    def write(self, entry: Document) -> None:
        """Keeps an entry; ``timestamp``, ``receiveTimestamp`` and ``insertId`` are added."""
        now = self._clock.now()
        moment = parse_rfc3339(entry["timestamp"]) if entry.get("timestamp") else now
        kept = {"insertId": secrets.token_hex(8), "severity": "DEFAULT"} | entry
        kept |= {"timestamp": rfc3339(moment), "receiveTimestamp": rfc3339(now)}
        with self._store.transaction():
            number = self._store.next_number(KIND)
            self._store.put(KIND, f"{rfc3339(moment)} {number:012d}", kept)
            if number % _TRIMMED_EVERY == 0:
                self._store.delete_range(KIND, "", rfc3339(now - RETENTION))

    def between(self, start: datetime, end: datetime) -> list[Document]:
        """Entries with ``start <= timestamp < end``, oldest first."""
        first = max(start, self._clock.now() - RETENTION)
        found = self._store.range(KIND, rfc3339(first), rfc3339(end))
        return [document for _, document in found]
