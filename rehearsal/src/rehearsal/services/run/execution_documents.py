"""The documents of an execution and of its tasks at their beginning.

https://cloud.google.com/run/docs/reference/rest/v2/projects.locations.jobs.executions
"""

import uuid
from urllib.parse import quote

from rehearsal.api.digests import etag
from rehearsal.documents import Document
from rehearsal.services.run.conditions import RECONCILING, condition
from rehearsal.services.run.conversion.objects import (
    EXECUTION_LABEL,
    JOB_LABEL,
    JOB_UID_LABEL,
    STATE_LABEL,
)
from rehearsal.services.run.names import Name, last, new_suffix, task_name

_TEMPLATE_FIELDS = ("annotations", "client", "clientVersion", "taskCount")
_TASK_FIELDS = (
    "containers", "volumes", "maxRetries", "timeout", "serviceAccount", "executionEnvironment",
    "vpcAccess", "encryptionKey", "nodeSelector",
)  # fmt: skip


def new_execution(job: Document, template: Document, creator: str, moment: str) -> Document:
    """An execution of a job that begins at ``moment`` (RFC 3339), with a name of its own."""
    name = f"{job['name']}/executions/{last(job['name'])}-{new_suffix()}"
    execution = _born(name, moment) | {
        "creator": creator,
        "launchStage": job["launchStage"],
        "job": last(job["name"]),
        "labels": template.get("labels", {}) | _job_labels(job),
        **{field: template[field] for field in _TEMPLATE_FIELDS if field in template},
        "parallelism": template.get("parallelism") or template["taskCount"],
        "template": template["template"],
        "conditions": [
            condition(kind, RECONCILING, moment)
            for kind in ("Completed", "ResourcesAvailable", "Started", "ContainerReady")
        ],
        "logUri": _log_uri(name),
    }
    return _tagged(execution)


def new_task(execution: Document, index: int) -> Document:
    """A task of an execution that has just begun."""
    moment, template = execution["createTime"], execution["template"]
    task = _born(task_name(execution["name"], index), moment) | {
        "scheduledTime": moment,
        "job": execution["job"],
        "execution": last(execution["name"]),
        "labels": execution["labels"]
        | {EXECUTION_LABEL: last(execution["name"]), STATE_LABEL: "Pending"},
        **{field: template[field] for field in _TASK_FIELDS if field in template},
        "index": index,
        "conditions": [condition(kind, RECONCILING, moment) for kind in ("Completed", "Started")],
        "logUri": execution["logUri"],
    }
    return _tagged(task)


def _born(name: str, moment: str) -> Document:
    return {
        "name": name,
        "uid": str(uuid.uuid4()),
        "generation": "1",
        "observedGeneration": "1",
        "createTime": moment,
        "updateTime": moment,
        "reconciling": True,
    }


def _tagged(document: Document) -> Document:
    return document | {"etag": f'"{etag(document)}"'}


def _job_labels(job: Document) -> dict[str, str]:
    return {
        JOB_LABEL: last(job["name"]),
        JOB_UID_LABEL: job["uid"],
        "run.googleapis.com/jobGeneration": job["generation"],
        "run.googleapis.com/jobResourceVersion": job["etag"].strip('"'),
    }


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
