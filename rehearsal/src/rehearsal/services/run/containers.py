"""What a container of a job may say: image, variables, name, limits.

https://cloud.google.com/run/docs/container-contract, https://cloud.google.com/run/docs/configuring/jobs/environment-variables
"""

import re
from collections import Counter
from collections.abc import Iterator

from rehearsal.documents import Document
from rehearsal.services.run import images
from rehearsal.services.run.faults import Fault, at
from rehearsal.services.run.limits import limit_faults

RESERVED = frozenset(
    {
        "CLOUD_RUN_JOB",
        "CLOUD_RUN_EXECUTION",
        "CLOUD_RUN_TASK_INDEX",
        "CLOUD_RUN_TASK_ATTEMPT",
        "CLOUD_RUN_TASK_COUNT",
    }
)
"""The variables that Cloud Run itself sets for a task."""
_MOST_VARIABLES = 1000
_LONGEST_VALUE = 32 * 1024
REFERENCE_FAULT = "The secret must be named as SECRET or projects/PROJECT/secrets/SECRET."
_VARIABLE = re.compile(r"[^=\x00\s]+")
_DNS_LABEL = re.compile(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?")
REFERENCE = re.compile(r"(projects/[^/]+/secrets/)?[A-Za-z0-9_-]{1,255}")


def container_faults(container: Document) -> Iterator[Fault]:
    """What is wrong with a container whose defaults are filled in."""
    yield from _image_faults(container.get("image", ""))
    name = container.get("name")
    if name and not _DNS_LABEL.fullmatch(name):
        yield "name", f"'{name}' must be a DNS label (RFC 1123): lower case, digits, hyphens."
    if not container.get("workingDir", "/").startswith("/"):
        yield "workingDir", "The working directory must be an absolute path."
    yield from limit_faults(container["resources"]["limits"])
    yield from variable_faults(container.get("env", []))


def variable_faults(variables: list[Document]) -> Iterator[Fault]:
    """What is wrong with environment variables."""
    names = [one.get("name", "") for one in variables]
    reserved = sorted(RESERVED.intersection(names))
    if reserved:
        yield (
            "env",
            f"The following reserved env names were provided: {', '.join(reserved)}. These"
            " values are automatically set by the system.",
        )
    if len(variables) > _MOST_VARIABLES:
        yield "env", f"At most {_MOST_VARIABLES} environment variables may be set."
    for name, count in Counter(names).items():
        if count > 1 and name:
            yield "env", f"Duplicate environment variable '{name}'."
    for index, variable in enumerate(variables):
        yield from at(f"env[{index}]", _variable_faults(variable))


def _variable_faults(variable: Document) -> Iterator[Fault]:
    name = variable.get("name", "")
    if not _VARIABLE.fullmatch(name):
        yield (
            "name",
            f"Invalid environment variable name '{name}': it must not be empty or have '='.",
        )
    if variable.get("value") and "valueSource" in variable:
        yield "", "Only one of value and value source may be set."
    if len(variable.get("value", "").encode()) > _LONGEST_VALUE:
        yield "value", f"The value is longer than {_LONGEST_VALUE} bytes."
    if "valueSource" in variable:
        reference = variable["valueSource"].get("secretKeyRef", {})
        if not REFERENCE.fullmatch(reference.get("secret", "")):
            yield "valueSource.secretKeyRef.secret", REFERENCE_FAULT


def _image_faults(reference: str) -> Iterator[Fault]:
    if not reference:
        yield "image", "The image must be given."
    elif images.parse(reference) is None:
        yield "image", images.refusal(reference)
