"""Conditions of jobs, executions and tasks in their v2 form.

https://cloud.google.com/run/docs/reference/rest/v2/Condition; messages as Cloud Run gives them.
"""

from rehearsal.documents import Document
from rehearsal.services.run.conversion.conditions import reason_field

SUCCEEDED = "CONDITION_SUCCEEDED"
FAILED = "CONDITION_FAILED"
RECONCILING = "CONDITION_RECONCILING"


def condition(kind: str, state: str, moment: str, message: str = "", reason: str = "") -> Document:
    """A condition; ``moment`` in RFC 3339, ``reason`` in SNAKE_CASE."""
    result: Document = {"type": kind, "state": state, "lastTransitionTime": moment}
    if message:
        result["message"] = message
    if reason:
        result[reason_field(reason)] = reason
    return result


def set_condition(document: Document, changed: Document) -> None:
    """Puts a condition in place of the one of its type."""
    conditions: list[Document] = document.setdefault("conditions", [])
    for index, one in enumerate(conditions):
        if one["type"] == changed["type"]:
            conditions[index] = changed
            return
    conditions.append(changed)


def of_type(document: Document, kind: str) -> Document | None:
    """The condition of a type, if there is one."""
    found = (one for one in document.get("conditions", []) if one["type"] == kind)
    return next(found, None)
