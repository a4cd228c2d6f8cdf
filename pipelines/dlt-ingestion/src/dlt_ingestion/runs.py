"""The run history: a row when a run starts, changed once when it ends; and what is published."""

import os
import secrets
import socket
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from dlt_ingestion.clock import Clock
from dlt_ingestion.config import Settings
from dlt_ingestion.conflicts import again_after_conflicts, label_of
from dlt_ingestion.errors import ConfigurationError, IngestionError
from dlt_ingestion.events import emit, redact
from dlt_ingestion.schema import BREEDS, INGESTION_RUNS, SCHEMA_VERSION
from dlt_ingestion.warehouse import Dialect, Param, Params, Row, Value, Warehouse

Kind = Literal["run", "replay", "restore"]
Status = Literal["running", "published", "unchanged", "superseded", "failed", "interrupted"]

_TYPES = {column.name: column.type for column in INGESTION_RUNS.columns}
_LONGEST_MESSAGE = 4000


@dataclass(frozen=True)
class RunIdentity:
    """Who this run is: an id that sorts by start time, and where it runs."""

    run_id: str
    kind: Kind
    started_at: datetime
    execution: str
    attempt: int
    source_run_id: str | None = None
    accepted_shrink: bool = False

    @classmethod
    def new(
        cls,
        settings: Settings,
        clock: Clock,
        kind: Kind = "run",
        *,
        source_run_id: str | None = None,
        accepted_shrink: bool = False,
    ) -> "RunIdentity":
        """A run that starts now (UTC)."""
        now = clock.now()
        return cls(
            run_id=f"{now:%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}",
            kind=kind,
            started_at=now,
            execution=settings.execution or f"{socket.gethostname()}:{os.getpid()}",
            attempt=settings.task_attempt,
            source_run_id=source_run_id,
            accepted_shrink=accepted_shrink,
        )


@dataclass(frozen=True)
class Published:
    """What the published tables hold: the run that published them, and their actual row count."""

    run_id: str
    published_at: datetime
    observed_at: datetime
    content_sha256: str
    breeds: int
    breeds_now: int


@dataclass(frozen=True)
class State:
    """What a run must know of the warehouse before it changes anything."""

    published: Published | None
    unfinished: Sequence[Row] = ()


def run_params(values: Mapping[str, Value]) -> Params:
    """Parameters for columns of ``ingestion_runs``, with their types."""
    return {name: Param(value, _TYPES[name]) for name, value in values.items()}


class Journal:
    """Reads and writes ``ingestion_runs`` for one run."""

    def __init__(
        self, warehouse: Warehouse, identity: RunIdentity, settings: Settings, clock: Clock
    ) -> None:
        self._warehouse, self._identity = warehouse, identity
        self._settings, self._clock = settings, clock

    def begin(self) -> State:
        """Records that the run is under way and settles runs that died. Call once."""
        identity, settings = self._identity, self._settings
        values: dict[str, Value] = {
            "run_id": identity.run_id,
            "kind": identity.kind,
            "status": "running",
            "run_date": identity.started_at.date(),
            "started_at": identity.started_at,
            "source_run_id": identity.source_run_id,
            "source_url": settings.api_url if identity.kind == "run" else None,
            "accepted_shrink": identity.accepted_shrink,
            "code_version": settings.code_version,
            "schema_version": SCHEMA_VERSION,
            "image_digest": settings.image_digest,
            "execution": identity.execution,
            "attempt": identity.attempt,
        }
        runs = self._warehouse.dialect.table(INGESTION_RUNS.name)
        names = ", ".join(values)
        insert = f"INSERT INTO {runs} ({names}) VALUES ({', '.join('@' + n for n in values)})"
        rows = again_after_conflicts(
            self._clock,
            lambda attempt: self._warehouse.execute(
                label_of("begin", attempt),
                [insert, _state_sql(self._warehouse.dialect)],
                run_params(values),
            ),
        )
        state = self._state_of(rows)
        self._settle(state.unfinished)
        return state

    def look(self, label: str) -> State:
        """What is published now. ``label`` must be new for each look."""
        sql = _state_sql(self._warehouse.dialect)
        return self._state_of(self._warehouse.execute(label, [sql], {}))

    def _state_of(self, rows: Sequence[Row]) -> State:
        published = next((r for r in rows if r["published_at"] is not None), None)
        others = [
            row
            for row in rows
            if row["status"] == "running" and row["run_id"] != self._identity.run_id
        ]
        return State(_published(published) if published else None, others)

    def _settle(self, unfinished: Sequence[Row]) -> None:
        dead = [str(row["run_id"]) for row in unfinished if self._is_dead(row)]
        if not dead:
            return
        names = {f"dead_{n}": Param(run_id) for n, run_id in enumerate(dead)}
        runs = self._warehouse.dialect.table(INGESTION_RUNS.name)
        statement = (
            f"UPDATE {runs} SET status = 'interrupted', finished_at = @now, "
            "error_class = 'Killed', error_message = @message "
            f"WHERE status = 'running' AND run_id IN ({', '.join('@' + name for name in names)})"
        )
        message = f"Ended without a word; found by run {self._identity.run_id}."
        params = {"now": Param(self._clock.now(), "timestamp"), "message": Param(message), **names}
        # A run that died may have left a publication at work, which changes the same table.
        again_after_conflicts(
            self._clock,
            lambda attempt: self._warehouse.execute(
                label_of("settle", attempt), [statement], params, atomic=True
            ),
        )
        emit("dead_runs_settled", runs=", ".join(dead))

    def _is_dead(self, row: Row) -> bool:
        execution, me = str(row["execution"]), self._identity
        if execution == me.execution and int(str(row["attempt"])) < me.attempt:
            return True
        host, _, process = execution.rpartition(":")
        if host == socket.gethostname() and process.isdecimal():
            return not _process_exists(int(process))
        started = row["started_at"]
        assert isinstance(started, datetime)  # noqa: S101 - the column is a timestamp
        limit = timedelta(seconds=2 * self._settings.run_timeout_seconds)
        return self._clock.now() - started > limit

    def finish_statement(self, status: Status, values: Mapping[str, Value]) -> tuple[str, Params]:
        """The statement that ends this run's row, if the row is still open, and its parameters."""
        changes = {"status": status, "finished_at": self._clock.now(), **values}
        assignments = ", ".join(f"{name} = @{name}" for name in changes)
        runs = self._warehouse.dialect.table(INGESTION_RUNS.name)
        sql = f"UPDATE {runs} SET {assignments} WHERE run_id = @run_id AND status = 'running'"
        return sql, run_params({**changes, "run_id": self._identity.run_id})

    def interrupt(self, signal_name: str) -> None:
        """Records that a signal ended the run, unless it was published or ended already."""
        values = {"error_class": "Interrupted", "error_message": f"Ended by {signal_name}."}
        statement, params = self.finish_statement("interrupted", values)
        self._warehouse.execute("interrupt", [statement], params, atomic=True)


def error_values(error: BaseException) -> dict[str, Value]:
    """How a failed run's row names its error; never with a secret."""
    kind = error.error_class if isinstance(error, IngestionError) else type(error).__name__
    return {"error_class": kind, "error_message": redact(str(error))[:_LONGEST_MESSAGE]}


def history(warehouse: Warehouse, limit: int) -> list[Row]:
    """The last ``limit`` runs, newest first; times in UTC."""
    columns = ", ".join(INGESTION_RUNS.column_names)
    runs = warehouse.dialect.table(INGESTION_RUNS.name)
    sql = f"SELECT {columns} FROM {runs} ORDER BY started_at DESC, run_id DESC LIMIT {limit:d}"
    return warehouse.execute("history", [sql], {})


def find_run(warehouse: Warehouse, run_id: str) -> Row:
    """One run. Raises ConfigurationError where there is none of that id."""
    columns = ", ".join(INGESTION_RUNS.column_names)
    runs = warehouse.dialect.table(INGESTION_RUNS.name)
    sql = f"SELECT {columns} FROM {runs} WHERE run_id = @run_id"
    rows = warehouse.execute("find-run", [sql], {"run_id": Param(run_id)})
    if not rows:
        raise ConfigurationError(
            f"There is no run {run_id!r} in {INGESTION_RUNS.name}; `dlt-ingestion runs` lists them."
        )
    return rows[0]


def _state_sql(dialect: Dialect) -> str:
    runs, breeds = dialect.table(INGESTION_RUNS.name), dialect.table(BREEDS.name)
    return (
        "SELECT run_id, status, started_at, published_at, observed_at, content_sha256, "
        "breeds_published, execution, attempt, "
        f"(SELECT COUNT(*) FROM {breeds}) AS breeds_now FROM {runs} "
        f"WHERE status = 'running' OR run_id = {latest_published(dialect)}"
    )


def latest_published(dialect: Dialect) -> str:
    """A scalar subquery: the id of the run that the published tables come from."""
    runs = dialect.table(INGESTION_RUNS.name)
    return (
        f"(SELECT run_id FROM {runs} WHERE published_at IS NOT NULL "
        "ORDER BY published_at DESC LIMIT 1)"
    )


def _published(row: Row) -> Published:
    published_at, observed_at = row["published_at"], row["observed_at"]
    assert isinstance(published_at, datetime)  # noqa: S101 - the columns are timestamps,
    assert isinstance(observed_at, datetime)  # noqa: S101 - set together
    return Published(
        run_id=str(row["run_id"]),
        published_at=published_at,
        observed_at=observed_at,
        content_sha256=str(row["content_sha256"]),
        breeds=int(str(row["breeds_published"])),
        breeds_now=int(str(row["breeds_now"])),
    )


def _process_exists(process_id: int) -> bool:
    try:
        os.kill(process_id, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        return True
    return True
