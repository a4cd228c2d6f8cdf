"""What runs did to breeds, from rows of the history."""

from datetime import UTC, datetime
from typing import Any

from dlt_ingestion.report.changes import changes_of
from dlt_ingestion.report.model import ColumnChange

FIRST, SECOND, THIRD = (datetime(2026, 11, day, 4, tzinfo=UTC) for day in (9, 16, 23))


def version(**values: Any) -> dict[str, Any]:
    """A version of one breed, added by the first run and still current."""
    return {
        "breed_id": "1", "name": "Akita", "run_id": "r1", "valid_from": FIRST, "valid_to": None,
        "change": "added", "changed_columns": None, "ended_by": None, "ended_by_run_id": None,
        **values,
    }  # fmt: skip


def test_a_version_that_another_one_replaced_ends_without_a_change_of_its_own() -> None:
    old = version(valid_to=SECOND, ended_by="changed", ended_by_run_id="r2", origin="Japan")
    new = version(
        run_id="r2", valid_from=SECOND, change="changed", changed_columns="origin", origin=None
    )

    changed, added = changes_of([new, old], [new, old])

    assert (changed.change, changed.run_id, changed.at) == ("changed", "r2", SECOND)
    assert changed.columns == [ColumnChange("origin", "Japan", None)]
    assert (added.change, added.run_id, added.at) == ("added", "r1", FIRST)


def test_a_breed_that_went_and_came_back_was_removed_and_added_twice() -> None:
    gone = version(valid_to=SECOND, ended_by="removed", ended_by_run_id="r2")
    back = version(run_id="r3", valid_from=THIRD)

    told = [(change.change, change.run_id) for change in changes_of([back, gone], [])]

    assert told == [("added", "r3"), ("removed", "r2"), ("added", "r1")]


def test_a_change_whose_other_version_is_not_read_still_names_its_columns() -> None:
    new = version(run_id="r2", valid_from=SECOND, change="changed", changed_columns="name, origin")

    (changed,) = changes_of([new], [])

    assert changed.columns == [ColumnChange("name", None, None), ColumnChange("origin", None, None)]


def test_a_long_text_is_clipped() -> None:
    old = version(valid_to=SECOND, ended_by="changed", description="a" * 1000)
    new = version(
        run_id="r2", valid_from=SECOND, change="changed", changed_columns="description",
        description="b" * 240,
    )  # fmt: skip

    (column,) = changes_of([new], [new, old])[0].columns

    assert column.before == "a" * 239 + "…"
    assert column.after == "b" * 240
