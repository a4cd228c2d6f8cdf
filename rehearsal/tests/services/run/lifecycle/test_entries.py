"""What an execution leaves in the log and in time series."""

import threading

import pytest

from rehearsal.execution.task import Outcome, Task, Write
from tests.services.run.world import REGION, World, exits


@pytest.fixture
def world() -> World:
    return World()


def test_lines_become_entries_of_the_job(world: World) -> None:
    def talk(task: Task, write: Write, cancelled: threading.Event) -> Outcome:
        write("stdout", b"loaded 172 breeds")
        write("stderr", b"a warning")
        return Outcome(started=True, exit_code=0)

    world.create()
    world.engine.script = talk
    name = world.execute()["name"].rpartition("/")[2]
    (out,), (err,) = world.entries("stdout"), world.entries("stderr")
    assert out["logName"] == "projects/demo/logs/run.googleapis.com%2Fstdout"
    assert (out["textPayload"], err["textPayload"]) == ("loaded 172 breeds", "a warning")
    assert out["resource"] == {
        "type": "cloud_run_job",
        "labels": {"project_id": "demo", "location": REGION, "job_name": "ingest"},
    }
    assert out["labels"].pop("instanceId")
    assert out["labels"] == {
        "run.googleapis.com/execution_name": name,
        "run.googleapis.com/task_index": "0",
        "run.googleapis.com/task_attempt": "0",
    }
    assert out["timestamp"] == "2026-01-05T00:00:00.000000Z"


def test_a_structured_line_keeps_its_severity(world: World) -> None:
    def talk(task: Task, write: Write, cancelled: threading.Event) -> Outcome:
        write("stdout", b'{"severity": "ERROR", "message": "no breeds", "rows": 0}')
        return Outcome(started=True, exit_code=0)

    world.create()
    world.engine.script = talk
    world.execute()
    (entry,) = world.entries("stdout")
    assert entry["severity"] == "ERROR"
    assert entry["jsonPayload"] == {"message": "no breeds", "rows": 0}


def test_each_attempt_s_end_is_in_the_system_log(world: World) -> None:
    world.create()
    codes = [7, 0]
    world.engine.script = lambda *_: Outcome(started=True, exit_code=codes.pop(0))
    world.execute()
    found = [
        (one["severity"], one["textPayload"], one["labels"]["run.googleapis.com/task_attempt"])
        for one in world.entries("system")
    ]
    assert found == [
        ("WARNING", "Container called exit(7).", "0"),
        ("INFO", "Container called exit(0).", "1"),
    ]


@pytest.mark.parametrize(
    ("code", "severity", "text"),
    [
        (0, "INFO", "has completed successfully."),
        (1, "ERROR", "has failed to complete, 0/1 tasks were a success."),
    ],
)
def test_the_end_of_an_execution_is_a_system_event(
    world: World, code: int, severity: str, text: str
) -> None:
    world.create(template={"maxRetries": 0})
    world.engine.script = exits(code)
    name = world.execute()["name"].rpartition("/")[2]
    (event,) = world.entries("system_event")
    assert event["severity"] == severity
    assert event["protoPayload"]["status"]["message"] == f"Execution {name} {text}"
    assert event["resource"]["type"] == "cloud_run_job"


def test_executions_and_attempts_are_counted(world: World) -> None:
    world.create()
    codes = [1, 0, 1, 1]
    world.engine.script = lambda *_: Outcome(started=True, exit_code=codes.pop(0))
    world.execute()
    world.execute()
    added = [
        (name.removeprefix("run.googleapis.com/job/"), labels)
        for name, labels, _ in world.points.added
    ]
    attempt, execution = "completed_task_attempt_count", "completed_execution_count"
    assert added == [
        (attempt, {"result": "failed", "attempt": "0"}),
        (attempt, {"result": "succeeded", "attempt": "1"}),
        (execution, {"result": "succeeded"}),
        (attempt, {"result": "failed", "attempt": "0"}),
        (attempt, {"result": "failed", "attempt": "1"}),
        (execution, {"result": "failed"}),
    ]
    labels = world.points.added[0][2]
    assert labels == {"project_id": "demo", "location": REGION, "job_name": "ingest"}
