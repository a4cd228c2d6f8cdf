"""Conditions in both versions: True, False, Unknown and CamelCase; states and SNAKE_CASE.

https://cloud.google.com/run/docs/reference/rest/v2/Condition
"""

import re
from typing import Any

from rehearsal.discovery.description import description
from rehearsal.documents import Document
from rehearsal.services.run.conversion.rules import Table, rule, to_v1, to_v2, words

_SCHEMA = description("run", "v2").schemas["GoogleCloudRunV2Condition"]["properties"]
_EXECUTION_REASONS = frozenset(_SCHEMA["executionReason"]["enum"])
_STATES = words(
    {
        "True": "CONDITION_SUCCEEDED",
        "False": "CONDITION_FAILED",
        "Unknown": "CONDITION_RECONCILING",
    }
)
_SEVERITIES = words({"Error": "ERROR", "Warning": "WARNING", "Info": "INFO"})
_CAPITAL = re.compile(r"(?<!^)(?=[A-Z])")


def reason_field(reason: str) -> str:
    """The field of a v2 condition that takes this reason."""
    return "executionReason" if reason in _EXECUTION_REASONS else "reason"


def _state_to_v1(state: str) -> str:
    return str(_STATES[1](state)) if not state.endswith("_PENDING") else "Unknown"


_CONDITION: Table = (
    rule("type"),
    rule("status", "state", _STATES[0], _state_to_v1),
    rule("message"),
    rule("lastTransitionTime"),
    rule("severity", "severity", *_SEVERITIES),
)


def conditions_to_v2(conditions: list[Document]) -> list[Document]:
    """The v2 form of v1 conditions."""
    return [_condition_to_v2(one) for one in conditions]


def conditions_to_v1(conditions: list[Document]) -> list[Document]:
    """The v1 form of v2 conditions."""
    return [_condition_to_v1(one) for one in conditions]


def _condition_to_v2(condition: Document) -> Document:
    result = to_v2(_CONDITION, condition)
    if "reason" in condition:
        reason = _CAPITAL.sub("_", condition["reason"]).upper()
        result[reason_field(reason)] = reason
    return result


def _condition_to_v1(condition: Document) -> Document:
    result = to_v1(_CONDITION, condition)
    reason: Any = condition.get("executionReason") or condition.get("reason")
    if reason:
        result["reason"] = "".join(word.capitalize() for word in str(reason).split("_"))
    return result
