"""The report of a real warehouse: the page holds what the tables hold; its file; its bucket."""

import errno
import functools
import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from dlt_ingestion import report
from dlt_ingestion.clock import Clock
from dlt_ingestion.errors import PublicationConflictError
from dlt_ingestion.report import bucket, queries
from dlt_ingestion.sample.server import sample_breeds
from dlt_ingestion.warehouse import open_warehouse
from tests.e2e.system import System
from tests.report.scripted_storage import ScriptedStorage


def page_of(system: System, name: str = "report.html") -> str:
    """The page that the command writes."""
    path = system.folder / name
    ended = system.run("report", "--output", str(path))
    assert ended.returncode == 0, ended.stdout
    assert f"Report written to {path}." in ended.stdout
    return path.read_text(encoding="utf-8")


def data_in(page: str) -> dict[str, Any]:
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', page, re.S)
    assert found
    data: dict[str, Any] = json.loads(found[1])
    return data


def rows_of(grid: dict[str, Any]) -> list[dict[str, Any]]:
    return [dict(zip(grid["columns"], row, strict=True)) for row in grid["rows"]]


def test_the_page_holds_what_the_tables_hold(system: System) -> None:
    assert system.run().returncode == 0
    data = data_in(page_of(system))

    breeds = system.rows("breeds", order="name, breed_id")
    assert rows_of(data["breeds"]) == [
        {name: row[name] for name in data["breeds"]["columns"]} for row in breeds
    ]
    issues = system.rows("breed_issues", order="breed_name, field")
    assert rows_of(data["issues"]) == [
        {name: row[name] for name in data["issues"]["columns"]} for row in issues
    ]
    (run,) = data["runs"]
    assert (run["run_id"], run["status"]) == (system.last_run()["run_id"], "published")
    assert run["audits"][0]["name"] == "all_rows_staged"
    assert data["published_run_id"] == run["run_id"]
    assert {row["sha256"] for row in rows_of(data["answers"])} >= {
        row["payload_sha256"] for row in breeds
    }
    filled = {c["column"]: c["filled"] for c in data["coverage"]}
    assert filled["name"] == 40
    assert filled["bred_for"] == sum(row["bred_for"] is not None for row in breeds)


def test_the_page_tells_what_was_added_changed_and_removed(system: System) -> None:
    system.run()
    system.api.breeds[0] = {**system.api.breeds[0], "life_span": "8-9"}
    gone = system.api.breeds.pop(1)
    system.api.breeds.append(sample_breeds()[50])
    assert system.run().returncode == 0

    data = data_in(page_of(system))

    last = data["runs"][0]["run_id"]
    told = {change[2]: change for change in data["changes"] if change[3] == last}
    assert {kind: change[0] for kind, change in told.items()} == {
        "added": sample_breeds()[50]["id"],
        "changed": system.api.breeds[0]["id"],
        "removed": gone["id"],
    }
    assert ["life_span_raw", sample_breeds()[0]["life_span"], "8-9"] in told["changed"][5]
    assert len(data["changes"]) == 43


def test_the_report_of_a_warehouse_without_runs_is_written(system: System) -> None:
    data = data_in(page_of(system))

    assert (data["runs"], data["changes"], data["published_run_id"]) == ([], [], None)
    assert data["breeds"]["rows"] == []


def test_the_report_tells_of_a_failed_run(duckdb_system: System) -> None:
    assert duckdb_system.run(DOG_API_KEY="not-the-key").returncode == 2
    (run,) = data_in(page_of(duckdb_system))["runs"]

    assert (run["status"], run["error_class"]) == ("failed", "SourceRefusedError")
    assert "not-the-key" not in json.dumps(run)


def test_tables_that_change_while_they_are_read_are_read_again(
    duckdb_system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    duckdb_system.run()
    said = iter(["r1", "r2", "r2", "r2"])
    monkeypatch.setattr(queries._Tables, "published", lambda *_: next(said))

    made = queries.read_report(duckdb_system.settings(), Clock())

    assert made.published_run_id == "r2"
    assert next(said, "none is left") == "none is left"


def test_tables_that_never_stand_still_are_no_report(
    duckdb_system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = iter(range(10))
    monkeypatch.setattr(queries._Tables, "published", lambda *_: str(next(said)))

    with pytest.raises(PublicationConflictError, match="Write the report again"):
        queries.read_report(duckdb_system.settings(), Clock())


def test_more_runs_and_versions_than_fit_are_cut_and_it_says_so(
    duckdb_system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "MOST_RUNS", 2)
    monkeypatch.setattr(queries, "MOST_VERSIONS", 10)
    for _ in range(4):
        duckdb_system.run()

    made = queries.read_report(duckdb_system.settings(), Clock())

    assert [run.status for run in made.runs] == ["unchanged", "unchanged", "published"]
    assert len(made.changes) == 10
    assert made.cut == ["runs", "changes"]


def test_a_file_that_can_not_be_written_ends_with_6_and_says_which(duckdb_system: System) -> None:
    no_folder = duckdb_system.folder / "a-file"
    no_folder.write_text("not a folder")

    ended = duckdb_system.run("report", "--output", str(no_folder / "report.html"))

    assert ended.returncode == 6
    assert f"{no_folder}/report.html can't be written" in ended.stdout
    assert "--output" in ended.stdout
    assert "Traceback" not in ended.stdout


def test_a_page_that_can_not_be_finished_leaves_the_old_one(
    duckdb_system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = duckdb_system.folder / "report.html"
    path.write_text("the old one")
    full = OSError(errno.ENOSPC, "No space left on device")
    monkeypatch.setattr("pathlib.Path.replace", lambda *_: (_ for _ in ()).throw(full))

    ended = duckdb_system.run("report", "--output", str(path))

    assert ended.returncode == 6
    assert "No space left on device" in ended.stdout
    assert path.read_text() == "the old one"
    assert list(duckdb_system.folder.glob(".report*")) == []


def test_open_shows_the_file_in_the_browser_or_says_that_there_is_none(
    duckdb_system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []

    def no_browser(address: str) -> bool:
        opened.append(address)
        return False

    monkeypatch.setattr("webbrowser.open", no_browser)
    path = duckdb_system.folder / "r.html"

    ended = duckdb_system.run("report", "--open", "--output", str(path))

    assert ended.returncode == 0
    assert opened == [path.as_uri()]
    assert "No browser could be opened here" in ended.stdout


def test_a_run_names_the_report_in_its_last_line(duckdb_system: System) -> None:
    ended = duckdb_system.run("run", LOG_FORMAT="text")

    assert "dlt-ingestion report --open" in ended.stdout.splitlines()[-1]


@pytest.fixture
def storage(monkeypatch: pytest.MonkeyPatch) -> Iterator[ScriptedStorage]:
    """A bucket service in the place of Cloud Storage, and credentials for it."""
    with ScriptedStorage() as started:
        there = functools.partial(
            bucket.Bucket, open_session=started.open_session, endpoint=started.endpoint
        )
        monkeypatch.setattr(bucket, "Bucket", there)
        yield started


def events_of(output: str, name: str) -> list[dict[str, Any]]:
    lines = [json.loads(line) for line in output.splitlines() if line.startswith("{")]
    return [line for line in lines if line["message"] == name]


def test_every_run_with_a_bucket_writes_the_page_after_its_end(
    duckdb_system: System, storage: ScriptedStorage
) -> None:
    statuses = []
    for _ in range(2):
        ended = duckdb_system.run(REPORT_BUCKET="my-reports")
        assert ended.returncode == 0
        (written,) = events_of(ended.stdout, "report_written")
        assert written["address"] == "gs://my-reports/dog-breeds.html"
        statuses.append(data_in(storage.uploads[-1].content.decode())["runs"][0]["status"])

    assert statuses == ["published", "unchanged"]


def test_a_failed_run_shows_in_the_bucket_and_keeps_its_exit_code(
    duckdb_system: System, storage: ScriptedStorage
) -> None:
    duckdb_system.run()
    duckdb_system.api.breeds = duckdb_system.api.breeds[:5]

    ended = duckdb_system.run(REPORT_BUCKET="my-reports")

    assert ended.returncode == 4
    newest = data_in(storage.uploads[-1].content.decode())["runs"][0]
    assert (newest["status"], newest["error_class"]) == ("failed", "AuditError")
    assert not all(audit["passed"] for audit in newest["audits"])


def test_a_report_that_can_not_be_written_is_an_error_event_and_the_run_stays_good(
    duckdb_system: System, storage: ScriptedStorage
) -> None:
    storage.statuses = [403]

    ended = duckdb_system.run(REPORT_BUCKET="my-reports")

    assert ended.returncode == 0
    (event,) = events_of(ended.stdout, "report_unwritten")
    assert event["severity"] == "ERROR"
    assert "roles/storage.objectUser" in event["error"]
    assert "report --publish" in event["remedy"]
    assert duckdb_system.last_run()["status"] == "published"


def test_not_even_a_bug_in_the_report_undoes_a_good_run(
    duckdb_system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> str:
        raise RuntimeError("a bug")

    monkeypatch.setattr(report, "render", broken)

    ended = duckdb_system.run(REPORT_BUCKET="my-reports")

    assert ended.returncode == 0
    (event,) = events_of(ended.stdout, "report_unwritten")
    assert "RuntimeError: a bug" in event["error"]
    assert "Traceback" in event["trace"]


def test_publish_writes_the_page_by_hand_and_fails_where_a_run_would_not(
    duckdb_system: System, storage: ScriptedStorage
) -> None:
    storage.statuses = [200, 404]

    first, second = (
        duckdb_system.run("report", "--publish", REPORT_BUCKET="my-reports") for _ in range(2)
    )
    without = duckdb_system.run("report", "--publish")

    assert (first.returncode, second.returncode, without.returncode) == (0, 6, 2)
    assert "Report written to gs://my-reports/dog-breeds.html." in first.stdout
    assert "REPORT_BUCKET is not set" in without.stdout


def test_check_looks_at_the_bucket_where_one_is_set(
    duckdb_system: System, storage: ScriptedStorage
) -> None:
    good = duckdb_system.run("check", REPORT_BUCKET="my-reports")
    storage.granted = []
    refused = duckdb_system.run("check", REPORT_BUCKET="my-reports")

    assert (good.returncode, refused.returncode) == (0, 6)
    assert "gs://my-reports/dog-breeds.html may be written" in good.stdout
    assert "roles/storage.objectUser" in refused.stdout
    assert "report's bucket" not in duckdb_system.run("check").stdout


def test_without_a_bucket_no_run_writes_a_report(
    duckdb_system: System, storage: ScriptedStorage
) -> None:
    ended = duckdb_system.run()

    assert ended.returncode == 0
    assert storage.uploads == []
    assert "report" not in ended.stdout


def test_a_run_of_a_newer_version_ends_the_report_with_5_and_names_the_run(
    duckdb_system: System,
) -> None:
    duckdb_system.run()
    warehouse = open_warehouse(duckdb_system.settings(), Clock(), "newer")
    runs = warehouse.dialect.table("ingestion_runs")
    warehouse.execute("newer", [f"UPDATE {runs} SET status = 'quarantined'"], {}, atomic=True)

    ended = duckdb_system.run("report", "--output", str(duckdb_system.folder / "r.html"))

    assert ended.returncode == 5
    assert f"Run {duckdb_system.last_run()['run_id']} has values" in ended.stdout
    assert "quarantined" in ended.stdout
