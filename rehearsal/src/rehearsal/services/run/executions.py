"""Executions: begun from a job and what the caller overrides, listed, cancelled.

https://cloud.google.com/run/docs/execute/jobs
"""

import uuid
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from urllib.parse import quote

from rehearsal.api.call import Call
from rehearsal.api.digests import etag
from rehearsal.clock import rfc3339
from rehearsal.documents import Document
from rehearsal.errors import failed_precondition, invalid_argument, not_here
from rehearsal.services.run import images
from rehearsal.services.run.conditions import RECONCILING, condition, set_condition
from rehearsal.services.run.conversion.objects import (
    EXECUTION_LABEL,
    JOB_LABEL,
    JOB_UID_LABEL,
)
from rehearsal.services.run.faults import Places, refuse_if_any
from rehearsal.services.run.lifecycle import threads
from rehearsal.services.run.names import EXECUTIONS, HOST, JOBS, TASKS, Name, last, new_suffix
from rehearsal.services.run.names import task_name as name_of_task
from rehearsal.services.run.readiness import Obstacle, missing_image
from rehearsal.services.run.validation import template_faults

_TEMPLATE_FIELDS = ("annotations", "client", "clientVersion", "taskCount")
_TASK_FIELDS = (
    "containers", "volumes", "maxRetries", "timeout", "serviceAccount", "executionEnvironment",
    "vpcAccess", "encryptionKey",
)  # fmt: skip


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
    template = _overridden(JOBS.get(call, job_name)["template"], overrides)
    refuse_if_any(template_faults(template, places))
    return Prepared(job_name, template, _pin(call, template["template"]))


def keep(call: Call, prepared: Prepared) -> Document:
    """Makes the execution and its tasks; it runs when ``threads.start`` is told of it.

    Raises:
        ApiError: 404: the job has been deleted meanwhile.
    """
    job = JOBS.get(call, prepared.job)
    execution = describe(call, job, prepared.template)
    EXECUTIONS.create(call, execution["name"], execution)
    for index in range(execution["taskCount"]):
        task = _task(execution, index)
        TASKS.create(call, task["name"], task)
    job["executionCount"] += 1
    job["latestCreatedExecution"] = {
        "name": last(execution["name"]),
        "createTime": execution["createTime"],
        "completionStatus": "EXECUTION_RUNNING",
    }
    JOBS.put(call, prepared.job, job)
    return execution


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


def _overridden(template: Document, overrides: Document) -> Document:
    if overrides.get("delayExecution"):
        raise not_here("delayExecution is not here.")
    result = deepcopy(template)
    if "taskCount" in overrides:
        result["taskCount"] = overrides["taskCount"]
        # Fewer tasks than the job would run at once are no fault of the caller's.
        if result.get("parallelism", 0) > overrides["taskCount"] >= 1:
            result["parallelism"] = overrides["taskCount"]
    if "timeout" in overrides:
        result["template"]["timeout"] = overrides["timeout"]
    for override in overrides.get("containerOverrides", []):
        _override_container(result["template"]["containers"], override)
    return result


def _override_container(containers: list[Document], override: Document) -> None:
    name = override.get("name")
    named = [one for one in containers if one.get("name") == name] if name else containers
    if len(named) != 1:
        raise invalid_argument(
            f"overrides.containerOverrides: there is no container named '{name}'."
            if name
            else "overrides.containerOverrides: the name of the container must be given."
        )
    container = named[0]
    if override.get("args"):
        container["args"] = override["args"]
    elif override.get("clearArgs"):
        container.pop("args", None)
    if override.get("env"):
        container["env"] = list(_merged(container.get("env", []), override["env"]))


def _merged(variables: list[Document], changes: list[Document]) -> Iterator[Document]:
    """Variables with those of the same names replaced, and new ones added."""
    changed = {one.get("name"): one for one in changes}
    for variable in variables:
        yield changed.pop(variable["name"], variable)
    yield from changed.values()


def _pin(call: Call, task: Document) -> Obstacle | None:
    for container in task["containers"]:
        pinned = images.pinned(call.cloud, container["image"])
        if pinned is None:
            return missing_image(container["image"])
        container["image"] = pinned
    return None


def describe(call: Call, job: Document, template: Document) -> Document:
    """The document of an execution that begins now."""
    moment = rfc3339(call.now)
    name = f"{job['name']}/executions/{last(job['name'])}-{new_suffix()}"
    labels = template.get("labels", {}) | {
        JOB_LABEL: last(job["name"]),
        JOB_UID_LABEL: job["uid"],
        "run.googleapis.com/jobGeneration": job["generation"],
        "run.googleapis.com/jobResourceVersion": job["etag"].strip('"'),
    }
    execution: Document = {
        "name": name,
        "uid": str(uuid.uuid4()),
        "generation": "1",
        "observedGeneration": "1",
        "creator": call.principal.email,
        "createTime": moment,
        "updateTime": moment,
        "launchStage": job["launchStage"],
        "job": last(job["name"]),
        "labels": labels,
        **{field: template[field] for field in _TEMPLATE_FIELDS if field in template},
        "parallelism": template.get("parallelism") or template["taskCount"],
        "template": template["template"],
        "reconciling": True,
        "conditions": [
            condition("Completed", RECONCILING, moment),
            condition("ResourcesAvailable", RECONCILING, moment),
            condition("Started", RECONCILING, moment),
            condition("ContainerReady", RECONCILING, moment),
        ],
        "logUri": _log_uri(name),
    }
    execution["etag"] = f'"{etag(execution)}"'
    return execution


def _task(execution: Document, index: int) -> Document:
    name, moment = name_of_task(execution["name"], index), execution["createTime"]
    template = execution["template"]
    task: Document = {
        "name": name,
        "uid": str(uuid.uuid4()),
        "generation": "1",
        "observedGeneration": "1",
        "createTime": moment,
        "updateTime": moment,
        "scheduledTime": moment,
        "job": execution["job"],
        "execution": last(execution["name"]),
        "labels": execution["labels"] | {EXECUTION_LABEL: last(execution["name"])},
        **{field: template[field] for field in _TASK_FIELDS if field in template},
        "index": index,
        "reconciling": True,
        "conditions": [
            condition("Completed", RECONCILING, moment),
            condition("Started", RECONCILING, moment),
        ],
        "logUri": execution["logUri"],
    }
    task["etag"] = f'"{etag(task)}"'
    return task


def _log_uri(name: str) -> str:
    """Where Google's console shows the log of an execution."""
    at = Name.of(name)
    query = quote(
        f'resource.type="cloud_run_job"\nresource.labels.job_name="{at.job}"\n'
        f'resource.labels.location="{at.region}"\n'
        f'labels."run.googleapis.com/execution_name"="{at.execution}"',
        safe="",
    )
    return (
        f"https://console.cloud.google.com/logs/viewer?project={at.project}&advancedFilter={query}"
    )
