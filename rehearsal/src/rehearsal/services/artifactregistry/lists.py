"""``filter`` and ``orderBy`` of Artifact Registry's lists.

https://cloud.google.com/artifact-registry/docs/reference/rest/v1/projects.locations.repositories.packages.tags/list
"""

import re
from collections.abc import Sequence
from fnmatch import fnmatchcase
from typing import Any

from rehearsal.api.call import Call
from rehearsal.discovery.validation import camel_case
from rehearsal.documents import Document
from rehearsal.errors import invalid_argument

_TERM = re.compile(r'\s*(?P<field>[A-Za-z_.]+)\s*=\s*"(?P<pattern>[^"]*)"\s*')
_LITERAL = re.compile(r"[\[?]")


def filtered(call: Call, documents: Sequence[Document]) -> list[Document]:
    """Those that ``filter`` lets through: ``field="text with * for any text"``, with AND.

    Raises:
        ApiError: 400: it can't be read.
    """
    expression = call.parameter("filter")
    if not expression:
        return list(documents)
    terms = [_TERM.fullmatch(part) for part in re.split(r"\sAND\s", expression)]
    if not all(terms):
        raise invalid_argument(
            f"Invalid filter {expression!r}.", ("filter", 'It must be field="value".')
        )
    return [one for one in documents if all(_fits(term, one) for term in terms if term)]


def ordered(call: Call, documents: Sequence[Document]) -> list[Document]:
    """In the order of ``orderBy``, ``field`` or ``field desc``; as they are, without one."""
    order = call.parameter("orderBy")
    result = list(documents)
    for part in reversed(order.split(",") if order else []):
        field, _, direction = part.strip().partition(" ")
        result.sort(
            key=lambda one: str(_value(one, field) or ""),
            reverse=direction.strip().lower() == "desc",
        )
    return result


def _fits(term: re.Match[str], document: Document) -> bool:
    pattern = _LITERAL.sub(lambda found: f"[{found[0]}]", term["pattern"].lower())
    return fnmatchcase(str(_value(document, term["field"]) or "").lower(), pattern)


def _value(document: Document, path: str) -> Any:
    value: Any = document
    for part in path.split("."):
        value = value.get(camel_case(part)) if isinstance(value, dict) else None
    return value
