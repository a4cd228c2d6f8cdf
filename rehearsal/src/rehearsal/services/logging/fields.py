"""The fields of log entries: what is at a path, and all texts."""

from collections.abc import Iterator
from typing import Any

from rehearsal.discovery.description import description
from rehearsal.discovery.validation import camel_case
from rehearsal.services.logging.language import unparseable

_DEEPEST = 100
"""https://protobuf.dev/programming-guides/proto-limits/"""


def known(path: tuple[str, ...]) -> tuple[str, ...]:
    """The path with the entry's own field in the API's form.

    Raises:
        ApiError: 400: entries have no such field.
    """
    first = camel_case(path[0])
    if first not in description("logging", "v2").schemas["LogEntry"]["properties"]:
        raise unparseable(f"Field not found: '{'.'.join(path)}'.")
    return (first, *path[1:])


def values_at(value: Any, path: tuple[str, ...]) -> Iterator[Any]:
    """What is at a path; of a list, each of its items."""
    if isinstance(value, list):
        for item in value:
            yield from values_at(item, path)
    elif not path:
        if value is not None:
            yield value
    elif isinstance(value, dict):
        name = path[0] if path[0] in value else camel_case(path[0])
        if name in value:
            yield from values_at(value[name], path[1:])


def texts(value: Any) -> Iterator[str]:
    """All texts in a value, in lower case."""
    if isinstance(value, dict):
        for member in value.values():
            yield from texts(member)
    elif isinstance(value, list):
        for item in value:
            yield from texts(item)
    elif value is not None:
        yield text_of(value).lower()


def too_deep(value: Any) -> bool:
    """Whether a value is nested deeper than the messages of Google's APIs may be."""
    waiting = [(value, 0)]
    while waiting:
        one, depth = waiting.pop()
        if depth > _DEEPEST:
            return True
        if isinstance(one, dict | list):
            below = one.values() if isinstance(one, dict) else one
            waiting += [(member, depth + 1) for member in below]
    return False


def text_of(value: Any) -> str:
    """The text of a value that is no object and no list."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)
