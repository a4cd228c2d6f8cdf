"""Jobs as one object for both API versions: made, replaced, deleted.

https://cloud.google.com/run/docs/create-jobs
"""

import uuid
from dataclasses import dataclass

from rehearsal.api.call import Call
from rehearsal.api.digests import etag, same_etag
from rehearsal.clock import rfc3339
from rehearsal.documents import Document
from rehearsal.errors import aborted, already_exists
from rehearsal.services.run import readiness
from rehearsal.services.run.accounts import require_act_as
from rehearsal.services.run.conditions import FAILED, SUCCEEDED, condition
from rehearsal.services.run.defaults import completed
from rehearsal.services.run.faults import Places, refuse_if_any
from rehearsal.services.run.lifecycle import threads
from rehearsal.services.run.lifecycle.progress import end_operation
from rehearsal.services.run.lifecycle.verdicts import CANCELLED
from rehearsal.services.run.names import EXECUTIONS, HOST, JOBS, TASKS, Name, last
from rehearsal.services.run.readiness import Obstacle
from rehearsal.services.run.validation import (
    job_faults,
    require_job_id,
    require_region,
    require_supported,
)

_KEPT = ("uid", "createTime", "creator", "executionCount", "latestCreatedExecution")


@dataclass(frozen=True)
class Saved:
    """A job as it now is, and what keeps it from being ready."""

    job: Document
    obstacle: Obstacle | None


def create(call: Call, name: str, desired: Document, places: Places, *, keep: bool = True) -> Saved:
    """Makes a job; ``keep=False`` only says what would become of it. Asks the registry.

    Raises:
        ApiError: 400, 403 (the caller may not act as its account), 409.
    """
    require_region(Name.of(name).region)
    require_job_id(last(name))
    settled, missing = _admitted(call, desired, places)
    with call.cloud.store.transaction():
        if JOBS.find(call, name) is not None:
            raise already_exists(f"Resource '{last(name)}' already exists.")
        return _save(call, name, settled, missing, None, keep)


def replace(
    call: Call, name: str, desired: Document, places: Places, *, keep: bool = True
) -> Saved:
    """Replaces all that can be set of a job; an etag in ``desired`` must be its newest.

    Raises:
        ApiError: 400, 403, 404, 409 (the etag is not the newest).
    """
    require_etag(JOBS.get(call, name), desired.get("etag"))
    settled, missing = _admitted(call, desired, places)
    with call.cloud.store.transaction():
        current = JOBS.get(call, name)
        require_etag(current, desired.get("etag"))
        return _save(call, name, settled, missing, current, keep)


def delete(call: Call, name: str, given: str | None, *, keep: bool = False) -> Document:
    """Deletes a job, its executions and its policy; what still runs is cancelled.

    ``keep=True`` only checks. Gives the job as it was.

    Raises:
        ApiError: 404, 409 (the etag is not the newest).
    """
    job = JOBS.get(call, name)
    require_etag(job, given)
    if not keep:
        for execution in EXECUTIONS.list(call, f"{name}/"):
            forget_execution(call, execution["name"])
        JOBS.delete(call, name)
        call.cloud.access.forget(f"//{HOST}/{name}")
    return job


def forget_execution(call: Call, name: str) -> None:
    """Deletes an execution with its tasks; if it still runs, it is cancelled."""
    threads.cancel(call.cloud, name)
    end_operation(call.cloud, EXECUTIONS.get(call, name), CANCELLED)
    for task in TASKS.list(call, f"{name}/"):
        TASKS.delete(call, task["name"])
    EXECUTIONS.delete(call, name)


def require_etag(document: Document, given: str | None) -> None:
    """Refuses an etag that is not the newest.

    Raises:
        ApiError: 409.
    """
    if given and not same_etag(given, document["etag"]):
        raise aborted(
            f"Conflict for resource '{last(document['name'])}': version '{given.strip('"')}' was"
            f" specified but current version is '{document['etag'].strip('"')}'."
        )


def _admitted(call: Call, desired: Document, places: Places) -> tuple[Document, Obstacle | None]:
    require_supported({"template": {}} | desired)
    settled = completed(call.cloud, call.project, desired)
    refuse_if_any(job_faults(settled, places))
    task = settled["template"]["template"]
    require_act_as(call, task["serviceAccount"])
    return settled, readiness.image_obstacle(call.cloud, call.project, task)


def _save(
    call: Call,
    name: str,
    settled: Document,
    missing: Obstacle | None,
    current: Document | None,
    keep: bool,
) -> Saved:
    obstacle = missing or readiness.secret_obstacle(
        call.cloud, call.project, settled["template"]["template"]
    )
    job = {"name": name} | settled | _history(call, settled, current)
    _describe_readiness(job, obstacle)
    job["etag"] = f'"{etag(job)}"'
    if keep:
        JOBS.put(call, name, job)
    return Saved(job, obstacle)


def _history(call: Call, settled: Document, current: Document | None) -> Document:
    moment, who = rfc3339(call.now), call.principal.email
    if current is None:
        history: Document = {
            "uid": str(uuid.uuid4()),
            "createTime": moment,
            "creator": who,
            "executionCount": 0,
        }
        generation = 1
    else:
        history = {field: current[field] for field in _KEPT if field in current}
        changed = settled["template"] != current["template"]
        generation = int(current["generation"]) + int(changed)
    return history | {
        "updateTime": moment,
        "lastModifier": who,
        "generation": str(generation),
        "observedGeneration": str(generation),
    }


def _describe_readiness(job: Document, obstacle: Obstacle | None) -> None:
    moment = job["updateTime"]
    job["reconciling"] = False
    job["conditions"] = [condition("ResourcesAvailable", SUCCEEDED, moment)]
    job["terminalCondition"] = (
        condition("Ready", SUCCEEDED, moment)
        if obstacle is None
        else condition("Ready", FAILED, moment, obstacle.error.message, obstacle.reason)
    )
