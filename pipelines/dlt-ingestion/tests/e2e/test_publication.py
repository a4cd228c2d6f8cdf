"""What a run publishes, on both warehouses: all of it, once, or nothing."""

import copy
import hashlib
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from dlt_ingestion.clock import Clock
from dlt_ingestion.sample.server import SampleServer, sample_breeds
from dlt_ingestion.warehouse import open_warehouse
from tests.e2e.conftest import serve
from tests.e2e.system import KEY, System, assert_whole


def test_a_first_run_publishes_every_breed_and_a_second_changes_nothing(system: System) -> None:
    first = system.run()
    assert first.returncode == 0, first.stdout
    assert_whole(system)
    assert len(system.rows("breeds")) == 40
    run = system.last_run()
    assert (run["status"], run["breeds_added"], run["pages"], run["api_era"]) == (
        "published", 40, 2, "2026",
    )  # fmt: skip
    before = system.tables(), system.rows("breeds_history", order="breed_id")

    second = system.run()

    assert second.returncode == 0, second.stdout
    assert (system.tables(), system.rows("breeds_history", order="breed_id")) == before
    assert system.last_run()["status"] == "unchanged"
    assert_whole(system)
    payloads = system.rows("api_payloads", order="fetched_at")
    assert [row["body"] is not None for row in payloads] == [True, True, False, False]


def test_answers_are_kept_byte_for_byte(system: System) -> None:
    system.run()
    for row in system.rows("api_payloads"):
        body = row["body"].encode()
        assert hashlib.sha256(body).hexdigest() == row["sha256"]
        assert len(body) == row["size_bytes"]
        start = row["page"] * 25
        assert json.loads(body) == system.api.breeds[start : start + 25]
        assert KEY not in row["url"]


def test_changes_are_published_and_the_history_says_what_changed(system: System) -> None:
    system.run()
    first = system.last_run()
    heavier = copy.deepcopy(system.api.breeds[0])
    heavier["weight"] = {"imperial": "100-120", "metric": "45-54"}
    removed, added = system.api.breeds[1], sample_breeds()[50]
    system.api.breeds[:2] = [heavier]
    system.api.breeds.append(added)

    assert system.run().returncode == 0

    assert_whole(system)
    run = system.last_run()
    assert (run["breeds_added"], run["breeds_changed"], run["breeds_removed"]) == (1, 1, 1)
    versions = system.rows("breeds_history", f"breed_id = '{heavier['id']}'", "valid_from")
    old, new = versions
    assert (old["ended_by"], old["valid_to"]) == ("changed", new["valid_from"])
    assert old["ended_by_run_id"] == new["run_id"] == run["run_id"]
    assert (old["run_id"], new["change"]) == (first["run_id"], "changed")
    assert {"weight_min_kg", "weight_max_kg", "weight_metric_raw"} <= set(
        new["changed_columns"].split(", ")
    )
    assert "name" not in new["changed_columns"].split(", ")
    (gone,) = system.rows("breeds_history", f"breed_id = '{removed['id']}'")
    assert (gone["ended_by"], gone["valid_to"]) == ("removed", new["valid_from"])
    (arrived,) = system.rows("breeds_history", f"breed_id = '{added['id']}'")
    assert (arrived["change"], arrived["changed_columns"]) == ("added", None)


def test_another_order_or_page_size_is_no_change(duckdb_system: System) -> None:
    system = duckdb_system
    system.run()
    system.api.breeds.reverse()
    system.api.highest_limit = 7
    assert system.run().returncode == 0
    assert system.last_run()["status"] == "unchanged"
    assert_whole(system)


ODD_ANSWERS = {
    "short page": lambda api: api.__setattr__("_page", _short_second_page(api)),
    "not JSON": lambda api: api.__setattr__("answer", lambda *_: (200, Raw("<html>"), {})),
    "not a list": lambda api: api.__setattr__("answer", lambda *_: (200, {"breeds": []}, {})),
    "empty list": lambda api: api.breeds.clear(),
    "same id twice": lambda api: api.breeds.__setitem__(30, api.breeds[3]),
    "breed without a name": lambda api: api.breeds.__setitem__(30, {"id": "9"}),
}


class Raw(str):
    """A body that is no JSON."""


def _short_second_page(api: SampleServer) -> Any:
    whole = api._page

    def page(query: dict[str, list[str]]) -> Any:
        status, rows, headers = whole(query)
        return status, rows[:-1] if query["page"] == ["1"] else rows, headers

    return page


@pytest.mark.parametrize("odd", ODD_ANSWERS)
def test_an_odd_answer_changes_no_table_and_is_kept(duckdb_system: System, odd: str) -> None:
    _change_nothing_after(duckdb_system, odd)


def test_an_odd_answer_changes_no_table_in_bigquery(bigquery_system: System) -> None:
    _change_nothing_after(bigquery_system, "short page")


def _change_nothing_after(system: System, odd: str) -> None:
    system.run()
    before = system.tables()
    ODD_ANSWERS[odd](system.api)

    failed = system.run()

    assert failed.returncode == 3, failed.stdout
    assert "Traceback" not in failed.stdout
    assert system.tables() == before
    assert_whole(system)
    run = system.last_run()
    assert (run["status"], run["error_class"]) == ("failed", "SourceError")
    kept = system.rows("api_payloads", f"run_id = '{run['run_id']}'")
    assert kept


def test_far_fewer_breeds_fail_the_audit_unless_a_person_accepts_them(system: System) -> None:
    system.run()
    before = system.tables()
    del system.api.breeds[30:]

    failed = system.run()

    assert failed.returncode == 4, failed.stdout
    assert "--accept-shrink" in failed.stdout
    assert system.tables() == before
    run = system.last_run()
    assert (run["status"], run["error_class"]) == ("failed", "AuditError")
    assert {a["name"]: a["passed"] for a in json.loads(run["audits"])}["enough_breeds"] is False
    assert system.rows("api_payloads", f"run_id = '{run['run_id']}'")

    accepted = system.run("run", "--accept-shrink")

    assert accepted.returncode == 0, accepted.stdout
    assert_whole(system)
    assert (len(system.rows("breeds")), system.last_run()["accepted_shrink"]) == (30, True)


def test_a_changed_format_fails_the_audit_of_flagged_values(duckdb_system: System) -> None:
    system = duckdb_system
    system.run()
    before = system.tables()
    for breed in system.api.breeds[:10]:
        breed["life_span"] = "a dozen years"
    failed = system.run()
    assert failed.returncode == 4, failed.stdout
    assert "few_flagged_breeds" in failed.stdout
    assert system.tables() == before


def test_a_run_that_is_older_than_the_published_one_never_overwrites_it(system: System) -> None:
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    system.run(CLOCK_START=tomorrow.isoformat())
    before = system.tables()
    system.api.breeds[0]["origin"] = "Atlantis"

    older = system.run()

    assert older.returncode == 0, older.stdout
    assert system.tables() == before
    assert_whole(system)
    assert [row["status"] for row in system.rows("ingestion_runs", order="started_at")] == [
        "superseded", "published",
    ]  # fmt: skip


def test_rows_that_someone_deleted_come_back_with_the_next_run(duckdb_system: System) -> None:
    system = duckdb_system
    system.run()
    before = system.tables()
    warehouse = open_warehouse(system.settings(), Clock(), "vandal")
    breeds = warehouse.dialect.table("breeds")
    warehouse.execute("delete", [f"DELETE FROM {breeds} WHERE breed_group = 'Toy'"], {})
    warehouse.clean_up()
    assert system.run().returncode == 0
    assert system.tables() == before


def test_text_of_any_kind_reaches_the_tables_as_it_is(system: System) -> None:
    odd = "\u0000'\"\\ \t; DROP TABLE breeds --\u2028 \U0001f415 <script>"
    system.api.breeds[5].update(name=odd, description=odd * 100, origin="@run_id")
    assert system.run().returncode == 0
    (row,) = system.rows("breeds", f"breed_id = '{system.api.breeds[5]['id']}'")
    assert row["name"] == odd.replace("\u0000", "").strip()
    assert row["origin"] == "@run_id"
    assert_whole(system)


def test_the_real_records_give_172_breeds(duckdb_system: System, records_of_2025: bytes) -> None:
    with serve(json.loads(records_of_2025), highest_limit=100) as api:
        duckdb_system.api = api
        assert duckdb_system.run().returncode == 0
    assert_whole(duckdb_system)
    assert len(duckdb_system.rows("breeds")) == 172
    run = duckdb_system.last_run()
    assert (run["api_era"], run["pages"]) == ("2025", 2)
    issues = duckdb_system.rows("breed_issues", order="breed_id, field")
    assert [(row["breed_id"], row["field"], row["raw_text"]) for row in issues] == [
        ("179", "weight.metric", "NaN"),
        ("232", "weight.imperial", "up - 18"),
        ("232", "weight.metric", "NaN - 8"),
    ]
