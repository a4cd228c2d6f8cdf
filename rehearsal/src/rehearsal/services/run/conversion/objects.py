"""Jobs, executions and tasks whole: the v2 document that is kept, and the v1 object of it.

https://cloud.google.com/run/docs/reference/rest/v1/namespaces.jobs#Job
"""

from typing import Any

from rehearsal.documents import Document
from rehearsal.services.run.conversion.conditions import conditions_to_v1, conditions_to_v2
from rehearsal.services.run.conversion.rules import (
    ABSENT,
    Table,
    below,
    rule,
    to_v1,
    to_v2,
)
from rehearsal.services.run.conversion.specification import (
    EXECUTION_ANNOTATIONS,
    EXECUTION_SPEC,
    EXECUTION_TEMPLATE,
    OVERRIDES,
    TASK,
    TASK_ANNOTATIONS,
    annotated,
    annotation_key,
    metadata,
)
from rehearsal.services.run.names import Name, last

API_VERSION = "run.googleapis.com/v1"
LOCATION_LABEL = "cloud.googleapis.com/location"
JOB_LABEL = "run.googleapis.com/job"
JOB_UID_LABEL = "run.googleapis.com/jobUid"
EXECUTION_LABEL = "run.googleapis.com/execution"
STATE_LABEL = "run.googleapis.com/runningState"
"""Of tasks: Pending, Running, Succeeded, Failed, Cancelled; gcloud's list shows it."""
_UPDATED_LABEL = "run.googleapis.com/lastUpdatedTime"
_DROPPED = frozenset({LOCATION_LABEL, _UPDATED_LABEL, annotation_key("operation-id")})
"""What v1 adds to the labels and annotations of what is kept."""


def _launch_stage_to_v1(stage: str) -> Any:
    return ABSENT if stage == "GA" else stage


_DEFAULT_POLICY = "default"
_COMMON: Table = (
    rule("metadata.uid", "uid"),
    rule("metadata.generation", "generation", str, int),
    rule("metadata.creationTimestamp", "createTime"),
    rule("metadata.deletionTimestamp", "deleteTime"),
    rule("metadata.resourceVersion", "etag", lambda text: f'"{text}"', lambda tag: tag.strip('"')),
    rule("status.observedGeneration", "observedGeneration", str, int),
)
_LATEST: Table = (
    rule("name"),
    rule("creationTimestamp", "createTime"),
    rule("completionTimestamp", "completionTime"),
    rule("completionStatus"),
)
_JOB_FIELDS: Table = (
    annotated("creator", "creator"),
    annotated("lastModifier", "lastModifier"),
    annotated("client-name", "client"),
    annotated("client-version", "clientVersion"),
    annotated("launch-stage", "launchStage", str, _launch_stage_to_v1),
    annotated("binary-authorization-breakglass", "binaryAuthorization.breakglassJustification"),
    annotated("binary-authorization", "binaryAuthorization.useDefault",
              lambda policy: True if policy == _DEFAULT_POLICY else ABSENT,
              lambda default: _DEFAULT_POLICY if default else ABSENT),
    annotated("binary-authorization", "binaryAuthorization.policy",
              lambda policy: ABSENT if policy == _DEFAULT_POLICY else policy),
)  # fmt: skip


def _only(*, ready: bool) -> Any:
    def pick(conditions: list[Document]) -> Any:
        found = [one for one in conditions_to_v2(conditions) if (one["type"] == "Ready") == ready]
        return (found[0] if ready else found) if found else ABSENT

    return pick


JOB: Table = (
    *_COMMON,
    *metadata(_JOB_FIELDS, _DROPPED),
    *below("spec.template", "template", EXECUTION_TEMPLATE),
    rule("spec.startExecutionToken", "startExecutionToken"),
    rule("spec.runExecutionToken", "runExecutionToken"),
    rule("status.conditions", "terminalCondition", _only(ready=True),
         lambda one: conditions_to_v1([one])),
    rule("status.conditions", "conditions", _only(ready=False), conditions_to_v1),
    rule("status.executionCount", "executionCount"),
    *below("status.latestCreatedExecution", "latestCreatedExecution", _LATEST),
)  # fmt: skip
_OWNED: Table = (
    rule("status.conditions", "conditions", conditions_to_v2, conditions_to_v1),
    rule("status.startTime", "startTime"),
    rule("status.completionTime", "completionTime"),
    rule("status.logUri", "logUri"),
)
_EXECUTION_FIELDS: Table = (
    annotated("creator", "creator"),
    annotated("launch-stage", "launchStage", str, _launch_stage_to_v1),
    *EXECUTION_ANNOTATIONS,
)
EXECUTION: Table = (
    *_COMMON,
    *metadata(_EXECUTION_FIELDS, _DROPPED),
    *EXECUTION_SPEC,
    *_OWNED,
    *(
        rule(f"status.{one}Count", f"{one}Count")
        for one in ("running", "succeeded", "failed", "cancelled", "retried")
    ),
)
TASK_OBJECT: Table = (
    *_COMMON,
    *metadata(TASK_ANNOTATIONS, _DROPPED),
    *below("spec", "", TASK),
    *_OWNED,
    rule("status.index", "index"),
    rule("status.retried", "retried"),
    rule("status.lastAttemptResult", "lastAttemptResult"),
)


def job_from_v1(job: Document) -> Document:
    """The v2 form of a v1 Job that is sent: without its name, and without its status."""
    return to_v2(JOB, {name: job[name] for name in ("metadata", "spec") if name in job})


def overrides_from_v1(overrides: Document) -> Document:
    """The v2 form of v1 Overrides."""
    return to_v2(OVERRIDES, overrides)


def job_to_v1(job: Document, number: str) -> Document:
    """The v1 form of a job of the project with this number."""
    result = _object("Job", "jobs", to_v1(JOB, job), job["name"], number)
    result["metadata"]["labels"][_UPDATED_LABEL] = job["updateTime"]
    return result


def execution_to_v1(execution: Document, number: str) -> Document:
    """The v1 form of an execution."""
    name = execution["name"]
    result = _object("Execution", "executions", to_v1(EXECUTION, execution), name, number)
    uid = execution["labels"][JOB_UID_LABEL]
    result["metadata"]["ownerReferences"] = [_owner("Job", Name.of(name).job, uid)]
    return result


def task_to_v1(task: Document, number: str, execution_uid: str) -> Document:
    """The v1 form of a task of the execution with this uid."""
    name = task["name"]
    result = _object("Task", "tasks", to_v1(TASK_OBJECT, task), name, number)
    owner = _owner("Execution", Name.of(name).execution, execution_uid)
    result["metadata"]["ownerReferences"] = [owner]
    return result


def listed(kind: str, items: list[Document], next_token: str | None = None) -> Document:
    """A v1 list; gcloud fails without its metadata."""
    return {
        "apiVersion": API_VERSION,
        "kind": kind,
        "metadata": {"continue": next_token} if next_token else {},
        "items": items,
    }


def deleted(kind: str, name: str, uid: str) -> Document:
    """The v1 answer to a deletion."""
    details = {"name": last(name), "group": "run.googleapis.com", "kind": kind, "uid": uid}
    return {"apiVersion": "v1", "kind": "Status", "status": "Success", "details": details}


def _object(kind: str, collection: str, content: Document, name: str, number: str) -> Document:
    short = last(name)
    meta = content.pop("metadata")
    path = f"/apis/{API_VERSION}/namespaces/{number}/{collection}/{short}"
    meta |= {"name": short, "namespace": number, "selfLink": path}
    meta.setdefault("labels", {})[LOCATION_LABEL] = Name.of(name).region
    return {"apiVersion": API_VERSION, "kind": kind, "metadata": meta} | content


def _owner(kind: str, name: str, uid: str) -> Document:
    return {
        "apiVersion": API_VERSION,
        "kind": kind,
        "name": name,
        "uid": uid,
        "controller": True,
        "blockOwnerDeletion": True,
    }
