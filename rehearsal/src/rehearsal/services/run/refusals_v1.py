"""What v1's schema takes from Kubernetes and Cloud Run does not support.

Dropping it in silence would leave a container without what its author counts on.
https://cloud.google.com/run/docs/reference/rest/v1/Container
"""

from collections.abc import Iterator
from typing import Any

from rehearsal.documents import Document
from rehearsal.services.run.conversion.specification import GCS_DRIVER
from rehearsal.services.run.faults import Fault, at

_TASK = ("spec", "template", "spec", "template", "spec")
_TEXT = "Must not be set: not supported by Cloud Run."
_CONTAINER_FIELDS = ("envFrom", "securityContext")
_VOLUME_KINDS = ("secret", "emptyDir", "csi", "nfs", "filestore")


def unsupported_faults(job: Document) -> Iterator[Fault]:
    """The fields of a v1 Job that Cloud Run does not support."""
    task: Any = job
    for name in _TASK:
        task = task.get(name, {})
    return at(".".join(_TASK), _task_faults(task))


def _task_faults(task: Document) -> Iterator[Fault]:
    for index, container in enumerate(task.get("containers", [])):
        yield from at(f"containers[{index}]", _container_faults(container))
    for index, volume in enumerate(task.get("volumes", [])):
        if not any(kind in volume for kind in _VOLUME_KINDS):
            yield f"volumes[{index}]", f"Must be one of {', '.join(_VOLUME_KINDS)}."
        if volume.get("csi", {}).get("driver", GCS_DRIVER) != GCS_DRIVER:
            yield f"volumes[{index}].csi.driver", f"Must be {GCS_DRIVER}."


def _container_faults(container: Document) -> Iterator[Fault]:
    for field in _CONTAINER_FIELDS:
        if container.get(field):
            yield field, _TEXT
    for index, variable in enumerate(container.get("env", [])):
        if "configMapKeyRef" in variable.get("valueFrom", {}):
            yield f"env[{index}].valueFrom.configMapKeyRef", _TEXT
