"""Stored answers parsed again, and earlier runs published again."""

import pytest

from dlt_ingestion import rows as rows_module
from dlt_ingestion.parsing import Range
from tests.e2e.system import System, assert_whole


def test_a_replay_with_the_same_parser_changes_nothing(system: System) -> None:
    system.run()
    first = system.last_run()
    before = system.tables()

    replayed = system.run("replay", "--run", first["run_id"])

    assert replayed.returncode == 0, replayed.stdout
    assert system.tables() == before
    run = system.last_run()
    assert (run["kind"], run["status"], run["source_run_id"]) == (
        "replay", "unchanged", first["run_id"],
    )  # fmt: skip
    assert run["observed_at"] == first["observed_at"]


def test_a_better_parser_reaches_answers_that_were_read_before(
    duckdb_system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    system = duckdb_system
    system.run()
    first = system.last_run()
    requests = len(system.api.requests)
    monkeypatch.setattr(rows_module, "parse_life_span", lambda *_: Range(1.0, 2.0))

    assert system.run("replay", "--run", first["run_id"]).returncode == 0

    assert {row["life_span_max_years"] for row in system.rows("breeds")} == {2.0}
    assert len(system.api.requests) == requests
    assert_whole(system)


def test_a_replay_of_older_answers_does_not_overwrite_newer_ones(duckdb_system: System) -> None:
    system = duckdb_system
    system.run()
    first = system.last_run()
    system.api.breeds[0]["origin"] = "Elsewhere"
    system.run()
    before = system.tables()
    assert system.run("replay", "--run", first["run_id"]).returncode == 0
    assert system.last_run()["status"] == "superseded"
    assert system.tables() == before


def test_a_replay_of_a_run_that_ended_before_its_last_page_is_refused(
    duckdb_system: System,
) -> None:
    system = duckdb_system
    system.run()
    before = system.tables()
    whole = system.api.answer

    def no_second_page(path: str, key: str | None) -> object:
        return (404, {}, {}) if "page=1" in path else whole(path, key)

    system.api.answer = no_second_page  # type: ignore[method-assign,assignment]
    assert system.run().returncode == 2
    refused = system.run("replay", "--run", system.last_run()["run_id"])
    assert refused.returncode == 2
    assert "did not store page 1" in refused.stdout
    assert system.tables() == before


def test_answers_that_failed_their_audit_can_be_replayed_later(
    duckdb_system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    system = duckdb_system
    for breed in system.api.breeds:
        breed["life_span"] = "a dozen years"
    assert system.run().returncode == 4
    failed = system.last_run()
    monkeypatch.setattr(rows_module, "parse_life_span", lambda *_: Range(12.0, 12.0))
    assert system.run("replay", "--run", failed["run_id"]).returncode == 0
    assert {row["life_span_min_years"] for row in system.rows("breeds")} == {12.0}
    assert_whole(system)


def test_a_changed_stored_answer_is_not_replayed(duckdb_system: System) -> None:
    from dlt_ingestion.clock import Clock
    from dlt_ingestion.warehouse import open_warehouse

    system = duckdb_system
    system.run()
    warehouse = open_warehouse(system.settings(), Clock(), "vandal")
    payloads = warehouse.dialect.table("api_payloads")
    warehouse.execute("vandalise", [f"UPDATE {payloads} SET body = '[]' WHERE page = 1"], {})
    refused = system.run("replay", "--run", system.last_run()["run_id"])
    assert refused.returncode == 5
    assert "was changed" in refused.stdout


def test_a_restore_brings_back_an_earlier_run_exactly(system: System) -> None:
    system.run()
    good, before = system.last_run(), system.tables()
    del system.api.breeds[:3]
    system.api.breeds[0].update(temperament="Grim", weight={"metric": "NaN", "imperial": "x"})
    assert system.run("run", "--accept-shrink").returncode == 0
    assert system.tables() != before

    restored = system.run("restore", "--run", good["run_id"])

    assert restored.returncode == 0, restored.stdout
    assert system.tables() == before
    assert_whole(system)
    run = system.last_run()
    assert (run["kind"], run["status"], run["source_run_id"]) == (
        "restore", "published", good["run_id"],
    )  # fmt: skip
    assert (run["breeds_added"], run["breeds_changed"], run["breeds_removed"]) == (3, 1, 0)


def test_only_what_was_published_can_be_restored(duckdb_system: System) -> None:
    system = duckdb_system
    system.run()
    system.api.breeds.clear()
    system.run()
    refused = system.run("restore", "--run", system.last_run()["run_id"])
    assert refused.returncode == 2
    assert "failed" in refused.stdout
    unknown = system.run("restore", "--run", "20000101T000000Z-000000")
    assert unknown.returncode == 2
    assert "dlt-ingestion runs" in unknown.stdout
    assert "Traceback" not in refused.stdout + unknown.stdout
