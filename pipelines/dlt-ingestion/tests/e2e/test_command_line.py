"""The command line as people and Cloud Run meet it: processes, output, exit codes, secrets."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from dlt_ingestion.schema import TABLES
from tests.e2e.system import KEY, System, assert_whole

COMMANDS = ("run", "check", "runs", "report", "replay", "restore")


def command_line(
    folder: Path, *arguments: str, **variables: str
) -> subprocess.CompletedProcess[str]:
    """Runs the command line in ``folder`` with these variables and no others of ours."""
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder), **variables}
    return subprocess.run(
        [sys.executable, "-m", "dlt_ingestion", *arguments],
        cwd=folder, env=environment, text=True, capture_output=True, timeout=100,
    )  # fmt: skip


def test_without_a_key_the_sample_is_read_into_its_own_database(tmp_path: Path) -> None:
    first = command_line(tmp_path, "run")
    assert first.returncode == 0, first.stderr
    assert "No DOG_API_KEY is set" in first.stdout
    assert "data/sample.duckdb" in first.stdout
    second = command_line(tmp_path, "run")
    assert second.returncode == 0, second.stderr
    assert "nothing changed" in second.stdout
    assert [path.name for path in (tmp_path / "data").iterdir() if path.is_file()] == [
        "sample.duckdb"
    ]
    history = command_line(tmp_path, "runs", "--json")
    statuses = [json.loads(line)["status"] for line in history.stdout.splitlines()]
    assert statuses == ["unchanged", "published"]


@pytest.mark.parametrize(
    "variables",
    [
        {"GCP_PROJECT_ID": "my-project"},
        {"ENVIRONMENT": "production"},
        {"DESTINATION": "nonsense"},
        {"DOG_API_KEY": "two words", "BIGQUERY_DATASET": "a-b", "DOG_API_PAGE_SIZE": "-1"},
    ],
)
def test_a_wrong_configuration_ends_with_2_and_names_every_variable(
    tmp_path: Path, variables: dict[str, str]
) -> None:
    for command in ("run", "check", "runs"):
        refused = command_line(tmp_path, command, **variables)
        assert refused.returncode == 2
        assert "Traceback" not in refused.stdout + refused.stderr
        for name in variables:
            assert name in refused.stderr or name in {"GCP_PROJECT_ID", "ENVIRONMENT"}
    assert list(tmp_path.iterdir()) == []


def test_every_command_has_help_worth_reading(tmp_path: Path) -> None:
    overview = command_line(tmp_path, "--help").stdout
    assert "Exit codes" in overview
    for command in COMMANDS:
        assert command in overview
        shown = command_line(tmp_path, command, "--help")
        assert shown.returncode == 0
        assert len(shown.stdout) > 250


@pytest.mark.parametrize("answer", ["wrong key", "no such address", "down", "odd", "audit"])
def test_no_secret_is_printed_or_stored_by_a_failing_run(
    duckdb_system: System, answer: str
) -> None:
    system = duckdb_system
    system.run()
    variables = {"DOG_API_MAX_ATTEMPTS": "1", "LOG_FORMAT": "text"}
    if answer == "wrong key":
        system.api.key = "another"
        system.api._page = lambda _: (403, {"message": KEY}, {})  # type: ignore[method-assign,assignment,return-value]
    elif answer == "no such address":
        variables["DOG_API_ENDPOINT"] = "wolves"
    elif answer == "down":
        variables["DOG_API_BASE_URL"] = "http://127.0.0.1:9/v1"
    elif answer == "odd":
        system.api.answer = lambda *_: (500, f"<html>{KEY}</html>", {})  # type: ignore[method-assign,assignment]
    else:
        del system.api.breeds[5:]
    expected = {"wrong key": 2, "no such address": 2, "down": 3, "odd": 3, "audit": 4}
    for log_format in ("text", "json"):
        failed = system.run_apart(**{**variables, "LOG_FORMAT": log_format})
        assert failed.returncode == expected[answer], failed.stdout
        assert KEY not in failed.stdout
        assert "Traceback" not in failed.stdout
    assert KEY not in repr(system.rows("ingestion_runs"))
    assert_whole(system)


def test_production_logs_are_json_lines_that_cloud_logging_reads(duckdb_system: System) -> None:
    ended = duckdb_system.run_apart(
        ENVIRONMENT="production", LOG_FORMAT="", CLOUD_RUN_EXECUTION="weekly-abc",
        CLOUD_RUN_TASK_ATTEMPT="1", DESTINATION="duckdb",
    )  # fmt: skip
    lines = [json.loads(line) for line in ended.stdout.splitlines()]
    assert {"severity", "message", "time"} <= set(lines[0])
    assert all(line["logging.googleapis.com/labels"]["execution"] == "weekly-abc" for line in lines)
    # DOG_API_BASE_URL is unencrypted, but on the loopback interface.
    assert ended.returncode == 0
    run = duckdb_system.last_run()
    assert (run["execution"], run["attempt"]) == ("weekly-abc", 1)


def test_a_bug_ends_with_1_and_is_recorded(
    duckdb_system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dlt_ingestion import content

    def broken(*_: object) -> object:
        raise ZeroDivisionError("a bug")

    monkeypatch.setattr(content, "breed_row", broken)
    ended = duckdb_system.run()
    assert ended.returncode == 1
    assert "ZeroDivisionError" in ended.stdout
    run = duckdb_system.last_run()
    assert (run["status"], run["error_class"]) == ("failed", "ZeroDivisionError")


def test_duckdb_tables_have_the_declared_types_and_descriptions(duckdb_system: System) -> None:
    import duckdb

    duckdb_system.run()
    with duckdb.connect(duckdb_system.variables["DUCKDB_PATH"], read_only=True) as connection:
        columns = connection.execute(
            "SELECT table_name, column_name, data_type, comment, is_nullable FROM duckdb_columns() "
            "WHERE schema_name = 'dog_breeds_raw' ORDER BY table_name, column_index"
        ).fetchall()
        tables = connection.execute("SELECT table_name, comment FROM duckdb_tables()").fetchall()
    types = {
        "text": "VARCHAR", "double": "DOUBLE", "bigint": "BIGINT", "bool": "BOOLEAN",
        "timestamp": "TIMESTAMP WITH TIME ZONE", "date": "DATE",
    }  # fmt: skip
    assert columns == [
        (table.name, column.name, types[column.type], column.description, not column.required)
        for table in sorted(TABLES, key=lambda table: table.name)
        for column in table.columns
    ]
    assert dict(tables) == {table.name: table.description for table in TABLES}


def test_a_column_that_an_older_version_did_not_make_is_added(duckdb_system: System) -> None:
    import duckdb

    system = duckdb_system
    system.run()
    with duckdb.connect(system.variables["DUCKDB_PATH"]) as connection:
        connection.execute("ALTER TABLE dog_breeds_raw.ingestion_runs DROP COLUMN bytes_read")
        connection.execute("ALTER TABLE dog_breeds_raw.breeds ADD COLUMN from_the_future VARCHAR")
    system.api.breeds[0]["origin"] = "Elsewhere"
    assert system.run().returncode == 0
    assert system.last_run()["bytes_read"] > 0
    assert_whole(system)


@pytest.mark.parametrize("size", ["2m", "8m"])
def test_a_full_disk_is_a_clear_error_and_harms_nothing(duckdb_system: System, size: str) -> None:
    """The database's folder is a small file system of its own, filled to the brim."""
    system = duckdb_system
    folder = system.folder / "small"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)]
    if shutil.which("mount") is None or subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("mounting a small file system needs root: run the tests as root in a container")
    try:
        system.variables["DUCKDB_PATH"] = str(folder / "data" / "dogs.duckdb")
        if size == "8m":
            assert system.run().returncode == 0
            before = system.tables()
            system.api.breeds[0]["origin"] = "Elsewhere"
        with (folder / "filler").open("wb") as filler:
            free = os.statvfs(folder).f_bavail * os.statvfs(folder).f_frsize
            filler.write(b"x" * max(0, free - 200_000))
        failed = system.run_apart()
        assert failed.returncode == 5, failed.stdout
        assert "space" in failed.stdout
        assert "Traceback" not in failed.stdout
        (folder / "filler").unlink()
        if size == "8m":
            assert system.tables() == before
            assert system.run().returncode == 0
            assert_whole(system)
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)
