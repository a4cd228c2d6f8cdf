"""Methods of run v2 on executions and tasks.

https://cloud.google.com/run/docs/reference/rest/v2/projects.locations.jobs.executions
"""

import uuid
from datetime import timedelta

from rehearsal.api import operations
from rehearsal.api.call import Call
from rehearsal.api.pages import page
from rehearsal.clock import rfc3339
from rehearsal.documents import Document
from rehearsal.services.run import executions, jobs
from rehearsal.services.run.definition import service
from rehearsal.services.run.faults import V2
from rehearsal.services.run.lifecycle import threads
from rehearsal.services.run.lifecycle.progress import EXECUTION_TYPE, OPERATIONS
from rehearsal.services.run.names import EXECUTIONS, HOST, JOBS, TASKS, Name

_KEPT_AFTER_DELETION = timedelta(days=30)
_REFERENCE = "https://cloud.google.com/run/docs/reference/rest/v2/projects.locations.jobs"


@service.method(
    "run", "v2", "run.projects.locations.jobs.run", source=f"{_REFERENCE}/run", outside=True
)
def run_job(call: Call) -> Document:
    """Begins an execution; the operation is done when that has ended."""
    name = call.path["name"]
    job = JOBS.get(call, name)
    jobs.require_etag(job, call.body.get("etag"))
    prepared = executions.prepare(call, name, call.body.get("overrides", {}), V2)
    with call.cloud.store.transaction():
        if call.body.get("validateOnly"):
            return _done(call, executions.describe(call, job, prepared))
        execution = executions.keep(call, prepared)
        operation = _begun(call, execution)
    threads.start(call.cloud, execution["name"], prepared.obstacle)
    return operation


@service.method(
    "run", "v2", "run.projects.locations.jobs.executions.get", source=f"{_REFERENCE}.executions/get"
)
def get_execution(call: Call) -> Document:
    """An execution."""
    return EXECUTIONS.get(call, call.path["name"])


@service.method(
    "run",
    "v2",
    "run.projects.locations.jobs.executions.list",
    source=f"{_REFERENCE}.executions/list",
)
def list_executions(call: Call) -> Document:
    """The executions of a job, or of all ('-'), newest first."""
    parent = call.path["parent"]
    prefix = f"{Name.of(parent).location}/" if parent.endswith("/-") else f"{parent}/"
    found = executions.newest_first(list(EXECUTIONS.list(call, prefix)))
    return page(call, found, "executions")


@service.method(
    "run",
    "v2",
    "run.projects.locations.jobs.executions.cancel",
    source=f"{_REFERENCE}.executions/cancel",
    unchecked="the handler asks for run.executions.cancel",
)
def cancel_execution(call: Call) -> Document:
    """Asks a running execution to end."""
    name = call.path["name"]
    call.require("run.executions.cancel", f"//{HOST}/{name}")
    jobs.require_etag(EXECUTIONS.get(call, name), call.body.get("etag"))
    if call.body.get("validateOnly"):
        return _done(call, EXECUTIONS.get(call, name))
    return _done(call, executions.cancel(call, name))


@service.method(
    "run",
    "v2",
    "run.projects.locations.jobs.executions.delete",
    source=f"{_REFERENCE}.executions/delete",
)
def delete_execution(call: Call) -> Document:
    """Deletes an execution; one that runs is cancelled."""
    name = call.path["name"]
    execution = EXECUTIONS.get(call, name)
    jobs.require_etag(execution, call.parameter("etag"))
    if call.parameter("validateOnly") != "true":
        jobs.forget_execution(call, name)
    execution["deleteTime"] = rfc3339(call.now)
    execution["expireTime"] = rfc3339(call.now + _KEPT_AFTER_DELETION)
    return _done(call, execution)


@service.method(
    "run",
    "v2",
    "run.projects.locations.jobs.executions.tasks.get",
    source=f"{_REFERENCE}.executions.tasks/get",
)
def get_task(call: Call) -> Document:
    """A task."""
    return TASKS.get(call, call.path["name"])


@service.method(
    "run",
    "v2",
    "run.projects.locations.jobs.executions.tasks.list",
    source=f"{_REFERENCE}.executions.tasks/list",
)
def list_tasks(call: Call) -> Document:
    """The tasks of an execution, by index."""
    found = list(TASKS.list(call, f"{call.path['parent']}/"))
    return page(call, sorted(found, key=lambda task: int(task["index"])), "tasks")


def _begun(call: Call, execution: Document) -> Document:
    """The operation of an execution that has begun, which ends with it."""
    name = f"{Name.of(execution['name']).location}/operations/{uuid.uuid4()}"
    operation = {"name": name, "metadata": {"@type": EXECUTION_TYPE} | execution}
    call.cloud.store.put(operations.KIND, name, operation)
    call.cloud.store.put(OPERATIONS, execution["name"], {"operation": name})
    return operation


def _done(call: Call, execution: Document) -> Document:
    typed = {"@type": EXECUTION_TYPE} | execution
    parent = Name.of(execution["name"]).location
    return operations.done(call, parent, execution, EXECUTION_TYPE, typed)
