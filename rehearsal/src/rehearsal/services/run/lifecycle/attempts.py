"""Runs one task: an attempt, and others after it, as often as the job allows."""

import logging
import threading
from typing import Literal

from rehearsal.cloud import Cloud
from rehearsal.documents import Document
from rehearsal.errors import ApiError
from rehearsal.execution.task import Executor, Task
from rehearsal.services.run.lifecycle import measures, progress
from rehearsal.services.run.lifecycle.entries import Source
from rehearsal.services.run.lifecycle.environment import task_of
from rehearsal.services.run.lifecycle.verdicts import (
    CANCELLED,
    Verdict,
    failed,
    system_events,
    verdict_of,
)
from rehearsal.services.run.names import task_name

_ENGINE_FAULT = "The container engine failed; the server's log has the fault."
_logger = logging.getLogger(__name__)


def run_task(
    cloud: Cloud, executor: Executor, execution: Document, index: int, cancelled: threading.Event
) -> Verdict:
    """Blocks until a task is at its end, and gives that."""
    name = task_name(execution["name"], index)
    if cancelled.is_set():
        progress.task_ended(cloud, name, CANCELLED, ran=False)
        return CANCELLED
    progress.task_started(cloud, name)
    verdict = _attempts(cloud, executor, execution, index, cancelled)
    progress.task_ended(cloud, name, verdict, ran=True)
    return verdict


def _attempts(
    cloud: Cloud, executor: Executor, execution: Document, index: int, cancelled: threading.Event
) -> Verdict:
    name = task_name(execution["name"], index)
    verdict = CANCELLED
    for attempt in range(execution["template"]["maxRetries"] + 1):
        if cancelled.is_set():
            return CANCELLED
        if attempt:
            progress.task_retried(cloud, name, attempt)
        verdict = _attempt(cloud, executor, execution, index, attempt, cancelled)
        measures.count_attempt(cloud, execution, attempt, verdict)
        if verdict.final:
            break
    return verdict


def _attempt(
    cloud: Cloud,
    executor: Executor,
    execution: Document,
    index: int,
    attempt: int,
    cancelled: threading.Event,
) -> Verdict:
    try:
        with cloud.store.transaction():
            task = task_of(cloud, execution, index, attempt)
    except ApiError as error:
        return failed(error.message, "SECRETS_ACCESS_CHECK_FAILED")
    return _run(cloud, executor, task, Source.of(execution, index, attempt), cancelled)


def _run(
    cloud: Cloud, executor: Executor, task: Task, source: Source, cancelled: threading.Event
) -> Verdict:
    def write(stream: Literal["stdout", "stderr"], line: bytes) -> None:
        source.write_line(cloud, stream, line)

    try:
        outcome = executor.run(task, write, cancelled)
    except Exception:
        _logger.exception("run.engine_failed: %s", task.name)
        return failed(_ENGINE_FAULT)
    for severity, text in system_events(task, outcome):
        source.write_event(cloud, severity, text)
    return verdict_of(outcome)
