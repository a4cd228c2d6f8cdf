"""The published tables: names, descriptions, and columns that older rows can live without."""

import re
from collections.abc import Callable

import pytest

from dlt_ingestion.schema import (
    BREEDS,
    BREEDS_HISTORY,
    CONTENT_COLUMNS,
    SCHEMA_VERSION,
    TABLES,
    Column,
    Table,
)

UNITS = ("kg", "cm", "years", "pixels", "bytes")


def columns_that(fail: Callable[[Column], bool]) -> list[str]:
    """The names of the columns of any table for which this holds."""
    found = [(table, column) for table in TABLES for column in table.columns if fail(column)]
    return [f"{table.name}.{column.name}" for table, column in found]


def test_no_two_tables_share_a_name() -> None:
    assert len({table.name for table in TABLES}) == len(TABLES)


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_no_two_columns_of_a_table_share_a_name(table: Table) -> None:
    assert len(set(table.column_names)) == len(table.columns)


def test_every_table_has_a_description() -> None:
    assert [table.name for table in TABLES if not table.description.strip()] == []


def test_every_column_has_a_description() -> None:
    assert columns_that(lambda column: not column.description.strip()) == []


def test_every_name_needs_no_quotes() -> None:
    assert columns_that(lambda column: not re.fullmatch(r"[a-z][a-z0-9_]*", column.name)) == []


def test_no_column_that_came_later_is_required() -> None:
    assert columns_that(lambda column: column.required and column.since > 1) == []


def test_every_column_came_with_a_version_that_there_was() -> None:
    assert columns_that(lambda column: not 1 <= column.since <= SCHEMA_VERSION) == []


def test_every_time_says_its_zone() -> None:
    times = {"timestamp", "date"}

    assert columns_that(lambda c: c.type in times and "UTC" not in c.description) == []


def test_every_quantity_says_its_unit() -> None:
    def hides_its_unit(column: Column) -> bool:
        unit = column.name.rsplit("_", 1)[-1]
        return unit in UNITS and unit not in column.description

    assert columns_that(hides_its_unit) == []


@pytest.mark.parametrize("table", [BREEDS, BREEDS_HISTORY], ids=lambda table: table.name)
def test_breeds_and_their_history_begin_with_what_is_known_of_a_breed(table: Table) -> None:
    assert table.columns[: len(CONTENT_COLUMNS)] == CONTENT_COLUMNS


def test_the_history_has_every_column_of_the_breeds() -> None:
    assert BREEDS_HISTORY.columns[: len(BREEDS.columns)] == BREEDS.columns


def test_every_table_says_which_run_wrote_a_row() -> None:
    assert [table.name for table in TABLES if "run_id" not in table.column_names] == []
