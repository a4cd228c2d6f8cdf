"""What a container of a task is given: variables, secrets' values, limits.

https://cloud.google.com/run/docs/container-contract#jobs-env-vars
"""

from rehearsal.clock import rfc3339
from rehearsal.cloud import Cloud
from rehearsal.documents import Document
from rehearsal.execution.task import Task
from rehearsal.services.run import readiness
from rehearsal.services.run.names import Name, last
from rehearsal.services.run.quantities import cpu, duration_seconds, memory_bytes

NOW = "rehearsal:now"
"""A variable with this value is given the rehearsal's moment in its stead, in RFC 3339."""


def task_of(cloud: Cloud, execution: Document, index: int, attempt: int) -> Task:
    """An attempt of a task, everything decided.

    Raises:
        ApiError: a secret is not there or not to be read by the job's account.
    """
    at, template = Name.of(execution["name"]), execution["template"]
    container = template["containers"][0]
    limits = container["resources"]["limits"]
    return Task(
        name=f"{at.execution}-task{index}-attempt{attempt}",
        image=container["image"],
        command=tuple(container.get("command", [])),
        arguments=tuple(container.get("args", [])),
        environment=_environment(cloud, execution, container, index, attempt),
        cpu=cpu(limits["cpu"]) or 1.0,
        memory_bytes=memory_bytes(limits["memory"]) or 0,
        timeout_seconds=duration_seconds(template["timeout"]) or 0.0,
        service_account=template["serviceAccount"],
        project=at.project,
        project_number=cloud.projects.number_of(at.project),
        region=at.region,
    )


def _environment(
    cloud: Cloud, execution: Document, container: Document, index: int, attempt: int
) -> dict[str, str]:
    given = {one["name"]: _value(cloud, execution, one) for one in container.get("env", [])}
    return given | {
        "CLOUD_RUN_JOB": execution["job"],
        "CLOUD_RUN_EXECUTION": last(execution["name"]),
        "CLOUD_RUN_TASK_INDEX": str(index),
        "CLOUD_RUN_TASK_ATTEMPT": str(attempt),
        "CLOUD_RUN_TASK_COUNT": str(execution["taskCount"]),
    }


def _value(cloud: Cloud, execution: Document, variable: Document) -> str:
    if "valueSource" in variable:
        one = readiness.referred(Name.of(execution["name"]).project, variable)
        return readiness.secret_value(cloud, one, execution["template"]["serviceAccount"])
    value = str(variable.get("value", ""))
    return rfc3339(cloud.clock.now()) if value == NOW else value
