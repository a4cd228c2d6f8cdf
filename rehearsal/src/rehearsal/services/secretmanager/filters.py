"""Filters of lists: ``name:dog AND labels.env=prod``, ``state:ENABLED``.

https://cloud.google.com/secret-manager/docs/filtering: terms joined by AND or OR (which binds
tighter, as in all of Google's filters), negated by NOT or ``-``; parentheses are not here.
"""

import re
from collections.abc import Sequence
from typing import Any

from rehearsal.discovery.validation import camel_case
from rehearsal.documents import Document
from rehearsal.errors import invalid_argument

_TERM = re.compile(
    r"""(?P<not>NOT\s+|-)?(?:(?P<field>[A-Za-z_][\w.-]*)\s*(?P<operator>!=|[=:])\s*)?"""
    r"""(?:"(?P<quoted>[^"]*)"|(?P<bare>[^\s()"=:!<>]+))"""
)
_OPERATOR = re.compile(r"\s*(?:(AND|OR)\s+)?")


def matching(documents: Sequence[Document], expression: str | None) -> list[Document]:
    """The documents that the expression lets through; all, without one.

    Raises:
        ApiError: 400: it can't be read.
    """
    if not expression or not expression.strip():
        return list(documents)
    groups = _read(expression.strip())
    return [
        document
        for document in documents
        if all(any(_holds(term, document) for term in group) for group in groups)
    ]


def _read(expression: str) -> list[list[re.Match[str]]]:
    """Groups, of each of which one term must hold."""
    groups: list[list[re.Match[str]]] = []
    position, joined = 0, "AND"
    while position < len(expression):
        term = _TERM.match(expression, position)
        if term is None:
            raise invalid_argument(
                f"Invalid filter, at character {position}: {expression!r}.",
                ("filter", "It is not understood."),
            )
        if joined == "OR" and groups:
            groups[-1].append(term)
        else:
            groups.append([term])
        between = _OPERATOR.match(expression, term.end())
        joined = (between and between[1]) or "AND"
        position = between.end() if between else term.end()
    return groups


def _holds(term: re.Match[str], document: Document) -> bool:
    wanted = term["quoted"] if term["quoted"] is not None else term["bare"]
    value = _value(document, term["field"] or "name")
    if (term["operator"] or ":") == ":":
        result = _has(value, wanted)
    else:
        same = value is not None and str(value).lower() == wanted.lower()
        result = same if term["operator"] == "=" else not same
    return result != bool(term["not"])


def _has(value: Any, wanted: str) -> bool:
    """``:``: the value is there (``*``), or has the text or the key in it."""
    if value is None or wanted == "*":
        return value is not None
    if isinstance(value, dict):
        return wanted in value
    return wanted.lower().strip("*") in str(value).lower()


def _value(document: Document, path: str) -> Any:
    value: Any = document
    for part in path.split("."):
        if not isinstance(value, dict):
            return None
        value = value.get(part, value.get(camel_case(part)))
    return value
