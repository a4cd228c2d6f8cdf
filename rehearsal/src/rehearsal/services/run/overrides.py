"""What the caller of :run changes of the job, for one execution only.

https://cloud.google.com/run/docs/execute/jobs#override-job-configuration
"""

from collections.abc import Iterator
from copy import deepcopy

from rehearsal.documents import Document
from rehearsal.errors import invalid_argument, not_here


def overridden(template: Document, overrides: Document) -> Document:
    """The execution's template with the overrides, in their v2 form.

    Raises:
        ApiError: 400: they name a container that is not there; 404: delayExecution.
    """
    if overrides.get("delayExecution"):
        raise not_here("delayExecution is not here.")
    result = deepcopy(template)
    if "taskCount" in overrides:
        result["taskCount"] = overrides["taskCount"]
        # Fewer tasks than the job would run at once are no fault of the caller's.
        if result.get("parallelism", 0) > overrides["taskCount"] >= 1:
            result["parallelism"] = overrides["taskCount"]
    if "timeout" in overrides:
        result["template"]["timeout"] = overrides["timeout"]
    for override in overrides.get("containerOverrides", []):
        _override_container(result["template"]["containers"], override)
    return result


def _override_container(containers: list[Document], override: Document) -> None:
    name = override.get("name")
    named = [one for one in containers if one.get("name") == name] if name else containers
    if len(named) != 1:
        raise invalid_argument(
            f"overrides.containerOverrides: there is no container named '{name}'."
            if name
            else "overrides.containerOverrides: the name of the container must be given."
        )
    container = named[0]
    if override.get("args"):
        container["args"] = override["args"]
    elif override.get("clearArgs"):
        container.pop("args", None)
    if override.get("env"):
        container["env"] = list(_merged(container.get("env", []), override["env"]))


def _merged(variables: list[Document], changes: list[Document]) -> Iterator[Document]:
    """Variables with those of the same names replaced, and new ones added."""
    changed = {one.get("name"): one for one in changes}
    for variable in variables:
        yield changed.pop(variable["name"], variable)
    yield from changed.values()
