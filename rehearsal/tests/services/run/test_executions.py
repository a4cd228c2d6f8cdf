"""Executions: how they begin, what they are told of, how they end."""

import threading
from datetime import timedelta

import pytest

from rehearsal.execution.task import Outcome, Task, Write
from tests.client import NUMBER, OWNER
from tests.services.run.world import (
    ACCOUNT,
    DIGEST,
    IMAGE,
    LOCATION,
    MEMBER,
    REGION,
    REPOSITORY,
    SECRET,
    V1,
    V2,
    Endless,
    Held,
    World,
    completed,
    container,
    exits,
)

STATE = "run.googleapis.com/runningState"
NAME = f"//run.googleapis.com/{LOCATION}/jobs/ingest"


@pytest.fixture
def world() -> World:
    return World()


def states(execution: dict[str, object]) -> dict[str, str]:
    found = execution["conditions"]
    assert isinstance(found, list)
    return {one["type"]: one["state"].removeprefix("CONDITION_") for one in found}


def test_a_task_is_given_all_that_it_needs(world: World) -> None:
    world.create()
    execution = world.execute()
    task = world.engine.tasks[0]
    short = execution["name"].rpartition("/")[2]
    assert task == Task(
        name=f"{short}-task0-attempt0",
        image=f"{REPOSITORY}@{DIGEST}",
        command=(),
        arguments=(),
        environment={
            "DATASET": "dog_breeds_raw",
            "API_KEY": "live_key",
            "CLOUD_RUN_JOB": "ingest",
            "CLOUD_RUN_EXECUTION": short,
            "CLOUD_RUN_TASK_INDEX": "0",
            "CLOUD_RUN_TASK_ATTEMPT": "0",
            "CLOUD_RUN_TASK_COUNT": "1",
        },
        cpu=1.0,
        memory_bytes=512 * 2**20,
        timeout_seconds=1800.0,
        service_account=ACCOUNT,
        project="demo",
        project_number=NUMBER,
        region=REGION,
    )


def test_an_execution_that_succeeds_says_so(world: World) -> None:
    world.create()

    def work(task: Task, write: Write, cancelled: threading.Event) -> Outcome:
        world.client.clock.advance(timedelta(seconds=63.6))
        return Outcome(started=True, exit_code=0)

    world.engine.script = work
    execution = world.execute()
    assert set(states(execution).values()) == {"SUCCEEDED"}
    assert completed(execution)["message"] == "Execution completed successfully in 1m3.6s."
    assert execution["startTime"] == "2026-01-05T00:00:00.000000Z"
    assert execution["completionTime"] == "2026-01-05T00:01:03.600000Z"
    assert execution["succeededCount"] == 1
    assert not {"failedCount", "runningCount", "retriedCount"} & set(execution)
    latest = world.job()["latestCreatedExecution"]
    assert latest["name"] == execution["name"].rpartition("/")[2]
    assert latest["completionStatus"] == "EXECUTION_SUCCEEDED"
    assert latest["completionTime"] == execution["completionTime"]
    assert world.job()["executionCount"] == 1


def test_an_execution_is_named_after_its_job_with_five_characters(world: World) -> None:
    world.create()
    name = world.run().ok["metadata"]["name"]
    world.idle()
    assert name.startswith("ingest-")
    assert len(name) == len("ingest-") + 5


def test_the_digest_is_that_of_the_moment_of_the_run(world: World) -> None:
    world.create()
    first = world.execute()
    world.images.digests[IMAGE] = "sha256:" + "c" * 64
    second = world.execute()
    images = [one["template"]["containers"][0]["image"] for one in (first, second)]
    assert images == [f"{REPOSITORY}@{DIGEST}", f"{REPOSITORY}@sha256:{'c' * 64}"]
    assert world.job()["template"]["template"]["containers"][0]["image"] == IMAGE


def test_while_it_runs_it_is_seen_to_run(world: World) -> None:
    world.create(taskCount=2)
    held = world.engine.script = Held()
    answer = world.run().ok
    assert answer["metadata"]["namespace"] == NUMBER
    assert {one["status"] for one in answer["status"]["conditions"]} == {"Unknown"}
    held.wait_for(2)
    name = answer["metadata"]["name"]
    found = world.client.get(f"{V1.replace('demo', NUMBER)}/executions/{name}").ok
    conditions = {one["type"]: one for one in found["status"]["conditions"]}
    assert conditions["Started"]["status"] == "True"
    assert conditions["Started"]["message"] == "Started deployed execution in 0s."
    assert conditions["ResourcesAvailable"]["message"] == "Provisioned imported containers."
    assert conditions["ContainerReady"]["message"] == "Imported container image."
    assert conditions["Completed"]["status"] == "Unknown"
    assert found["status"]["runningCount"] == 2
    tasks = world.tasks(world.execution(name))
    assert [task["labels"][STATE] for task in tasks] == ["Running", "Running"]
    assert world.job()["latestCreatedExecution"]["completionStatus"] == "EXECUTION_RUNNING"
    held.let_go.set()
    world.idle()
    assert world.execution(name)["succeededCount"] == 2


def test_a_task_that_fails_is_tried_again_as_often_as_the_job_says(world: World) -> None:
    world.create(template={"maxRetries": 2})
    world.engine.script = exits(3)
    execution = world.execute()
    attempts = [one.environment["CLOUD_RUN_TASK_ATTEMPT"] for one in world.engine.tasks]
    assert attempts == ["0", "1", "2"]
    assert (execution["failedCount"], execution["retriedCount"]) == (1, 2)
    short = execution["name"].rpartition("/")[2]
    found = completed(execution)
    assert found["message"] == (
        f"Task {short}-task0 failed with message: The container exited with an error."
    )
    assert found["executionReason"] == "NON_ZERO_EXIT_CODE"
    task = world.tasks(execution)[0]
    assert (task["retried"], task["lastAttemptResult"]["exitCode"]) == (2, 3)
    assert task["labels"][STATE] == "Failed"
    v1 = world.client.get(f"{V1}/executions/{short}").ok
    assert (completed(v1)["status"], completed(v1)["reason"]) == ("False", "NonZeroExitCode")
    assert world.job()["latestCreatedExecution"]["completionStatus"] == "EXECUTION_FAILED"


def test_a_task_that_recovers_has_succeeded(world: World) -> None:
    world.create()
    codes = [1, 0]
    world.engine.script = lambda *_: Outcome(started=True, exit_code=codes.pop(0))
    execution = world.execute()
    assert (execution["succeededCount"], execution["retriedCount"]) == (1, 1)
    assert completed(execution)["state"] == "CONDITION_SUCCEEDED"


@pytest.mark.parametrize(
    ("outcome", "message", "log"),
    [
        (Outcome(started=True, exit_code=137, out_of_memory=True),
         "The configured memory limit was reached.",
         ["Memory limit of 512 MiB exceeded with 513 MiB used. Consider increasing the memory"
          " limit, see https://cloud.google.com/run/docs/configuring/memory-limits",
          "Container terminated on signal 9."]),
        (Outcome(started=True, exit_code=143, timed_out=True),
         "The configured timeout was reached.",
         ["Terminating task because it has reached the maximum timeout of 1800 seconds. To change"
          " this limit, see https://cloud.google.com/run/docs/configuring/task-timeout",
          "Container terminated on signal 15."]),
        (Outcome(started=True, exit_code=1), "The container exited with an error.",
         ["Container called exit(1)."]),
        (Outcome(started=False, exit_code=None, message="no space left"), "no space left", []),
    ],
)  # fmt: skip
def test_each_end_is_worded_as_cloud_run_words_it(
    world: World, outcome: Outcome, message: str, log: list[str]
) -> None:
    world.create(template={"maxRetries": 0})
    world.engine.script = lambda *_: outcome
    execution = world.execute()
    short = execution["name"].rpartition("/")[2]
    assert completed(execution)["message"] == f"Task {short}-task0 failed with message: {message}"
    assert completed(execution)["state"] == "CONDITION_FAILED"
    assert [entry["textPayload"] for entry in world.entries("system")] == log


def test_what_can_not_start_is_not_tried_again(world: World) -> None:
    world.create(template={"maxRetries": 3})
    world.engine.script = lambda *_: Outcome(started=False, exit_code=None, message="broken")
    world.execute()
    assert len(world.engine.tasks) == 1


def test_tasks_run_as_many_at_a_time_as_the_job_says(world: World) -> None:
    world.create(taskCount=4, parallelism=2)
    held = world.engine.script = Held()
    world.run().ok
    held.wait_for(2)
    assert not held.begun.acquire(blocking=False)
    held.let_go.set()
    world.idle()
    indexes = sorted(one.environment["CLOUD_RUN_TASK_INDEX"] for one in world.engine.tasks)
    assert indexes == ["0", "1", "2", "3"]


def test_a_failed_task_does_not_stop_the_others(world: World) -> None:
    world.create(taskCount=3, template={"maxRetries": 0})

    def work(task: Task, write: Write, cancelled: threading.Event) -> Outcome:
        return Outcome(started=True, exit_code=int(task.environment["CLOUD_RUN_TASK_INDEX"] == "1"))

    world.engine.script = work
    execution = world.execute()
    assert (execution["succeededCount"], execution["failedCount"]) == (2, 1)
    assert "-task1 failed" in completed(execution)["message"]


def test_an_image_that_is_gone_is_found_out_at_the_start(world: World) -> None:
    world.create()
    world.images.digests.clear()
    execution = world.execute()
    found = completed(execution)
    assert found["message"] == f"Image '{IMAGE}' not found."
    assert found["reason"] == "CONTAINER_MISSING"
    assert states(execution)["ContainerReady"] == "FAILED"
    assert execution["failedCount"] == 1
    assert world.engine.tasks == []


def test_access_to_secrets_is_checked_again_at_the_start(world: World) -> None:
    world.create()
    with world.client.cloud.store.transaction():
        world.client.cloud.access.put_bindings(SECRET, [])
    execution = world.execute()
    found = completed(execution)
    assert found["message"].startswith(
        f"Permission denied on secret: projects/{NUMBER}/secrets/dog-api-key/versions/latest"
    )
    assert found["reason"] == "SECRETS_ACCESS_CHECK_FAILED"
    assert world.engine.tasks == []
    assert world.tasks(execution)[0]["completionTime"]


def test_a_disabled_version_keeps_the_execution_from_starting(world: World) -> None:
    world.create()
    secret = "https://secretmanager.googleapis.com/v1/projects/demo/secrets/dog-api-key"
    world.client.post(f"{secret}/versions/1:disable", {}).ok
    found = completed(world.execute())
    assert found["message"].startswith(
        f"Failed to access secret projects/{NUMBER}/secrets/dog-api-key/versions/latest"
    )


def test_the_value_of_a_secret_is_that_of_the_moment_of_the_attempt(world: World) -> None:
    world.create()
    secret = "https://secretmanager.googleapis.com/v1/projects/demo/secrets/dog-api-key"

    def work(task: Task, write: Write, cancelled: threading.Event) -> Outcome:
        world.client.post(f"{secret}:addVersion", {"payload": {"data": "bmV3"}}).ok
        return Outcome(started=True, exit_code=1)

    world.engine.script = work
    world.execute()
    assert [one.environment["API_KEY"] for one in world.engine.tasks] == ["live_key", "new"]


def test_a_variable_may_ask_for_the_rehearsal_s_moment(world: World) -> None:
    world.create(
        template={"containers": [container(env=[{"name": "AT", "value": "rehearsal:now"}])]}
    )
    world.client.clock.advance(timedelta(days=8))
    world.execute()
    assert world.engine.tasks[0].environment["AT"] == "2026-01-13T00:00:00.000000Z"


def test_without_an_engine_the_execution_says_what_is_missing(world: World) -> None:
    world.create()
    world.client.cloud.executor = None
    assert "container engine" in completed(world.execute())["message"]


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ({"volumes": [{"name": "v", "emptyDir": {}}]}, "volumes"),
        ({"containers": [container(), container(name="side")]}, "more than one container"),
        ({"nodeSelector": {"accelerator": "nvidia-l4"}}, "accelerators"),
    ],
)
def test_what_is_not_here_fails_at_the_start_by_name(
    world: World, template: dict[str, object], text: str
) -> None:
    world.create(template=template)
    assert text in completed(world.execute())["message"]
    assert world.engine.tasks == []


def test_a_fault_of_the_engine_ends_the_execution(world: World) -> None:
    world.create()

    def broken(*_: object) -> Outcome:
        raise RuntimeError("no such socket")

    world.engine.script = broken
    execution = world.execute()
    assert completed(execution)["state"] == "CONDITION_FAILED"
    assert (execution["failedCount"], execution.get("runningCount")) == (1, None)


def test_overrides_change_one_execution_only(world: World) -> None:
    world.create(template={"containers": [container(args=["load"], command=["python"])]})
    override = {
        "args": ["x", "y"],
        "clearArgs": False,
        "env": [{"name": "DATASET", "value": "other"}, {"name": "MODE", "value": "fail"}],
    }
    body = {"overrides": {"containerOverrides": [override], "taskCount": 2, "timeoutSeconds": 60}}
    execution = world.execute(body)
    task = world.engine.tasks[0]
    assert (task.command, task.arguments, task.timeout_seconds) == (("python",), ("x", "y"), 60.0)
    assert (task.environment["DATASET"], task.environment["MODE"]) == ("other", "fail")
    assert task.environment["API_KEY"] == "live_key"
    assert execution["taskCount"] == len(world.engine.tasks) == 2
    assert world.job()["template"]["taskCount"] == 1
    world.execute({"overrides": {"containerOverrides": [{"clearArgs": True}]}})
    assert world.engine.tasks[-1].arguments == ()


@pytest.mark.parametrize(
    "overrides",
    [
        {"containerOverrides": [{"name": "none", "args": ["x"]}]},
        {"taskCount": 0},
        {"timeoutSeconds": 700000},
        {"containerOverrides": [{"env": [{"name": "CLOUD_RUN_JOB", "value": "x"}]}]},
    ],
)
def test_overrides_are_validated_as_the_job_is(world: World, overrides: dict[str, object]) -> None:
    world.create()
    assert world.run({"overrides": overrides}).error["code"] == 400
    assert world.job()["executionCount"] == 0


def test_running_needs_one_right_and_overriding_another(world: World) -> None:
    world.create()
    assert "run.jobs.run" in world.run(as_=MEMBER).error["message"]
    world.client.grant(MEMBER, "roles/run.invoker", NAME)
    world.run(as_=MEMBER).ok
    overridden = {"overrides": {"taskCount": 2}}
    assert "run.jobs.runWithOverrides" in world.run(overridden, as_=MEMBER).error["message"]
    assert world.run(overridden, as_=OWNER).status == 200
    world.idle()


def test_a_running_execution_is_cancelled(world: World) -> None:
    world.create(taskCount=3, parallelism=1)
    held = world.engine.script = Endless()
    name = world.run().ok["metadata"]["name"]
    held.wait_for(1)
    answer = world.client.post(f"{V1}/executions/{name}:cancel", {}).ok
    assert completed(answer)["status"] == "Unknown"
    world.idle()
    execution = world.execution(name)
    found = completed(execution)
    assert (found["state"], found["executionReason"]) == ("CONDITION_FAILED", "CANCELLED")
    assert execution["cancelledCount"] == 3
    assert len(world.engine.tasks) == 1
    v1 = completed(world.client.get(f"{V1}/executions/{name}").ok)
    assert (v1["status"], v1["reason"]) == ("False", "Cancelled")
    assert world.job()["latestCreatedExecution"]["completionStatus"] == "EXECUTION_CANCELLED"


def test_what_has_ended_can_not_be_cancelled(world: World) -> None:
    world.create()
    name = world.execute()["name"].rpartition("/")[2]
    assert world.client.post(f"{V1}/executions/{name}:cancel", {}).error["code"] == 400
    assert world.client.post(f"{V1}/executions/ingest-none1:cancel", {}).error["code"] == 404


def test_cancelling_needs_its_right(world: World) -> None:
    world.create()
    name = world.execute()["name"]
    world.client.grant(MEMBER, "roles/run.viewer", NAME)
    short = name.rpartition("/")[2]
    for url in (f"https://run.googleapis.com/v2/{name}:cancel", f"{V1}/executions/{short}:cancel"):
        assert "run.executions.cancel" in world.client.post(url, {}, as_=MEMBER).error["message"]


def test_a_running_execution_that_is_deleted_is_cancelled_and_gone(world: World) -> None:
    world.create()
    held = world.engine.script = Endless()
    name = world.run().ok["metadata"]["name"]
    held.wait_for(1)
    world.client.delete(f"{V1}/executions/{name}").ok
    assert world.client.get(f"{V1}/executions/{name}").status == 404
    world.idle()
    assert world.client.get(f"{V1}/executions/{name}").status == 404
    assert world.client.get(f"{V1}/tasks").ok["items"] == []


def test_a_running_execution_ends_with_its_job(world: World) -> None:
    world.create()
    held = world.engine.script = Endless()
    world.run().ok
    held.wait_for(1)
    world.client.delete(f"{V2}/ingest").ok
    world.idle()
    assert world.client.get(f"{V1}/executions").ok["items"] == []


def test_executions_are_listed_by_job_newest_first(world: World) -> None:
    world.create()
    world.create(name="other")
    names = []
    for _ in range(3):
        names.append(world.execute()["name"].rpartition("/")[2])
        world.client.clock.advance(timedelta(seconds=1))
    world.client.post(f"{V1}/jobs/other:run", {}).ok
    world.idle()
    url = f"{V1}/executions?labelSelector=run.googleapis.com%2Fjob+%3D+ingest"
    found = world.client.get(f"{url}&limit=100").ok
    assert found["kind"] == "ExecutionList"
    assert [one["metadata"]["name"] for one in found["items"]] == names[::-1]
    first = world.client.get(f"{url}&limit=2").ok
    rest = world.client.get(f"{url}&limit=2&continue={first['metadata']['continue']}").ok
    assert [one["metadata"]["name"] for one in first["items"] + rest["items"]] == names[::-1]
    assert rest["metadata"] == {}
    v2 = world.client.get(f"{V2}/ingest/executions").ok["executions"]
    assert [one["name"].rpartition("/")[2] for one in v2] == names[::-1]
    assert len(world.client.get(f"{V2}/-/executions").ok["executions"]) == 4


def test_tasks_are_listed_by_execution(world: World) -> None:
    world.create(taskCount=11)
    execution = world.execute()
    world.execute()
    short = execution["name"].rpartition("/")[2]
    url = f"{V1}/tasks?labelSelector=run.googleapis.com%2Fexecution+%3D+{short}&limit=100"
    items = world.client.get(url).ok["items"]
    assert [one["status"]["index"] for one in items] == list(range(11))
    assert items[0]["metadata"]["name"] == f"{short}-task0"
    assert items[0]["metadata"]["labels"][STATE] == "Succeeded"
    assert items[0]["status"]["lastAttemptResult"] == {"status": {}, "exitCode": 0}
    assert items[0]["metadata"]["ownerReferences"][0]["uid"] == execution["uid"]
    one = world.client.get(f"{V1}/tasks/{short}-task10").ok
    assert one["status"]["index"] == 10
    assert one["spec"]["serviceAccountName"] == ACCOUNT
    v2 = world.tasks(execution)
    assert [task["index"] for task in v2] == list(range(11))
    assert world.client.get(f"https://run.googleapis.com/v2/{v2[3]['name']}").ok == v2[3]


def test_the_v1_execution_has_all_that_gcloud_cannot_do_without(world: World) -> None:
    job = world.create()
    name = world.execute()["name"].rpartition("/")[2]
    found = world.client.get(f"{V1}/executions/{name}").ok
    labels = found["metadata"]["labels"]
    assert labels["cloud.googleapis.com/location"] == REGION
    assert labels["run.googleapis.com/job"] == "ingest"
    assert labels["run.googleapis.com/jobUid"] == job["uid"]
    creator = found["metadata"]["annotations"]["run.googleapis.com/creator"]
    assert creator == "owner@example.com"
    assert found["metadata"]["ownerReferences"][0]["uid"] == job["uid"]
    assert found["metadata"]["generation"] == found["status"]["observedGeneration"] == 1
    assert found["spec"]["taskCount"] == found["spec"]["parallelism"] == 1
    containers = found["spec"]["template"]["spec"]["containers"]
    assert containers[0]["image"] == f"{REPOSITORY}@{DIGEST}"
    assert found["status"]["logUri"].startswith("https://console.cloud.google.com/logs/viewer")


def test_the_operation_of_a_run_is_done_when_the_execution_is(world: World) -> None:
    world.create()
    held = world.engine.script = Held()
    operation = world.client.post(f"{V2}/ingest:run", {}).ok
    url = f"https://run.googleapis.com/v2/{operation['name']}"
    assert "done" not in world.client.get(url).ok
    assert operation["metadata"]["@type"].endswith("run.v2.Execution")
    held.wait_for(1)
    held.let_go.set()
    world.idle()
    ended = world.client.get(url).ok
    assert ended["response"]["succeededCount"] == 1
    assert world.client.post(f"{url}:wait", {}).ok == ended


def test_the_operation_of_a_run_that_fails_has_an_error(world: World) -> None:
    world.create(template={"maxRetries": 0})
    world.engine.script = exits(1)
    operation = world.client.post(f"{V2}/ingest:run", {}).ok
    world.idle()
    ended = world.client.get(f"https://run.googleapis.com/v2/{operation['name']}").ok
    assert ended["done"]
    assert ended["error"]["message"].endswith("has failed to complete, 0/1 tasks were a success.")


def test_the_operation_of_a_run_ends_when_its_execution_is_deleted(world: World) -> None:
    world.create()
    held = world.engine.script = Endless()
    operation = world.client.post(f"{V2}/ingest:run", {}).ok
    held.wait_for(1)
    name = operation["metadata"]["name"]
    assert world.client.delete(f"https://run.googleapis.com/v2/{name}").ok["done"]
    ended = world.client.get(f"https://run.googleapis.com/v2/{operation['name']}").ok
    assert (ended["done"], ended["error"]["code"]) == (True, 2)
    world.idle()


def test_operations_are_listed_and_forgotten(world: World) -> None:
    world.create()
    url = f"https://run.googleapis.com/v2/{LOCATION}/operations"
    found = world.client.get(url).ok["operations"]
    assert len(found) == 1
    one = f"https://run.googleapis.com/v2/{found[0]['name']}"
    world.client.delete(one).ok
    assert world.client.get(one).status == world.client.delete(one).status == 404


def test_a_run_may_be_validated_only(world: World) -> None:
    world.create()
    operation = world.client.post(f"{V2}/ingest:run", {"validateOnly": True}).ok
    assert operation["response"]["taskCount"] == 1
    assert world.job()["executionCount"] == 0
    assert world.engine.tasks == []
