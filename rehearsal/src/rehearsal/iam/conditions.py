"""Conditions of bindings: CEL over the resource's name and type, and the time of the request.

https://cloud.google.com/iam/docs/conditions-attribute-reference
"""

import re
from datetime import datetime
from functools import cache
from typing import Any

import celpy
from celpy.adapter import json_to_cel
from celpy.celparser import CELParseError
from celpy.celtypes import TimestampType
from celpy.evaluation import CELEvalError

from rehearsal.clock import rfc3339
from rehearsal.documents import Document
from rehearsal.errors import invalid_argument

_TYPES = (
    ("cloudresourcemanager.googleapis.com", "projects/[^/]+", "Project"),
    ("secretmanager.googleapis.com", "projects/[^/]+/secrets/[^/]+", "Secret"),
    ("secretmanager.googleapis.com", "projects/[^/]+/secrets/[^/]+/versions/.+", "SecretVersion"),
    ("storage.googleapis.com", "projects/_/buckets/[^/]+", "Bucket"),
    ("storage.googleapis.com", "projects/_/buckets/[^/]+/objects/.+", "Object"),
    ("bigquery.googleapis.com", "projects/[^/]+/datasets/[^/]+", "Dataset"),
    ("bigquery.googleapis.com", "projects/[^/]+/datasets/[^/]+/tables/.+", "Table"),
)
"""(service, names, last part of the type): https://cloud.google.com/iam/docs/conditions-resource-attributes

Other resources have no type here, and a condition that asks for it does not hold for them.
"""


def check(condition: Document) -> None:
    """Refuses a condition that can't be read.

    Raises:
        ApiError: 400.
    """
    try:
        _tree(condition.get("expression", ""))
    except CELParseError as error:
        raise invalid_argument(
            f"The condition's expression is invalid: {error.args[0].splitlines()[0]}"
        ) from error


def holds(condition: Document | None, resource: str, now: datetime) -> bool:
    """Whether a condition holds; one that has no value for this resource does not.

    ``resource``: its full name as conditions see it.
    """
    if not condition:
        return True
    service, name = resource[2:].split("/", 1)
    program = celpy.Environment().program(_tree(condition.get("expression", "")))
    try:
        return bool(
            program.evaluate(
                {
                    "resource": json_to_cel(_attributes(service, name)),
                    "request": celpy.celtypes.MapType(
                        {celpy.celtypes.StringType("time"): TimestampType(rfc3339(now))}
                    ),
                }
            )
        )
    except CELEvalError:
        return False


def _attributes(service: str, name: str) -> dict[str, str]:
    attributes = {"service": service, "name": name}
    for host, names, last in _TYPES:
        if host == service and re.fullmatch(names, name):
            attributes["type"] = f"{host}/{last}"
    return attributes


@cache
def _tree(expression: str) -> Any:
    return celpy.Environment().compile(expression)
