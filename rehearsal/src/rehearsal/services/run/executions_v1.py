"""Methods of run v1 on executions and tasks, as gcloud and Cloud Scheduler call them.

https://cloud.google.com/run/docs/reference/rest/v1/namespaces.executions
"""

from rehearsal.api.call import Call
from rehearsal.documents import Document
from rehearsal.services.run import executions, jobs
from rehearsal.services.run.conversion.objects import (
    deleted,
    execution_to_v1,
    overrides_from_v1,
    task_to_v1,
)
from rehearsal.services.run.definition import service
from rehearsal.services.run.faults import V1
from rehearsal.services.run.lifecycle import threads
from rehearsal.services.run.lists_v1 import answer_list
from rehearsal.services.run.names import EXECUTIONS, TASKS, Name, name_of


@service.method("run", "v1", "run.namespaces.jobs.run", source="recorded", outside=True)
def run_job(call: Call) -> Document:
    """Begins an execution."""
    overrides = overrides_from_v1(call.body.get("overrides", {}))
    prepared = executions.prepare(call, name_of(call), overrides, V1)
    with call.cloud.store.transaction():
        execution = executions.keep(call, prepared)
    threads.start(call.cloud, execution["name"], prepared.obstacle)
    return execution_to_v1(execution, call.project_number)


@service.method("run", "v1", "run.namespaces.executions.get", source="recorded")
def get_execution(call: Call) -> Document:
    """An execution."""
    return execution_to_v1(EXECUTIONS.get(call, name_of(call)), call.project_number)


@service.method("run", "v1", "run.namespaces.executions.list", source="recorded")
def list_executions(call: Call) -> Document:
    """Executions, newest first."""
    newest_first = executions.newest_first
    return answer_list(call, "ExecutionList", EXECUTIONS, execution_to_v1, newest_first)


@service.method("run", "v1", "run.namespaces.executions.cancel", source="recorded")
def cancel_execution(call: Call) -> Document:
    """Asks a running execution to end."""
    return execution_to_v1(executions.cancel(call, name_of(call)), call.project_number)


@service.method("run", "v1", "run.namespaces.executions.delete", source="recorded")
def delete_execution(call: Call) -> Document:
    """Deletes an execution; one that runs is cancelled."""
    name = name_of(call)
    execution = EXECUTIONS.get(call, name)
    jobs.forget_execution(call, name)
    return deleted("Execution", name, execution["uid"])


@service.method(
    "run",
    "v1",
    "run.namespaces.tasks.get",
    source="https://cloud.google.com/run/docs/reference/rest/v1/namespaces.tasks/get",
)
def get_task(call: Call) -> Document:
    """A task."""
    return _task(call, TASKS.get(call, name_of(call)))


@service.method("run", "v1", "run.namespaces.tasks.list", source="recorded")
def list_tasks(call: Call) -> Document:
    """Tasks, of an execution where the label selector names it."""
    return answer_list(call, "TaskList", TASKS, lambda task, _: _task(call, task), _by_index)


def _by_index(tasks: list[Document]) -> list[Document]:
    return sorted(tasks, key=lambda task: (task["execution"], task["index"]))


def _task(call: Call, task: Document) -> Document:
    execution = EXECUTIONS.get(call, Name.of(task["name"]).execution_name)
    return task_to_v1(task, call.project_number, execution["uid"])
