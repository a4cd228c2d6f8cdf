"""All resources of all services, in one SQLite file that survives a restart."""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rehearsal.documents import Document, decode, encode

_SCHEMA = """
CREATE TABLE IF NOT EXISTS documents (
  kind TEXT NOT NULL, name TEXT NOT NULL, document BLOB NOT NULL, PRIMARY KEY (kind, name)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS counters (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
"""
type Named = list[tuple[str, Document]]
"""Names with copies of their documents, sorted by name."""

_AFTER_ALL_NAMES = "\U0010ffff"


class Store:
    """Documents by kind and name. One lock makes a transaction the only one."""

    def __init__(self, file: Path | str = ":memory:") -> None:
        self._connection = sqlite3.connect(file, check_same_thread=False, isolation_level=None)
        # A killed process loses nothing; a machine without power may lose the last moments.
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.execute("PRAGMA synchronous = NORMAL")
        self._connection.executescript(_SCHEMA)
        self._lock = threading.RLock()
        self._depth = 0

    def close(self) -> None:
        """Closes the file."""
        self._connection.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All that is written inside happens, or, if it raises, none of it. May be nested."""
        with self._lock:
            if self._depth == 0:
                self._connection.execute("BEGIN IMMEDIATE")
            self._depth += 1
            try:
                yield
            except BaseException:
                self._depth -= 1
                if self._depth == 0:
                    self._connection.execute("ROLLBACK")
                raise
            self._depth -= 1
            if self._depth == 0:
                self._connection.execute("COMMIT")

    def get(self, kind: str, name: str) -> Document | None:
        """A copy of the document, or None."""
        with self._lock:
            row = self._connection.execute(
                "SELECT document FROM documents WHERE kind = ? AND name = ?", (kind, name)
            ).fetchone()
        return decode(row[0]) if row else None

    def put(self, kind: str, name: str, document: Document) -> None:
        """Writes the document, in place of an earlier one of that kind and name."""
        with self._lock:
            self._connection.execute(
                "INSERT INTO documents VALUES (?, ?, ?)"
                " ON CONFLICT DO UPDATE SET document = excluded.document",
                (kind, name, encode(document)),
            )

    def delete(self, kind: str, name: str) -> bool:
        """Whether there was one to delete."""
        with self._lock:
            return (
                self._connection.execute(
                    "DELETE FROM documents WHERE kind = ? AND name = ?", (kind, name)
                ).rowcount
                == 1
            )

    def list(self, kind: str, prefix: str = "") -> Named:
        """All of a kind whose names start with ``prefix``."""
        return self.range(kind, prefix, prefix + _AFTER_ALL_NAMES)

    def range(self, kind: str, first: str, end: str) -> Named:
        """All of a kind with ``first <= name < end``."""
        with self._lock:
            rows = self._connection.execute(
                "SELECT name, document FROM documents"
                " WHERE kind = ? AND name >= ? AND name < ? ORDER BY name",
                (kind, first, end),
            ).fetchall()
        return [(name, decode(document)) for name, document in rows]

    def delete_range(self, kind: str, first: str, end: str) -> int:
        """Deletes all of a kind with ``first <= name < end``; gives how many."""
        with self._lock:
            return self._connection.execute(
                "DELETE FROM documents WHERE kind = ? AND name >= ? AND name < ?",
                (kind, first, end),
            ).rowcount

    def next_number(self, counter: str) -> int:
        """1, 2, 3 ... for each counter; a number that was given is not given again."""
        with self._lock:
            row = self._connection.execute(
                "INSERT INTO counters VALUES (?, 1)"
                " ON CONFLICT DO UPDATE SET value = value + 1 RETURNING value",
                (counter,),
            ).fetchone()
        return int(row[0])

    def clear(self) -> None:
        """Forgets everything."""
        with self.transaction():
            self._connection.execute("DELETE FROM documents")
            self._connection.execute("DELETE FROM counters")
