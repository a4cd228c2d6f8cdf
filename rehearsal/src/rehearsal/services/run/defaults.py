"""What Cloud Run fills in where a job says nothing.

https://cloud.google.com/run/docs/reference/rest/v2/projects.locations.jobs
"""

from copy import deepcopy

from rehearsal.cloud import Cloud
from rehearsal.documents import Document
from rehearsal.services.run.limits import DEFAULT_CPU, DEFAULT_MEMORY
from rehearsal.services.run.quantities import duration, duration_seconds

SETTABLE = (
    "labels", "annotations", "client", "clientVersion", "launchStage", "binaryAuthorization",
    "template",
)  # fmt: skip
"""The fields of a job that who makes or replaces it may set."""
_LIMITS = {"cpu": DEFAULT_CPU, "memory": DEFAULT_MEMORY}
_NOT_SAID = (None, "", "LAUNCH_STAGE_UNSPECIFIED", "EXECUTION_ENVIRONMENT_UNSPECIFIED")
_TASK = {
    "maxRetries": 3,
    "timeout": "600s",
    "executionEnvironment": "EXECUTION_ENVIRONMENT_GEN2",
}


def default_account(cloud: Cloud, project: str) -> str:
    """The address of the account that a job has if it names none."""
    return f"{cloud.projects.number_of(project)}-compute@developer.gserviceaccount.com"


def completed(cloud: Cloud, project: str, desired: Document) -> Document:
    """The settable part of a job, defaults filled in."""
    job: Document = {name: deepcopy(desired[name]) for name in SETTABLE if name in desired}
    if job.get("launchStage") in _NOT_SAID:
        job["launchStage"] = "GA"
    template = job.setdefault("template", {})
    template["taskCount"] = template.get("taskCount", 1)
    task = template.setdefault("template", {})
    _complete_task(task, default_account(cloud, project))
    return job


def _complete_task(task: Document, account: str) -> None:
    for name, value in _TASK.items():
        if task.get(name) in _NOT_SAID:
            task[name] = value
    task["serviceAccount"] = task.get("serviceAccount") or account
    seconds = duration_seconds(task["timeout"])
    if seconds is not None:
        task["timeout"] = duration(seconds)
    for container in task.get("containers", []):
        resources = container.setdefault("resources", {})
        resources["limits"] = _LIMITS | resources.get("limits", {})
        for variable in container.get("env", []):
            reference = variable.get("valueSource", {}).get("secretKeyRef")
            if reference is not None:
                reference["version"] = reference.get("version") or "latest"
