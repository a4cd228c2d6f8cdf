"""DuckDB as the warehouse: one file, opened only while it is read or written.

Staging is a file of the run's own beside it, so that a killed run leaves nothing in the tables'
file, and the file's lock is held for the moments of looking and publishing only.
"""

import os
import re
import shutil
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from dlt_ingestion.clock import Clock
from dlt_ingestion.config import Settings
from dlt_ingestion.errors import (
    ConfigurationError,
    PublicationConflictError,
    WarehouseBusyError,
    WarehouseError,
)
from dlt_ingestion.events import emit
from dlt_ingestion.schema import SCHEMA_VERSION, TABLES, ColumnType
from dlt_ingestion.warehouse import STAGING_FILE, Params, Row, staged_name

try:
    import duckdb
except ImportError as error:  # the image leaves it out
    raise ConfigurationError(
        "DESTINATION=duckdb needs the package duckdb, which is not installed (the container image "
        "leaves it out): install dlt-ingestion[duckdb], or set GCP_PROJECT_ID for BigQuery."
    ) from error

_TYPES: Mapping[ColumnType, str] = {
    "text": "VARCHAR",
    "double": "DOUBLE",
    "bigint": "BIGINT",
    "bool": "BOOLEAN",
    "timestamp": "TIMESTAMP WITH TIME ZONE",
    "date": "DATE",
}
_STAGING_ALIAS = "staging"
_RETRY_SECONDS = 0.2
_LEAST_FREE_BYTES = 64 << 20
# One thread and a small buffer: a weekly run is small, and a large one spills to disk.
SMALL: Mapping[str, Any] = {
    "threads": 1,
    "memory_limit": "128MB",
    "preserve_insertion_order": False,
}


def _quote(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


class DuckDbDialect:
    """DuckDB's spellings."""

    def __init__(self, dataset: str, staging_dataset: str, run_id: str) -> None:
        self._dataset, self._staging_dataset, self._run_id = dataset, staging_dataset, run_id

    def table(self, name: str) -> str:
        """A published table's name, quoted and qualified."""
        return f"{_quote(self._dataset)}.{_quote(name)}"

    def staged(self, name: str) -> str:
        """A staged table's name, quoted and qualified."""
        table = _quote(staged_name(self._run_id, name))
        return f"{_STAGING_ALIAS}.{_quote(self._staging_dataset)}.{table}"

    def each_temperament(self, source: str) -> str:
        """A FROM clause over ``source`` with ``temperament`` and ``position`` from 1."""
        return (
            f"(SELECT *, unnest(string_split(temperaments, ', ')) AS temperament, "
            f"generate_subscripts(string_split(temperaments, ', '), 1) AS position FROM {source})"
        )

    def each_flagged_value(self, source: str) -> str:
        """A FROM clause over ``source`` with ``field``, ``raw_text`` and ``reason``."""
        return (
            "(SELECT * EXCLUDE (flagged), flagged->>'$.field' AS field, "
            "flagged->>'$.raw_text' AS raw_text, flagged->>'$.reason' AS reason "
            f"FROM (SELECT *, unnest(CAST(flagged_values AS JSON[])) AS flagged FROM {source}))"
        )

    def differing_columns(self, old: str, new: str, columns: Sequence[str]) -> str:
        """An expression: the names of the columns in which two rows differ, with commas."""
        cases = ", ".join(
            f"CASE WHEN {old}.{c} IS DISTINCT FROM {new}.{c} THEN '{c}' END" for c in columns
        )
        return f"array_to_string([{cases}], ', ')"

    def count_if(self, condition: str) -> str:
        """An aggregate: the number of rows where ``condition`` holds."""
        return f"count_if({condition})"


class DuckDbWarehouse:
    """A DuckDB file; see ``Warehouse`` for what the methods promise."""

    def __init__(self, settings: Settings, clock: Clock, run_id: str) -> None:
        self._settings, self._clock, self._run_id = settings, clock, run_id
        self._dialect = DuckDbDialect(settings.dataset, settings.staging_dataset, run_id)
        self._connection: duckdb.DuckDBPyConnection | None = None
        self._work_root = settings.duckdb_path.parent / ".staging"

    @property
    def dialect(self) -> DuckDbDialect:
        """How DuckDB spells things."""
        return self._dialect

    @contextmanager
    def session(self) -> Iterator[None]:
        """Opens the file, waiting for whoever holds it; closes it at the end."""
        if self._connection is not None:
            yield
            return
        self._connection = self._connect()
        try:
            with _translated("closing the database"):
                yield
        finally:
            connection, self._connection = self._connection, None
            connection.close()

    def _connect(self) -> duckdb.DuckDBPyConnection:
        path = self._settings.duckdb_path
        deadline = time.monotonic() + self._settings.lock_timeout_seconds
        waiting = False
        while True:
            try:
                path.parent.mkdir(parents=True, exist_ok=True)
                connection = duckdb.connect(str(path), config=dict(SMALL))
                connection.execute("SET TimeZone = 'UTC'")
                self._attach_staging(connection)
                return connection
            except duckdb.Error as error:
                if "lock" not in str(error):
                    raise _warehouse_error(f"opening {path}", error) from error
                if time.monotonic() >= deadline:
                    raise self._busy(path, error) from error
                if not waiting:
                    emit("warehouse_locked", holder=_holder(error))
                    waiting = True
                time.sleep(_RETRY_SECONDS)
            except OSError as error:
                raise _warehouse_error(f"opening {path}", error) from error

    def _busy(self, path: Path, error: duckdb.Error) -> WarehouseBusyError:
        return WarehouseBusyError(
            f"{path} is in use by {_holder(error)}, for longer than the "
            f"{self._settings.lock_timeout_seconds:g} s that this run may wait. Close it there, or "
            "set DUCKDB_LOCK_TIMEOUT_SECONDS higher."
        )

    def _attach_staging(self, connection: duckdb.DuckDBPyConnection) -> None:
        staging = self._work_dir_path / STAGING_FILE
        if staging.is_file():
            quoted = str(staging).replace("'", "''")
            # It is there already where another connection of this process holds the database.
            connection.execute(f"ATTACH IF NOT EXISTS '{quoted}' AS {_STAGING_ALIAS} (READ_ONLY)")

    @property
    def _work_dir_path(self) -> Path:
        return self._work_root / f"{self._run_id}.{os.getpid()}"

    def prepare(self) -> None:
        """Makes the tables, or adds missing columns, in one transaction."""
        with self.session():
            columns = self._existing_columns()
            statements = _ddl(self._dialect, self._settings.dataset, columns)
            if statements:
                self.execute("prepare", statements, {}, atomic=True)
                emit("tables_prepared", schema_version=SCHEMA_VERSION)

    def _existing_columns(self) -> set[tuple[str, str]]:
        rows = self.execute(
            "columns",
            [
                "SELECT table_name, column_name FROM duckdb_columns() "
                f"WHERE schema_name = '{self._settings.dataset}' "
                "AND database_name = current_database()"
            ],
            {},
        )
        return {(str(row["table_name"]), str(row["column_name"])) for row in rows}

    def execute(
        self, label: str, statements: Sequence[str], params: Params, *, atomic: bool = False
    ) -> list[Row]:
        """Runs the statements; a transaction that was interrupted leaves nothing behind."""
        with self.session(), _translated(label):
            connection = self._connection
            if connection is None:
                raise WarehouseError("The database is closed.")
            if not atomic:
                return self._run_all(connection, statements, params)
            connection.begin()
            try:
                rows = self._run_all(connection, statements, params)
                connection.commit()
            except BaseException:
                _roll_back(connection)
                raise
            return rows

    def _run_all(
        self, connection: duckdb.DuckDBPyConnection, statements: Sequence[str], params: Params
    ) -> list[Row]:
        for statement in statements:
            names = set(re.findall(r"@(\w+)", statement))
            connection.execute(
                re.sub(r"@(\w+)", r"$\1", statement), {name: params[name].value for name in names}
            )
        if connection.description is None:
            return []
        columns = [column[0] for column in connection.description]
        return [dict(zip(columns, row, strict=True)) for row in connection.fetchall()]

    def work_dir(self) -> Path:
        """The run's folder beside the database; folders of runs that died are removed."""
        for folder in self._work_root.glob("*.*"):
            if not _is_alive(folder.suffix.removeprefix(".")):
                emit("leftover_removed", path=str(folder))
                shutil.rmtree(folder, ignore_errors=True)
        try:
            self._work_dir_path.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise _warehouse_error(f"making {self._work_dir_path}", error) from error
        return self._work_dir_path

    def prepare_staging(self) -> None:
        """Nothing to do: dlt makes the file."""

    def staging_hints(self) -> Mapping[str, object]:
        """None: the file goes with the run."""
        return {}

    def examinations(self) -> Sequence[tuple[str, Callable[[], str]]]:
        """Whether the file opens, and whether it can be written."""
        return [
            ("warehouse access", self._examine_file),
            ("permission to write", self._examine_write),
        ]

    def _examine_file(self) -> str:
        path = self._settings.duckdb_path
        if not path.exists():
            return f"{path} is not there yet; the first run makes it"
        with self.session():
            return (
                f"{path} opens; {len(self._existing_columns())} columns in {self._settings.dataset}"
            )

    def _examine_write(self) -> str:
        path = self._settings.duckdb_path
        folder = next(p for p in (path.parent.absolute(), *path.absolute().parents) if p.exists())
        if not os.access(folder, os.W_OK) or (path.exists() and not os.access(path, os.W_OK)):
            raise WarehouseError(
                f"{path} can't be written by this user: change its owner, or set DUCKDB_PATH."
            )
        free_bytes = shutil.disk_usage(folder).free
        if free_bytes < _LEAST_FREE_BYTES:
            raise WarehouseError(
                f"{folder} has only {free_bytes >> 20} MiB free, and a run wants "
                f"{_LEAST_FREE_BYTES >> 20}: free some space."
            )
        return f"{folder} is writable, {free_bytes >> 20} MiB free"

    def clean_up(self) -> None:
        """Removes the run's folder."""
        shutil.rmtree(self._work_dir_path, ignore_errors=True)


def _ddl(dialect: DuckDbDialect, dataset: str, existing: set[tuple[str, str]]) -> list[str]:
    statements: list[str] = []
    for table in TABLES:
        name = dialect.table(table.name)
        missing = [c for c in table.columns if (table.name, c.name) not in existing]
        if len(missing) == len(table.columns):
            columns = ", ".join(
                f"{c.name} {_TYPES[c.type]}{' NOT NULL' if c.required else ''}"
                for c in table.columns
            )
            statements.append(f"CREATE TABLE {name} ({columns})")
            statements.append(f"COMMENT ON TABLE {name} IS {_literal(table.description)}")
        else:
            statements += [
                f"ALTER TABLE {name} ADD COLUMN {c.name} {_TYPES[c.type]}" for c in missing
            ]
        statements += [
            f"COMMENT ON COLUMN {name}.{c.name} IS {_literal(c.description)}" for c in missing
        ]
    return [f"CREATE SCHEMA IF NOT EXISTS {_quote(dataset)}", *statements] if statements else []


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _roll_back(connection: duckdb.DuckDBPyConnection) -> None:
    try:
        connection.rollback()
    except duckdb.Error as error:  # a fatal error has ended the transaction already
        emit("rollback_skipped", error=str(error))


@contextmanager
def _translated(doing: str) -> Iterator[None]:
    try:
        yield
    except duckdb.TransactionException as error:
        raise PublicationConflictError(f"DuckDB, {doing}: {error}") from error
    except (duckdb.Error, OSError) as error:
        raise _warehouse_error(doing, error) from error


def _warehouse_error(doing: str, error: Exception) -> WarehouseError:
    text = str(error).strip()
    if "PUBLICATION_MOVED" in text:
        return PublicationConflictError("Another run published meanwhile.")
    if "No space left" in text:
        return WarehouseError(
            f"The disk is full ({doing}): {text}. Free some space and run again; the published "
            "tables are as they were."
        )
    return WarehouseError(f"DuckDB failed ({doing}): {text}")


def _holder(error: duckdb.Error) -> str:
    found = re.search(r"held in (.+?)(?: by user|\. |$)", str(error))
    return found[1] if found else "another process"


def _is_alive(process_id: str) -> bool:
    try:
        os.kill(int(process_id), 0)
    except (ProcessLookupError, ValueError, OverflowError):
        return False
    except PermissionError:
        return True
    return True
