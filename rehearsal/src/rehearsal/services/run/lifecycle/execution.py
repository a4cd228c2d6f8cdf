"""Runs one execution to its end: checks it again, runs its tasks, tells how it ended."""

import logging
import threading

from rehearsal.cloud import Cloud
from rehearsal.documents import Document
from rehearsal.execution.task import Executor
from rehearsal.services.run import readiness
from rehearsal.services.run.conditions import of_type
from rehearsal.services.run.lifecycle import entries, measures, progress
from rehearsal.services.run.lifecycle.attempts import run_task
from rehearsal.services.run.lifecycle.parallel import in_parallel
from rehearsal.services.run.lifecycle.verdicts import CANCELLED, Verdict, failed
from rehearsal.services.run.names import EXECUTIONS, Name, last
from rehearsal.services.run.names import task_name as name_of_task
from rehearsal.services.run.readiness import Obstacle

_MOST_AT_ONCE = 8
"""Tasks of one execution that run together here, where Google would run hundreds."""
_NO_ENGINE = "The rehearsal has no container engine; `rehearsal status` says what is missing."
_FAULT = failed("The rehearsal could not run the execution; the server's log has the fault.")
_BEFORE_START = ("ResourcesAvailable", "Started")
_logger = logging.getLogger(__name__)


def run(cloud: Cloud, name: str, obstacle: Obstacle | None, cancelled: threading.Event) -> None:
    """Blocks until the execution is at its end. ``obstacle``: what was found when it was made."""
    try:
        execution = _run(cloud, name, obstacle, cancelled)
    except Exception:
        _logger.exception("run.execution_failed: %s", name)
        execution = progress.interrupted(cloud, name, _FAULT)
    if execution is not None:
        tell_end(cloud, execution)


def tell_end(cloud: Cloud, execution: Document) -> None:
    """Logs and counts that an execution has ended."""
    with cloud.store.transaction():
        entries.write_end(cloud, execution)
        measures.count_execution(cloud, execution)


def _run(
    cloud: Cloud, name: str, obstacle: Obstacle | None, cancelled: threading.Event
) -> Document | None:
    execution = cloud.store.get(EXECUTIONS.kind, name)
    if execution is None:
        return None
    if (of_type(execution, "Completed") or {}).get("executionReason") == "CANCELLING":
        # It was cancelled before its thread could be told of it.
        cancelled.set()
    refusal = _refusal(cloud, execution, obstacle)
    if refusal is not None:
        missing = ("ContainerReady", *_BEFORE_START)
        image = refusal.reason == "CONTAINER_MISSING"
        return progress.refused(cloud, name, refusal, missing if image else _BEFORE_START)
    if cloud.executor is None:
        return progress.refused(cloud, name, failed(_NO_ENGINE), _BEFORE_START)
    progress.started(cloud, name)
    verdicts = _run_tasks(cloud, cloud.executor, execution, cancelled)
    return progress.ended(cloud, name, _together(execution, verdicts))


def _refusal(cloud: Cloud, execution: Document, obstacle: Obstacle | None) -> Verdict | None:
    """Why it does not start."""
    project = Name.of(execution["name"]).project
    if obstacle is None:
        with cloud.store.transaction():
            obstacle = readiness.secret_obstacle(cloud, project, execution["template"])
    if obstacle is not None:
        return failed(obstacle.error.message, obstacle.reason)
    lacking = _not_here(execution["template"])
    return failed(f"The rehearsal does not have {lacking}.") if lacking else None


def _not_here(template: Document) -> str:
    """What a task asks for that Google has and the rehearsal has not; a job may still be made."""
    if len(template["containers"]) > 1:
        return "more than one container in a task"
    if template.get("volumes"):
        return "volumes"
    if template.get("nodeSelector"):
        return "accelerators"
    return ""


def _run_tasks(
    cloud: Cloud, executor: Executor, execution: Document, cancelled: threading.Event
) -> list[Verdict]:
    return in_parallel(
        lambda index: run_task(cloud, executor, execution, index, cancelled),
        execution["taskCount"],
        min(execution["parallelism"], _MOST_AT_ONCE),
        last(execution["name"]),
    )


def _together(execution: Document, verdicts: list[Verdict]) -> Verdict:
    """What the tasks' ends make of the execution."""
    name = execution["name"]
    if any(one.result == "cancelled" for one in verdicts):
        return Verdict("cancelled", f"Execution {last(name)} was cancelled.", CANCELLED.reason)
    for index, one in enumerate(verdicts):
        if one.result == "failed":
            task = last(name_of_task(name, index))
            return Verdict("failed", f"Task {task} failed with message: {one.message}", one.reason)
    return Verdict("succeeded")
