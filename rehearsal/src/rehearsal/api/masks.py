"""Field masks: which parts of a resource an update changes.

https://google.aip.dev/134 and https://google.aip.dev/161
"""

from collections.abc import Iterable
from copy import deepcopy

from rehearsal.discovery.validation import camel_case
from rehearsal.documents import Document
from rehearsal.errors import invalid_argument


def patch(
    current: Document, change: Document, mask: str | None, settable: Iterable[str]
) -> Document:
    """The resource with the masked fields of ``change``; without a mask, all settable ones.

    A masked field that ``change`` lacks is cleared. ``settable`` are names at the first level.

    Raises:
        ApiError: 400: the mask names a field that can't be set.
    """
    known = set(settable)
    paths = _paths(mask, known)
    result = deepcopy(current)
    for path in paths:
        if path[0] not in known:
            raise invalid_argument(f"Update mask contains an invalid field: {'.'.join(path)}.")
        _copy(change, result, path)
    return result


def _paths(mask: str | None, settable: set[str]) -> list[list[str]]:
    if not mask or mask == "*":
        return [[name] for name in sorted(settable)]
    return [
        [camel_case(part) for part in path.strip().split(".")]
        for path in mask.split(",")
        if path.strip()
    ]


def _copy(source: Document, target: Document, path: list[str]) -> None:
    for name in path[:-1]:
        source = source.get(name) or {}
        target = target.setdefault(name, {})
    name = path[-1]
    if name in source:
        target[name] = deepcopy(source[name])
    else:
        target.pop(name, None)
