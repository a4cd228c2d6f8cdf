"""What is the same in both versions of a job's specification: containers, volumes, templates.

https://cloud.google.com/run/docs/reference/rest/v1/namespaces.jobs,
https://cloud.google.com/run/docs/reference/rest/v2/projects.locations.jobs
"""

import json
from typing import Any

from rehearsal.documents import Document
from rehearsal.errors import invalid_argument
from rehearsal.services.run.conversion.rules import (
    ABSENT,
    Rule,
    Table,
    below,
    each,
    nested,
    remaining,
    rule,
    to_v1,
    to_v2,
    words,
)
from rehearsal.services.run.quantities import duration, duration_seconds

GCS_DRIVER = "gcsfuse.run.googleapis.com"
_ACCELERATOR = "run.googleapis.com/accelerator"


def annotation_key(name: str) -> str:
    """The key of one of Cloud Run's own annotations."""
    return f"run.googleapis.com/{name}"


def annotated(name: str, v2: str, *turn: Any) -> Rule:
    """A rule for what v1 keeps in an annotation and v2 in a field."""
    return rule(("metadata", "annotations", annotation_key(name)), v2, *turn)


ENVIRONMENT: Table = (
    rule("name"),
    rule("value"),
    rule("valueFrom.secretKeyRef.name", "valueSource.secretKeyRef.secret"),
    rule("valueFrom.secretKeyRef.key", "valueSource.secretKeyRef.version"),
)
_CONTAINER: Table = (
    rule("name"),
    rule("image"),
    rule("command"),
    rule("args"),
    each("env", "env", ENVIRONMENT),
    rule("resources.limits"),
    rule("volumeMounts"),
    rule("workingDir"),
    rule("ports"),
    rule("startupProbe"),
    rule("livenessProbe"),
    rule("readinessProbe"),
    rule("sandboxLauncher"),
)
_SECRET_ITEM: Table = (rule("key", "version"), rule("path"), rule("mode"))
_SECRET_VOLUME: Table = (
    rule("secretName", "secret"),
    rule("defaultMode"),
    each("items", "items", _SECRET_ITEM),
)
_MEDIUM = words({"Memory": "MEMORY", "Disk": "DISK"})
_EMPTY_DIRECTORY: Table = (rule("medium", "medium", *_MEDIUM), rule("sizeLimit"))
_BUCKET: Table = (
    rule("volumeAttributes.bucketName", "bucket"),
    rule("volumeAttributes.mountOptions", "mountOptions",
         lambda text: text.split(","), ",".join),
    rule("readOnly"),
)  # fmt: skip


def _bucket_to_v2(volume: Document) -> Any:
    return to_v2(_BUCKET, volume) if volume.get("driver") == GCS_DRIVER else ABSENT


def _bucket_to_v1(volume: Document) -> Document:
    return {"driver": GCS_DRIVER} | to_v1(_BUCKET, volume)


_VOLUME: Table = (
    rule("name"),
    nested("secret", "secret", _SECRET_VOLUME),
    nested("emptyDir", "emptyDir", _EMPTY_DIRECTORY),
    rule("csi", "gcs", _bucket_to_v2, _bucket_to_v1),
    rule("nfs"),
    rule("filestore"),
)


def _seconds_to_duration(seconds: Any) -> str:
    return duration(int(seconds))


def _duration_to_seconds(text: str) -> str:
    return str(int(duration_seconds(text) or 0))


TASK: Table = (
    each("containers", "containers", _CONTAINER),
    each("volumes", "volumes", _VOLUME),
    rule("maxRetries"),
    rule("serviceAccountName", "serviceAccount"),
    rule("timeoutSeconds", "timeout", _seconds_to_duration, _duration_to_seconds),
    rule(("nodeSelector", _ACCELERATOR), "nodeSelector.accelerator"),
    rule("sandboxes"),
)
"""A v1 TaskSpec and a v2 TaskTemplate."""

_ENVIRONMENTS = words({"gen1": "EXECUTION_ENVIRONMENT_GEN1", "gen2": "EXECUTION_ENVIRONMENT_GEN2"})
_EGRESS = words(
    {
        "all": "ALL_TRAFFIC",
        "all-traffic": "ALL_TRAFFIC",
        "private-ranges-only": "PRIVATE_RANGES_ONLY",
    }
)
_FLAG = words({"true": True, "false": False})


def _interfaces_to_v2(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError as error:
        raise invalid_argument(
            f"{annotation_key('network-interfaces')}: {text!r} is no JSON: {error}"
        ) from error


TASK_ANNOTATIONS: Table = (
    annotated("execution-environment", "executionEnvironment", *_ENVIRONMENTS),
    annotated("vpc-access-connector", "vpcAccess.connector"),
    annotated("vpc-access-egress", "vpcAccess.egress", *_EGRESS),
    annotated("network-interfaces", "vpcAccess.networkInterfaces", _interfaces_to_v2, json.dumps),
    annotated("encryption-key", "encryptionKey"),
    annotated("gpu-zonal-redundancy-disabled", "gpuZonalRedundancyDisabled", *_FLAG),
)
"""What a v2 TaskTemplate has as fields and v1 as annotations of what has the template."""

_CLIENT: Table = (
    annotated("client-name", "client"),
    annotated("client-version", "clientVersion"),
)


def taken(table: Table) -> frozenset[str]:
    """The annotations that a table's rules take."""
    place = ("metadata", "annotations")
    return frozenset(one.v1[2] for one in table if one.v1[:2] == place and len(one.v1) > len(place))


def metadata(table: Table, dropped: frozenset[str] = frozenset()) -> Table:
    """Labels and annotations, as far as no rule of ``table`` takes them; then ``table``."""
    return (
        remaining("metadata.labels", "labels", dropped),
        remaining("metadata.annotations", "annotations", taken(table) | dropped),
        *table,
    )


EXECUTION_SPEC: Table = (
    rule("spec.taskCount", "taskCount"),
    rule("spec.parallelism", "parallelism"),
    *below("spec.template.spec", "template", TASK),
)
EXECUTION_ANNOTATIONS: Table = (*_CLIENT, *below("", "template", TASK_ANNOTATIONS))
EXECUTION_TEMPLATE: Table = (
    *metadata(EXECUTION_ANNOTATIONS),
    rule("spec.delayExecution", "delayExecution"),
    *EXECUTION_SPEC,
)
"""A v1 ExecutionTemplateSpec and a v2 ExecutionTemplate."""

_CONTAINER_OVERRIDE: Table = (
    rule("name"),
    rule("args"),
    rule("clearArgs"),
    each("env", "env", ENVIRONMENT),
)
OVERRIDES: Table = (
    each("containerOverrides", "containerOverrides", _CONTAINER_OVERRIDE),
    rule("taskCount"),
    rule("timeoutSeconds", "timeout", _seconds_to_duration, _duration_to_seconds),
    rule("delayExecution"),
)
"""What the request to run a job changes for one execution."""
