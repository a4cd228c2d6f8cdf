"""Runs that are killed, stopped, or meet each other: readers see one run's tables, always."""

import os
import random
import signal
import subprocess
import sys
import time

import pytest

from dlt_ingestion.sample.server import sample_breeds
from tests.e2e.system import System, assert_whole

KILLS = int(os.environ.get("DLT_INGESTION_TEST_KILLS", "12"))


def test_a_run_that_is_killed_at_any_moment_leaves_whole_tables(duckdb_system: System) -> None:
    system, chance = duckdb_system, random.Random(20261123)
    began = time.monotonic()
    assert system.run_apart().returncode == 0
    longest = time.monotonic() - began
    changed: dict[int, str] = {}
    for number in range(KILLS):
        place = number % len(system.api.breeds)
        system.api.breeds[place]["origin"] = changed[place] = f"Change {number}"
        process = system.start("run")
        time.sleep(chance.uniform(0.2, 1.0) * longest)
        process.kill()
        process.communicate()
        assert_whole(system)

    assert system.run_apart().returncode == 0

    assert_whole(system)
    assert not [row for row in system.rows("ingestion_runs") if row["status"] == "running"]
    assert not list((system.folder / "data" / ".staging").iterdir())
    assert {row["origin"] for row in system.rows("breeds")} >= set(changed.values())


def test_a_run_that_is_killed_while_bigquery_works_leaves_whole_tables(
    bigquery_system: System,
) -> None:
    system, chance = bigquery_system, random.Random(20261123)
    began = time.monotonic()
    assert system.run_apart().returncode == 0
    longest = time.monotonic() - began
    for number in range(3):
        system.api.breeds[number]["origin"] = f"Change {number}"
        process = system.start("run", RUN_TIMEOUT_SECONDS="30")
        time.sleep(chance.uniform(0.5, 1.0) * longest)
        process.kill()
        process.communicate()
        assert_whole(system)
    assert system.run_apart().returncode == 0
    assert_whole(system)
    assert not [row for row in system.rows("ingestion_runs") if row["status"] == "running"]


@pytest.mark.parametrize("received", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize("moment", ["begin", "staging", "audit"])
def test_a_signal_ends_a_run_within_two_seconds(
    duckdb_system: System, moment: str, received: signal.Signals
) -> None:
    system = duckdb_system
    system.run()
    before = system.tables()
    system.api.breeds[0]["origin"] = "Elsewhere"
    process = system.start("run")
    assert process.stdout is not None
    awaited = {"begin": "run_started", "staging": '"staging"', "audit": '"audit"'}[moment]
    printed = ""
    for line in process.stdout:
        printed += line
        if awaited in line:
            break
    process.send_signal(received)
    sent = time.monotonic()
    rest, _ = process.communicate(timeout=20)
    took = time.monotonic() - sent

    assert took < 2, printed + rest
    assert process.returncode == 128 + received, printed + rest
    assert "Traceback" not in rest
    assert_whole(system)
    run = system.last_run()
    if run["run_id"] in printed:  # else it ended before it had recorded its beginning
        assert run["status"] == ("published" if system.tables() != before else "interrupted")
    assert system.run().returncode == 0
    assert not [row for row in system.rows("ingestion_runs") if row["status"] == "running"]


def test_sigterm_ends_a_bigquery_run_in_time_and_is_recorded(bigquery_system: System) -> None:
    system = bigquery_system
    system.run()
    before = system.tables()
    system.api.breeds[0]["origin"] = "Elsewhere"
    process = system.start("run")
    assert process.stdout is not None
    printed = ""
    for line in process.stdout:
        printed += line
        if '"staging"' in line:
            break
    process.terminate()
    sent = time.monotonic()
    rest, _ = process.communicate(timeout=20)
    assert time.monotonic() - sent < 2, printed + rest
    assert process.returncode == 128 + signal.SIGTERM
    assert system.tables() == before
    assert_whole(system)
    assert system.run().returncode == 0
    assert not [row for row in system.rows("ingestion_runs") if row["status"] == "running"]


def test_two_runs_at_once_end_as_if_one_came_after_the_other(system: System) -> None:
    system.run()
    system.api.breeds.append(sample_breeds()[60])
    processes = [system.start("run") for _ in range(2)]
    printed = [process.communicate(timeout=100)[0] for process in processes]
    assert [process.returncode for process in processes] == [0, 0], "\n".join(printed)
    assert_whole(system)
    assert len(system.rows("breeds")) == 41
    statuses = [row["status"] for row in system.rows("ingestion_runs", order="started_at")]
    assert statuses[0] == "published"
    assert "published" in statuses[1:]
    assert set(statuses[1:]) <= {"published", "unchanged", "superseded"}
    new = system.rows("breeds_history", f"breed_id = '{sample_breeds()[60]['id']}'")
    assert len(new) == 1


def test_two_first_runs_at_once_both_end_well(duckdb_system: System) -> None:
    processes = [duckdb_system.start("run") for _ in range(2)]
    printed = [process.communicate(timeout=100)[0] for process in processes]
    assert [process.returncode for process in processes] == [0, 0], "\n".join(printed)
    assert_whole(duckdb_system)


HOLD = """
import duckdb, sys
connection = duckdb.connect(sys.argv[1])
print("held", flush=True)
sys.stdin.read()
"""


def test_whoever_holds_the_database_is_named(duckdb_system: System) -> None:
    system = duckdb_system
    system.run()
    before = system.tables()
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD, system.variables["DUCKDB_PATH"]],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip
    assert holder.stdout is not None
    assert holder.stdout.readline() == b"held\n"
    try:
        refused = system.run_apart(DUCKDB_LOCK_TIMEOUT_SECONDS="1")
    finally:
        holder.communicate(b"")
    assert refused.returncode == 5
    assert f"PID {holder.pid}" in refused.stdout
    assert "DUCKDB_LOCK_TIMEOUT_SECONDS" in refused.stdout
    assert "Traceback" not in refused.stdout
    assert system.tables() == before


def test_a_run_waits_for_the_lock_and_then_goes_on(duckdb_system: System) -> None:
    system = duckdb_system
    system.run()
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD, system.variables["DUCKDB_PATH"]],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip
    assert holder.stdout is not None
    assert holder.stdout.readline() == b"held\n"
    run = system.start("run")
    time.sleep(1.5)
    assert run.poll() is None
    holder.communicate(b"")
    printed, _ = run.communicate(timeout=60)
    assert run.returncode == 0, printed
    assert "warehouse_locked" in printed
