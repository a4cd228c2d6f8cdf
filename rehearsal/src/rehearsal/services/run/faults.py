"""What is wrong with a job, gathered with the places, and said as Cloud Run says it.

All rules look at the v2 form; a place is named as in the version that the caller speaks.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from rehearsal.errors import ApiError, invalid_argument

type Fault = tuple[str, str]
"""(place, what is wrong there); the place starts in the execution's or in the task's template."""


@dataclass(frozen=True)
class Places:
    """What the places of one API version start with."""

    execution: str
    task: str


V1 = Places("spec.template.spec", "spec.template.spec.template.spec")
V2 = Places("template", "template.template")


def at(prefix: str, faults: Iterator[Fault]) -> Iterator[Fault]:
    """The faults of what lies at ``prefix``."""
    return ((f"{prefix}.{place}" if place else prefix, text) for place, text in faults)


def refuse_if_any(faults: Iterator[Fault]) -> None:
    """Raises all faults as one answer.

    Raises:
        ApiError: 400, each fault a field violation.
    """
    found = list(faults)
    if found:
        raise _refusal(found)


def _refusal(faults: list[Fault]) -> ApiError:
    text = "\n".join(f"{place}: {what}" if place else what for place, what in faults)
    return invalid_argument(text, *faults)
