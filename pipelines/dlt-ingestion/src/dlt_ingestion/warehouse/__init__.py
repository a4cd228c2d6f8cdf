"""What a warehouse must do for a run, and the two that do it: BigQuery and DuckDB."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Protocol

from dlt_ingestion.clock import Clock
from dlt_ingestion.config import Settings
from dlt_ingestion.schema import ColumnType

Value = str | float | int | bool | datetime | date | None
Row = Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Param:
    """A query parameter, written ``@name`` in the SQL; typed, for a null has none of its own."""

    value: Value
    type: ColumnType = "text"


Params = Mapping[str, Param]

STAGING_FILE = "staging.duckdb"
"""DuckDB's staging: a file of this name in the run's own folder."""


class Dialect(Protocol):
    """The few places where the SQL of the two warehouses differs."""

    def table(self, name: str) -> str:
        """A published table's name, quoted and qualified."""

    def staged(self, name: str) -> str:
        """A staged table's name, quoted and qualified."""

    def each_temperament(self, source: str) -> str:
        """A FROM clause over ``source`` with ``temperament`` and ``position`` from 1."""

    def each_flagged_value(self, source: str) -> str:
        """A FROM clause over ``source`` with ``field``, ``raw_text`` and ``reason``."""

    def differing_columns(self, old: str, new: str, columns: Sequence[str]) -> str:
        """An expression: the names of the columns in which two rows differ, with commas."""

    def count_if(self, condition: str) -> str:
        """An aggregate: the number of rows where ``condition`` holds."""


class Warehouse(Protocol):
    """A place with the published tables and room for staging.

    Every method raises WarehouseError (or a kind of it) where the warehouse refuses or fails.
    """

    @property
    def dialect(self) -> Dialect:
        """How this warehouse spells things."""

    def session(self) -> AbstractContextManager[None]:
        """Holds the published tables open. DuckDB lets no other process in meanwhile."""

    def prepare(self) -> None:
        """Makes the published tables, or adds what is missing to them; checks the location."""

    def execute(
        self, label: str, statements: Sequence[str], params: Params, *, atomic: bool = False
    ) -> list[Row]:
        """Runs the statements in order and returns the last one's rows.

        ``atomic``: all or nothing, in one transaction. ``label`` names the work: the same label of
        the same run is never carried out twice, so that a lost answer can be asked for again.
        Raises PublicationConflictError where another transaction got in the way.
        """

    def work_dir(self) -> Path:
        """A folder of this run's own for spooled files; gone after ``clean_up``."""

    def prepare_staging(self) -> None:
        """Makes the place that rows are staged in, where it is missing."""

    def staging_hints(self) -> Mapping[str, object]:
        """dlt's table hints for staged tables: when they expire."""

    def examinations(self) -> Sequence[tuple[str, Callable[[], str]]]:
        """What ``check`` looks at, in order: a subject, and a look that says what it found."""

    def clean_up(self) -> None:
        """Removes what the run left outside the published tables. Never raises."""


def open_warehouse(settings: Settings, clock: Clock, run_id: str) -> Warehouse:
    """The warehouse that the settings name; nothing is contacted yet."""
    if settings.destination == "bigquery":
        from dlt_ingestion.warehouse.bigquery import BigQueryWarehouse

        return BigQueryWarehouse(settings, clock, run_id)
    from dlt_ingestion.warehouse.duckdb import DuckDbWarehouse

    return DuckDbWarehouse(settings, clock, run_id)


def staged_name(run_id: str, table: str) -> str:
    """The name of a run's own staged table: lower case, no two runs alike."""
    return f"run_{run_id.lower().replace('-', '_')}_{table}"
