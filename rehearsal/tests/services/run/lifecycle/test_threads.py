"""Executions and the process: restarts, waiting, time that is moved on."""

from datetime import timedelta

import pytest

from rehearsal.services.run import recover, wait_until_idle
from tests.services.run.world import Endless, Held, World, completed


@pytest.fixture
def world() -> World:
    return World()


def test_what_a_stopped_process_left_running_is_marked_as_failed(world: World) -> None:
    world.create(taskCount=2)
    execution = world.execute()
    cloud = world.client.cloud
    running = [one for one in execution["conditions"] if one["type"] != "Completed"]
    left = execution | {"runningCount": 1, "conditions": running}
    del left["completionTime"], left["succeededCount"]
    task = world.tasks(execution)[0]
    del task["completionTime"]
    cloud.store.put("run.executions", execution["name"], left)
    cloud.store.put("run.tasks", task["name"], task)
    world.points.added.clear()
    recover(cloud)
    found = world.execution(execution["name"].rpartition("/")[2])
    assert completed(found)["state"] == "CONDITION_FAILED"
    assert "interrupted" in completed(found)["message"]
    assert found["completionTime"]
    assert (found.get("runningCount"), found["failedCount"]) == (None, 1)
    assert [labels["result"] for _, labels, _ in world.points.added] == ["failed"]
    assert world.entries("system_event")[-1]["severity"] == "ERROR"


def test_what_runs_is_left_alone(world: World) -> None:
    world.create()
    held = world.engine.script = Held()
    name = world.run().ok["metadata"]["name"]
    held.wait_for(1)
    recover(world.client.cloud)
    assert "completionTime" not in world.execution(name)
    held.let_go.set()
    world.idle()
    assert world.execution(name)["succeededCount"] == 1


def test_waiting_may_end_before_the_execution_does(world: World) -> None:
    world.create()
    held = world.engine.script = Endless()
    name = world.run().ok["metadata"]["name"]
    held.wait_for(1)
    assert not wait_until_idle(world.client.cloud, 0)
    assert wait_until_idle(World().client.cloud, 0)
    world.client.post(
        f"https://run.googleapis.com/v2/{world.execution(name)['name']}:cancel", {}
    ).ok
    world.idle()


def test_time_moves_on_when_what_was_begun_has_ended(world: World) -> None:
    world.create()
    name = world.run().ok["metadata"]["name"]
    world.client.cloud.timeline.advance(timedelta(days=1))
    assert world.execution(name)["completionTime"] < "2026-01-06"
