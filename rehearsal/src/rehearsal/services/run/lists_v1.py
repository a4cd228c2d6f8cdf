"""Lists of run v1: by label, in pages, of one region or of all.

https://cloud.google.com/run/docs/reference/rest/v1/namespaces.executions/list
"""

import base64
import binascii
import re
from collections.abc import Callable, Sequence

from rehearsal.api.call import Call
from rehearsal.api.resources import Collection
from rehearsal.documents import Document
from rehearsal.errors import invalid_argument
from rehearsal.services.run.conversion.objects import listed
from rehearsal.services.run.names import scope_of

type Matches = Callable[[dict[str, str]], bool]
_EQUALITY = re.compile(r"\s*([^\s!=,()]+)\s*(==|=|!=)\s*([^\s!=,()]*)\s*")
_PRESENCE = re.compile(r"\s*(!?)([^\s!=,()]+)\s*")
_MEMBERSHIP = re.compile(r"\s*([^\s!=,()]+)\s+(in|notin)\s+\(([^()]*)\)\s*")
_BETWEEN = re.compile(r",(?![^()]*\))")


def answer_list(
    call: Call,
    kind: str,
    collection: Collection,
    convert: Callable[[Document, str], Document],
    order: Callable[[list[Document]], Sequence[Document]] = tuple,
) -> Document:
    """The v1 list that a call asks for."""
    matches = selector(call.parameter("labelSelector") or "")
    number = call.project_number
    found = order(list(collection.list(call, scope_of(call))))
    objects = (convert(one, number) for one in found)
    items = [one for one in objects if matches(one["metadata"]["labels"])]
    first, size = _first(call.parameter("continue")), int(call.parameter("limit") or 0)
    if size <= 0 or len(items) <= first + size:
        return listed(kind, items[first:])
    return listed(kind, items[first : first + size], _token(first + size))


def selector(text: str) -> Matches:
    """Whether labels are selected, by Kubernetes' rules: all requirements must hold.

    https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors

    Raises:
        ApiError: 400: it is no selector.
    """
    requirements = [_requirement(part) for part in _BETWEEN.split(text) if part.strip()]
    return lambda labels: all(holds(labels) for holds in requirements)


def _requirement(text: str) -> Matches:
    if found := _EQUALITY.fullmatch(text):
        key, operator, value = found.groups()
        return lambda labels: (labels.get(key) == value) == (operator != "!=")
    if found := _MEMBERSHIP.fullmatch(text):
        key, operator, given = found.groups()
        values = {one.strip() for one in given.split(",")}
        return lambda labels: (labels.get(key) in values) == (operator == "in")
    if found := _PRESENCE.fullmatch(text):
        absent, key = found.groups()
        return lambda labels: (key in labels) == (not absent)
    raise invalid_argument(
        f"labelSelector: unable to parse requirement '{text.strip()}'.",
        ("labelSelector", "It is no label selector."),
    )


def _token(first: int) -> str:
    return base64.urlsafe_b64encode(str(first).encode()).decode()


def _first(token: str | None) -> int:
    if not token:
        return 0
    try:
        return int(base64.urlsafe_b64decode(token))
    except (binascii.Error, ValueError) as error:
        raise invalid_argument("Invalid continue token.") from error
