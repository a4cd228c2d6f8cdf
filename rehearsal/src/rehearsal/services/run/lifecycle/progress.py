"""How far an execution and its tasks have come, in their documents, and in that of the job.

What has been deleted meanwhile is left alone.
"""

from collections.abc import Callable, Sequence

from rehearsal.api import operations
from rehearsal.clock import parse_rfc3339, rfc3339
from rehearsal.cloud import Cloud
from rehearsal.documents import Document
from rehearsal.services.run.conditions import (
    FAILED,
    RECONCILING,
    SUCCEEDED,
    condition,
    set_condition,
)
from rehearsal.services.run.conversion.objects import STATE_LABEL
from rehearsal.services.run.lifecycle.verdicts import Verdict
from rehearsal.services.run.names import EXECUTIONS, JOBS, TASKS, Name, last
from rehearsal.services.run.quantities import spoken_duration

OPERATIONS = "run.executionOperations"
"""Which long-running operation ends with an execution: names by the execution's."""
EXECUTION_TYPE = "type.googleapis.com/google.cloud.run.v2.Execution"
_UNKNOWN = 2
"""google.rpc.Code of an execution that failed, as its audit entries have it."""
_COMPLETION = {
    "succeeded": "EXECUTION_SUCCEEDED",
    "failed": "EXECUTION_FAILED",
    "cancelled": "EXECUTION_CANCELLED",
}


def started(cloud: Cloud, name: str) -> None:
    """The image is there, and the first tasks start."""

    def change(execution: Document) -> None:
        now = cloud.clock.now()
        moment = rfc3339(now)
        waited = spoken_duration((now - parse_rfc3339(execution["createTime"])).total_seconds())
        execution["startTime"] = moment
        for kind, message in (
            ("ContainerReady", "Imported container image."),
            ("ResourcesAvailable", "Provisioned imported containers."),
            ("Started", f"Started deployed execution in {waited}."),
        ):
            set_condition(execution, condition(kind, SUCCEEDED, moment, message))
        set_condition(
            execution,
            condition("Completed", RECONCILING, moment, "Waiting for execution to complete."),
        )

    _change(cloud, EXECUTIONS.kind, name, change)


def task_started(cloud: Cloud, name: str) -> None:
    """The first attempt of a task begins."""

    def change(task: Document) -> None:
        moment = rfc3339(cloud.clock.now())
        task["startTime"] = moment
        task["labels"][STATE_LABEL] = "Running"
        set_condition(task, condition("Started", SUCCEEDED, moment))

    with cloud.store.transaction():
        _change(cloud, TASKS.kind, name, change)
        _count(cloud, name, "runningCount", 1)


def task_retried(cloud: Cloud, name: str, attempt: int) -> None:
    """Another attempt begins."""
    with cloud.store.transaction():
        _change(cloud, TASKS.kind, name, lambda task: task.update(retried=attempt))
        _count(cloud, name, "retriedCount", 1)


def task_ended(cloud: Cloud, name: str, verdict: Verdict, *, ran: bool) -> None:
    """A task is at its end; ``ran``: whether it had started."""

    def change(task: Document) -> None:
        moment = rfc3339(cloud.clock.now())
        task |= {"completionTime": moment, "reconciling": False}
        task["lastAttemptResult"] = verdict.attempt_result()
        task["labels"][STATE_LABEL] = verdict.result.capitalize()
        state = SUCCEEDED if verdict.result == "succeeded" else FAILED
        set_condition(task, condition("Completed", state, moment, verdict.message, verdict.reason))

    with cloud.store.transaction():
        _change(cloud, TASKS.kind, name, change)
        if ran:
            _count(cloud, name, "runningCount", -1)
        _count(cloud, name, f"{verdict.result}Count", 1)


def refused(cloud: Cloud, name: str, verdict: Verdict, kinds: Sequence[str]) -> Document | None:
    """An execution ends before it starts; ``kinds``: the conditions that were not reached."""

    def change(execution: Document) -> None:
        moment = rfc3339(cloud.clock.now())
        for kind in kinds:
            set_condition(
                execution, condition(kind, FAILED, moment, verdict.message, verdict.reason)
            )

    with cloud.store.transaction():
        _change(cloud, EXECUTIONS.kind, name, change)
        return interrupted(cloud, name, verdict)


def ended(cloud: Cloud, name: str, verdict: Verdict) -> Document | None:
    """An execution is at its end; gives it, unless it was deleted."""

    def change(execution: Document) -> None:
        now = cloud.clock.now()
        moment = rfc3339(now)
        execution |= {"completionTime": moment, "reconciling": False}
        message = verdict.message
        if verdict.result == "succeeded":
            took = now - parse_rfc3339(execution["createTime"])
            message = (
                f"Execution completed successfully in {spoken_duration(took.total_seconds())}."
            )
        state = SUCCEEDED if verdict.result == "succeeded" else FAILED
        set_condition(execution, condition("Completed", state, moment, message, verdict.reason))

    with cloud.store.transaction():
        execution = _change(cloud, EXECUTIONS.kind, name, change)
        if execution is not None:
            _tell_job(cloud, execution, verdict)
            end_operation(cloud, execution, verdict)
        return execution


def interrupted(cloud: Cloud, name: str, verdict: Verdict) -> Document | None:
    """An execution and all its tasks that have not ended end so: nothing runs them any more."""
    with cloud.store.transaction():
        for task_name, task in cloud.store.list(TASKS.kind, f"{name}/"):
            if not task.get("completionTime"):
                task_ended(cloud, task_name, verdict, ran="startTime" in task)
        return ended(cloud, name, verdict)


def failure_summary(execution: Document) -> str:
    """What the log and the operation say of an execution that did not succeed."""
    return (
        f"Execution {last(execution['name'])} has failed to complete,"
        f" {execution.get('succeededCount', 0)}/{execution['taskCount']} tasks were a success."
    )


def _tell_job(cloud: Cloud, execution: Document, verdict: Verdict) -> None:
    """The job shows how its latest execution ended."""
    name = Name.of(execution["name"]).job_name
    job = cloud.store.get(JOBS.kind, name)
    latest = (job or {}).get("latestCreatedExecution", {})
    if job is None or latest.get("name") != last(execution["name"]):
        return
    latest |= {
        "completionTime": execution["completionTime"],
        "completionStatus": _COMPLETION[verdict.result],
    }
    cloud.store.put(JOBS.kind, name, job)


def end_operation(cloud: Cloud, execution: Document, verdict: Verdict) -> None:
    """The operation of whoever began the execution by v2 is done, if there is one."""
    kept = cloud.store.get(OPERATIONS, execution["name"])
    if kept is None:
        return
    typed = {"@type": EXECUTION_TYPE} | execution
    operation: Document = {"name": kept["operation"], "done": True, "metadata": typed}
    if verdict.result == "succeeded":
        operation["response"] = typed
    else:
        operation["error"] = {"code": _UNKNOWN, "message": failure_summary(execution)}
    cloud.store.put(operations.KIND, kept["operation"], operation)
    cloud.store.delete(OPERATIONS, execution["name"])


def _count(cloud: Cloud, task_name: str, counter: str, by: int) -> None:
    """Counts that are zero are left out, as Google leaves them out."""

    def change(execution: Document) -> None:
        number = execution.pop(counter, 0) + by
        if number:
            execution[counter] = number

    _change(cloud, EXECUTIONS.kind, Name.of(task_name).execution_name, change)


def _change(
    cloud: Cloud, kind: str, name: str, change: Callable[[Document], None]
) -> Document | None:
    with cloud.store.transaction():
        document = cloud.store.get(kind, name)
        if document is None:
            return None
        change(document)
        document["updateTime"] = rfc3339(cloud.clock.now())
        cloud.store.put(kind, name, document)
        return document
