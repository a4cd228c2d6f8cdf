"""Reads a warehouse into a ``Report``, all of it from one moment between two publications."""

from collections.abc import Sequence

from dlt_ingestion.clock import Clock
from dlt_ingestion.config import Settings
from dlt_ingestion.errors import PublicationConflictError
from dlt_ingestion.report.changes import changes_of
from dlt_ingestion.report.model import Change, Coverage, Grid, Report, Run, run_of
from dlt_ingestion.runs import RunIdentity, latest_published
from dlt_ingestion.schema import (
    API_PAYLOADS,
    BREED_ISSUES,
    BREEDS,
    BREEDS_HISTORY,
    CONTENT_COLUMNS,
    INGESTION_RUNS,
    PAYLOAD_HASH,
    RUN_ID,
)
from dlt_ingestion.warehouse import Row, Warehouse, open_warehouse

EXPECTED_EVERY_DAYS = 7
"""The job's schedule is weekly."""
MOST_RUNS = 500
MOST_VERSIONS = 20_000
_TRIES = 3
_NOT_ON_THE_PAGE = {"species_id", "reference_image_id", "flagged_values"}
BREED_COLUMNS = (
    *(column.name for column in CONTENT_COLUMNS if column.name not in _NOT_ON_THE_PAGE),
    PAYLOAD_HASH.name,
    RUN_ID.name,
)
"""A breed's columns on the page."""
ISSUE_COLUMNS = ("breed_id", "breed_name", "field", "raw_text", "reason")
_ANSWER_COLUMNS = (
    "run_id", "page", "fetched_at", "url", "http_status", "sha256", "size_bytes",
)  # fmt: skip
_VERSION_COLUMNS = (
    "breed_id", "name", "run_id", "valid_from", "valid_to", "change", "changed_columns",
    "ended_by", "ended_by_run_id",
)  # fmt: skip


def read_report(settings: Settings, clock: Clock) -> Report:
    """Reads the warehouse that the settings name. Raises WarehouseError."""
    identity = RunIdentity.new(settings, clock)
    warehouse = open_warehouse(settings, clock, f"report-{identity.run_id}")
    try:
        with warehouse.session():
            warehouse.prepare()
            return _read(warehouse, settings, clock)
    finally:
        warehouse.clean_up()


def _read(warehouse: Warehouse, settings: Settings, clock: Clock) -> Report:
    """Reads again where a run published between the first table and the last one."""
    for attempt in range(1, _TRIES + 1):
        tables = _Tables(warehouse, attempt)
        published = tables.published("before")
        report = tables.report(published, settings, clock)
        if tables.published("after") == published:
            return report
    raise PublicationConflictError(
        f"Another run published during each of {_TRIES} reads of the tables, so none of them shows "
        "one moment. Write the report again when no run is under way."
    )


class _Tables:
    """The queries of one attempt; a label names the attempt too, for it runs only once."""

    def __init__(self, warehouse: Warehouse, attempt: int) -> None:
        self._warehouse, self._attempt = warehouse, attempt

    def report(self, published: str | None, settings: Settings, clock: Clock) -> Report:
        breeds, runs, versions = self._breeds(), self._runs(), self._versions()
        cut = {"runs": len(runs) >= MOST_RUNS, "changes": len(versions) >= MOST_VERSIONS}
        return Report(
            written_at=clock.now(),
            code_version=settings.code_version,
            warehouse=settings.warehouse_name,
            sample=settings.sample,
            expected_every_days=EXPECTED_EVERY_DAYS,
            published_run_id=published,
            breeds=_grid(BREED_COLUMNS, breeds),
            issues=_grid(ISSUE_COLUMNS, self._issues()),
            changes=self._changes(versions),
            runs=runs,
            answers=_grid(_ANSWER_COLUMNS, self._answers()),
            coverage=_coverage(breeds),
            cut=[name for name, is_cut in cut.items() if is_cut],
        )

    def published(self, when: str) -> str | None:
        """The run that the published tables come from."""
        sql = f"SELECT {latest_published(self._warehouse.dialect)} AS run_id"
        run_id = self._rows(f"published-{when}", sql)[0]["run_id"]
        return None if run_id is None else str(run_id)

    def _runs(self) -> list[Run]:
        """The newest runs, newest first, and with them the one that the tables come from."""
        columns = ", ".join(INGESTION_RUNS.column_names)
        return [
            run_of(row)
            for row in self._rows(
                "runs",
                f"SELECT {columns} FROM {self._of(INGESTION_RUNS.name)} "
                f"WHERE run_id IN ({self._newest_runs()}) "
                f"OR run_id = {latest_published(self._warehouse.dialect)} "
                "ORDER BY started_at DESC, run_id DESC",
            )
        ]

    def _newest_runs(self) -> str:
        runs = self._of(INGESTION_RUNS.name)
        return f"SELECT run_id FROM {runs} ORDER BY started_at DESC, run_id DESC LIMIT {MOST_RUNS}"

    def _breeds(self) -> list[Row]:
        columns = ", ".join(BREEDS.column_names)
        sql = f"SELECT {columns} FROM {self._of(BREEDS.name)} ORDER BY name, breed_id"
        return self._rows("breeds", sql)

    def _issues(self) -> list[Row]:
        columns = ", ".join(ISSUE_COLUMNS)
        sql = f"SELECT {columns} FROM {self._of(BREED_ISSUES.name)} ORDER BY breed_name, field"
        return self._rows("issues", sql)

    def _answers(self) -> list[Row]:
        """The answers of the runs on the page, and the stored ones that breeds came from."""
        columns = ", ".join(_ANSWER_COLUMNS)
        breeds = self._of(BREEDS.name)
        return self._rows(
            "answers",
            f"SELECT {columns} FROM {self._of(API_PAYLOADS.name)} "
            f"WHERE run_id IN ({self._newest_runs()}) OR (body IS NOT NULL AND sha256 IN "
            f"(SELECT {PAYLOAD_HASH.name} FROM {breeds} WHERE {PAYLOAD_HASH.name} IS NOT NULL)) "
            "ORDER BY fetched_at, page",
        )

    def _versions(self) -> list[Row]:
        """The newest versions of breeds, without what they held."""
        columns = ", ".join(_VERSION_COLUMNS)
        return self._rows(
            "versions",
            f"SELECT {columns} FROM {self._of(BREEDS_HISTORY.name)} "
            f"ORDER BY COALESCE(valid_to, valid_from) DESC, name, breed_id LIMIT {MOST_VERSIONS}",
        )

    def _changes(self, versions: Sequence[Row]) -> list[Change]:
        """What runs did to breeds, with what changed versions held before and after."""
        changed = any(row["change"] == "changed" for row in versions)
        return changes_of(versions, self._contents() if changed else [])

    def _contents(self) -> list[Row]:
        names = ", ".join(column.name for column in CONTENT_COLUMNS)
        return self._rows(
            "contents",
            f"SELECT valid_from, valid_to, {names} FROM {self._of(BREEDS_HISTORY.name)} "
            "WHERE change = 'changed' OR ended_by = 'changed' "
            f"ORDER BY COALESCE(valid_to, valid_from) DESC, breed_id LIMIT {MOST_VERSIONS}",
        )

    def _of(self, table: str) -> str:
        return self._warehouse.dialect.table(table)

    def _rows(self, label: str, sql: str) -> list[Row]:
        return self._warehouse.execute(f"{label}-{self._attempt}", [sql], {})


def _grid(columns: Sequence[str], rows: Sequence[Row]) -> Grid:
    return Grid(columns, [[row[name] for name in columns] for row in rows])


def _coverage(breeds: Sequence[Row]) -> list[Coverage]:
    return [
        Coverage(
            column.name, column.description, sum(row[column.name] is not None for row in breeds)
        )
        for column in CONTENT_COLUMNS
        if column.name != "flagged_values"
    ]
