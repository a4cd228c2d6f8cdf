"""Which jobs Cloud Run takes.

https://cloud.google.com/run/docs/reference/rest/v2/projects.locations.jobs,
https://cloud.google.com/run/docs/create-jobs, https://cloud.google.com/run/quotas
"""

import re
from collections import Counter
from collections.abc import Iterator

from rehearsal.documents import Document
from rehearsal.errors import invalid_argument, not_here, permission_denied
from rehearsal.services.run.containers import REFERENCE, REFERENCE_FAULT, container_faults
from rehearsal.services.run.faults import Fault, Places, at
from rehearsal.services.run.quantities import duration_seconds

_JOB_ID = re.compile(r"[a-z]([-a-z0-9]{0,47}[a-z0-9])?")
_LONGEST_TIMEOUT_SECONDS = 168 * 3600
_MOST_RETRIES = 10
_MOST_TASKS = 10_000
_MOST_LABELS = 64
_LAUNCH_STAGES = ("ALPHA", "BETA", "GA")
_LABEL_VALUE = re.compile(r"[-_a-z0-9]{0,63}")
_LABEL_KEY = re.compile(r"([a-z0-9][-a-z0-9.]*/)?[a-z0-9A-Z]([-_.a-zA-Z0-9]{0,61}[a-zA-Z0-9])?")
_SYSTEM_NAMESPACE = re.compile(
    r"([^/]*\.)?(run\.googleapis\.com|cloud\.googleapis\.com|serving\.knative\.dev"
    r"|autoscaling\.knative\.dev)/.*"
)
_REGION = re.compile(r"[a-z]+-[a-z]+\d+")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+")


def require_job_id(job_id: str) -> None:
    """Refuses what can't be a job's name.

    Raises:
        ApiError: 400.
    """
    if not _JOB_ID.fullmatch(job_id):
        text = (
            f"Invalid resource name '{job_id}': only lowercase letters, digits and hyphens are"
            " allowed; it must begin with a letter, must not end with a hyphen, and must be"
            " shorter than 50 characters."
        )
        raise invalid_argument(f"metadata.name: {text}", ("metadata.name", text))


def require_region(region: str) -> None:
    """Refuses what is no region.

    Raises:
        ApiError: 403, as Google answers.
    """
    if not _REGION.fullmatch(region):
        raise permission_denied(f"Permission denied on 'locations/{region}' (or it may not exist).")


def require_supported(job: Document) -> None:
    """Refuses what Google has and the rehearsal has not, before it is believed to work.

    Raises:
        ApiError: 404, UNIMPLEMENTED.
    """
    for field in ("startExecutionToken", "runExecutionToken"):
        if job.get(field):
            raise not_here(f"{field} is not here: make the job, then run it.")
    if job["template"].get("delayExecution"):
        raise not_here("delayExecution is not here.")


def job_faults(job: Document, places: Places) -> Iterator[Fault]:
    """What is wrong with a job whose defaults are filled in."""
    yield from _label_faults("labels", job.get("labels", {}))
    authorization = job.get("binaryAuthorization", {})
    if authorization.get("useDefault") and authorization.get("policy"):
        yield "binaryAuthorization", "Only one of useDefault and policy may be set."
    if job["launchStage"] not in _LAUNCH_STAGES:
        yield (
            "launchStage",
            f"Must be one of {', '.join(_LAUNCH_STAGES)}, but is {job['launchStage']}.",
        )
    yield from template_faults(job["template"], places)


def system_faults(job: Document) -> Iterator[Fault]:
    """Labels and annotations that v2 refuses on new jobs: it has fields for what they say."""
    for place, holder in (("", job), ("template.", job.get("template", {}))):
        for kind in ("labels", "annotations"):
            for key in holder.get(kind, {}):
                if _SYSTEM_NAMESPACE.fullmatch(key):
                    yield (
                        f"{place}{kind}",
                        f"The key '{key}' is in a namespace that is reserved for the system;"
                        " v2 has a field for what it says.",
                    )


def template_faults(template: Document, places: Places) -> Iterator[Fault]:
    """What is wrong with an execution's template whose defaults are filled in."""
    yield from at(places.execution, _count_faults(template))
    yield from _label_faults(f"{places.execution}.labels", template.get("labels", {}))
    yield from at(places.task, _task_faults(template["template"]))


def _count_faults(template: Document) -> Iterator[Fault]:
    tasks, parallelism = template["taskCount"], template.get("parallelism", 0)
    if not 1 <= tasks <= _MOST_TASKS:
        yield "taskCount", f"Must be between 1 and {_MOST_TASKS}, but is {tasks}."
    if parallelism < 0:
        yield "parallelism", f"Must not be negative, but is {parallelism}."
    elif parallelism > tasks:
        yield "parallelism", f"Must be at most the task count ({tasks}), but is {parallelism}."


def _task_faults(task: Document) -> Iterator[Fault]:
    seconds = duration_seconds(task["timeout"])
    if seconds is None or not 1 <= seconds <= _LONGEST_TIMEOUT_SECONDS:
        yield (
            "timeout",
            f"Must be between 1s and {_LONGEST_TIMEOUT_SECONDS}s, but is {task['timeout']}.",
        )
    if not 0 <= task["maxRetries"] <= _MOST_RETRIES:
        yield "maxRetries", f"Must be between 0 and {_MOST_RETRIES}, but is {task['maxRetries']}."
    if not _EMAIL.fullmatch(task["serviceAccount"]):
        yield "serviceAccount", f"'{task['serviceAccount']}' is no e-mail address."
    if task["executionEnvironment"] == "EXECUTION_ENVIRONMENT_GEN1":
        yield "executionEnvironment", "Jobs only support the gen2 execution environment."
    if not task.get("containers"):
        yield "containers", "At least one container must be given."
    for index, container in enumerate(task.get("containers", [])):
        yield from at(f"containers[{index}]", container_faults(container))
    yield from _volume_faults(task)


def _volume_faults(task: Document) -> Iterator[Fault]:
    names = [volume.get("name", "") for volume in task.get("volumes", [])]
    for name, count in Counter(names).items():
        if count > 1:
            yield "volumes", f"Duplicate volume name '{name}'."
    for index, volume in enumerate(task.get("volumes", [])):
        if "secret" in volume and not REFERENCE.fullmatch(volume["secret"].get("secret", "")):
            yield f"volumes[{index}].secret.secret", REFERENCE_FAULT
    for index, container in enumerate(task.get("containers", [])):
        for mount in container.get("volumeMounts", []):
            if mount.get("name") not in names:
                yield (
                    f"containers[{index}].volumeMounts",
                    f"There is no volume named '{mount.get('name', '')}'.",
                )


def _label_faults(place: str, labels: Document) -> Iterator[Fault]:
    if len(labels) > _MOST_LABELS:
        yield place, f"At most {_MOST_LABELS} labels may be set."
    for key, value in labels.items():
        if not _LABEL_KEY.fullmatch(key):
            yield place, f"'{key}' is no valid key of a label."
        if not _LABEL_VALUE.fullmatch(value):
            yield (
                place,
                f"The value '{value}' of the label '{key}' may only have lowercase letters,"
                " digits, underscores and hyphens, at most 63.",
            )
