"""Executions: begun from a job and what the caller overrides, listed, cancelled.

https://cloud.google.com/run/docs/execute/jobs
"""

from dataclasses import dataclass

from rehearsal.api.call import Call
from rehearsal.clock import rfc3339
from rehearsal.documents import Document
from rehearsal.errors import failed_precondition
from rehearsal.services.run import images
from rehearsal.services.run.conditions import RECONCILING, condition, set_condition
from rehearsal.services.run.execution_documents import new_execution, new_task
from rehearsal.services.run.faults import Places, refuse_if_any
from rehearsal.services.run.lifecycle import threads
from rehearsal.services.run.names import EXECUTIONS, HOST, JOBS, TASKS, last
from rehearsal.services.run.overrides import overridden
from rehearsal.services.run.readiness import Obstacle, missing_image
from rehearsal.services.run.validation import template_faults


@dataclass(frozen=True)
class Prepared:
    """An execution that may be made, and what will keep it from running."""

    job: str
    """The v2 name."""
    template: Document
    """With the overrides, images pinned to the digests of now."""
    obstacle: Obstacle | None


def prepare(call: Call, job_name: str, overrides: Document, places: Places) -> Prepared:
    """What an execution of a job would be. Asks the registry, so it may wait.

    Raises:
        ApiError: 400, 403 (overrides need run.jobs.runWithOverrides), 404.
    """
    if overrides:
        call.require("run.jobs.runWithOverrides", f"//{HOST}/{job_name}")
    template = overridden(JOBS.get(call, job_name)["template"], overrides)
    refuse_if_any(template_faults(template, places))
    return Prepared(job_name, template, _pin(call, template["template"]))


def keep(call: Call, prepared: Prepared) -> Document:
    """Makes the execution and its tasks; it runs when ``threads.start`` is told of it.

    Raises:
        ApiError: 404: the job has been deleted meanwhile.
    """
    job = JOBS.get(call, prepared.job)
    execution = describe(call, job, prepared)
    EXECUTIONS.create(call, execution["name"], execution)
    for index in range(execution["taskCount"]):
        task = new_task(execution, index)
        TASKS.create(call, task["name"], task)
    job["executionCount"] += 1
    job["latestCreatedExecution"] = {
        "name": last(execution["name"]),
        "createTime": execution["createTime"],
        "completionStatus": "EXECUTION_RUNNING",
    }
    JOBS.put(call, prepared.job, job)
    return execution


def describe(call: Call, job: Document, prepared: Prepared) -> Document:
    """The document of an execution that begins now."""
    return new_execution(job, prepared.template, call.principal.email, rfc3339(call.now))


def cancel(call: Call, name: str) -> Document:
    """Asks a running execution to end; gives it as it now is.

    Raises:
        ApiError: 404, or 400: it has ended already.
    """
    execution = EXECUTIONS.get(call, name)
    if execution.get("completionTime"):
        raise failed_precondition(
            f"Execution '{last(name)}' has already completed and can't be cancelled."
        )
    set_condition(
        execution,
        condition("Completed", RECONCILING, rfc3339(call.now), "Cancelling execution.",
                  "CANCELLING"),
    )  # fmt: skip
    EXECUTIONS.put(call, name, execution)
    threads.cancel(call.cloud, name)
    return execution


def newest_first(executions: list[Document]) -> list[Document]:
    """As Cloud Run lists them."""
    return sorted(executions, key=lambda one: (one["createTime"], one["name"]), reverse=True)


def _pin(call: Call, task: Document) -> Obstacle | None:
    for container in task["containers"]:
        pinned = images.pinned(call.cloud, container["image"])
        if pinned is None:
            return missing_image(container["image"])
        container["image"] = pinned
    return None
