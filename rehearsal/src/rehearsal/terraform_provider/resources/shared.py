"""What the tables of several resources have in common."""

import re
from typing import Any

from rehearsal.terraform_provider.schema import (
    HERE,
    STRING_MAP,
    Attribute,
    optional,
    output,
)

ID = optional(computed=True, rest=HERE)
PROJECT = optional(computed=True, rest=HERE, replaces=True)
DELETION_POLICY = optional(computed=True, rest=HERE, allowed=("DELETE", "ABANDON", "PREVENT"))

LABELS: dict[str, Attribute] = {
    "labels": optional(STRING_MAP, rest=HERE),
    "terraform_labels": output(STRING_MAP, rest=HERE),
    "effective_labels": output(STRING_MAP, rest="labels", sends=True),
}
ANNOTATIONS: dict[str, Attribute] = {
    "annotations": optional(STRING_MAP, rest=HERE),
    "effective_annotations": output(STRING_MAP, rest="annotations", sends=True),
}
"""Of all that a resource has, only what is configured here is changed."""

COMMON: dict[str, Attribute] = {
    "id": ID,
    "project": PROJECT,
    "deletion_policy": DELETION_POLICY,
}

_DURATION = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m|h|d)")
_SECONDS = {"ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86400}


def same_duration(one: Any, other: Any) -> bool:
    """Whether two durations are as long as each other: ``30d`` and ``2592000s``."""
    seconds = _seconds(one)
    return seconds is not None and seconds == _seconds(other)


def _seconds(text: Any) -> float | None:
    parts = _DURATION.findall(text) if isinstance(text, str) else []
    if not parts or "".join(map("".join, parts)) != text:
        return None
    return sum(float(amount) * _SECONDS[unit] for amount, unit in parts)


def same_but_for_case(one: Any, other: Any) -> bool:
    """Whether two texts differ in upper and lower case only."""
    return isinstance(one, str) and isinstance(other, str) and one.lower() == other.lower()


def same_name(one: Any, other: Any) -> bool:
    """Whether a name and a full name are of the same thing."""
    if not (isinstance(one, str) and isinstance(other, str)):
        return False
    return one.rpartition("/")[2] == other.rpartition("/")[2]


def last_part(name: str) -> str:
    """What comes after the last slash."""
    return name.rpartition("/")[2]
