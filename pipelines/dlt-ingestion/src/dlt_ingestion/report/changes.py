"""What runs did to breeds, from the versions in the history."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from dlt_ingestion.report.model import Change, ColumnChange
from dlt_ingestion.warehouse import Row, Value

_LONGEST_TEXT = 240
_Contents = Mapping[tuple[Value, Value], Row]


def changes_of(versions: Sequence[Row], contents: Sequence[Row]) -> list[Change]:
    """Every addition, change and removal, newest first.

    ``contents`` are the versions before and after a change, with the columns that they held.
    """
    begun = {(row["breed_id"], row["valid_from"]): row for row in contents}
    ended = {(row["breed_id"], row["valid_to"]): row for row in contents}
    found = [change for row in versions for change in _changes_of(row, begun, ended)]
    return sorted(found, key=lambda change: change.at, reverse=True)


def _changes_of(row: Row, begun: _Contents, ended: _Contents) -> Iterator[Change]:
    """How a version began, and how it ended where no other one took its place."""
    breed_id, name = str(row["breed_id"]), str(row["name"])
    valid_from, valid_to = row["valid_from"], row["valid_to"]
    if isinstance(valid_to, datetime) and row["ended_by"] == "removed":
        yield Change(breed_id, name, "removed", str(row["ended_by_run_id"]), valid_to)
    assert isinstance(valid_from, datetime)  # noqa: S101 - the column is a required timestamp
    if row["change"] == "added":
        yield Change(breed_id, name, "added", str(row["run_id"]), valid_from)
        return
    key = (row["breed_id"], row["valid_from"])
    before, after = ended.get(key, {}), begun.get(key, {})
    columns = [
        ColumnChange(column, _clipped(before.get(column)), _clipped(after.get(column)))
        for column in str(row["changed_columns"] or "").split(", ")
        if column
    ]
    yield Change(breed_id, name, "changed", str(row["run_id"]), valid_from, columns)


def _clipped(value: Value) -> Value:
    if isinstance(value, str) and len(value) > _LONGEST_TEXT:
        return value[: _LONGEST_TEXT - 1] + "…"
    return value
