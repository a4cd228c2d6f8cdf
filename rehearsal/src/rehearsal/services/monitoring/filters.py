"""Filters of time series and of metric descriptors.

https://cloud.google.com/monitoring/api/v3/filters
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from rehearsal.documents import Document
from rehearsal.errors import ApiError, invalid_argument
from rehearsal.services.logging.language import Applied, Comparison, Function, Node, parse
from rehearsal.services.logging.logic import combined, conjuncts

type Predicate = Callable[[Document], bool]

_PLURAL = {"label": "labels", "user_label": "userLabels", "user_labels": "userLabels"}
_ROOTS = {"metric", "resource", "project", "metadata", "group"}


@dataclass(frozen=True)
class SeriesFilter:
    """A filter, and the types that it asks for by name ('' where it names none)."""

    matches: Predicate
    metric_type: str
    resource_type: str


@lru_cache(maxsize=256)
def series_filter(expression: str, field: str = "filter") -> SeriesFilter:
    """The filter of this text, which is written in ``field`` of a request.

    Raises:
        ApiError: 400: it can't be read.
    """
    try:
        tree = parse(expression)
        return SeriesFilter(
            combined(tree, _leaf),
            _named(tree, ("metric", "type")),
            _named(tree, ("resource", "type")),
        )
    except ApiError as error:
        why = error.message.removeprefix("Unparseable filter: ")
        raise invalid(field, expression, why) from error


def invalid(field: str, value: str, why: str) -> ApiError:
    """The 400 of a field, worded as Cloud Monitoring words it."""
    return invalid_argument(f'Field {field} had an invalid value of "{value}": {why}')


def _named(tree: Node, path: tuple[str, ...]) -> str:
    """The one value that everything which passes has at ``path``."""
    for part in conjuncts(tree):
        if isinstance(part, Comparison) and (part.path, part.operator) == (path, "="):
            return part.value
    return ""


def _leaf(node: Node) -> Predicate:
    match node:
        case Comparison(path, operator, value):
            return _tested(path, _compares(operator, value))
        case Applied(path, operator, function) if operator in {"=", "!="}:
            holds, wanted = _function(function), operator == "="
            return _tested(path, lambda value: holds(str(value)) == wanted)
    raise invalid_argument(f"{node} can't be used here")


def _tested(path: tuple[str, ...], test: Callable[[Any], bool]) -> Predicate:
    if path[0] not in _ROOTS:
        raise invalid_argument(f'"{".".join(path)}" is no field of a time series')
    places = tuple(_PLURAL.get(name, name) for name in path)

    def holds(series: Document) -> bool:
        value: Any = series
        for name in places:
            value = value.get(name) if isinstance(value, dict) else None
        return value is not None and test(value)

    return holds


def _compares(operator: str, wanted: str) -> Callable[[Any], bool]:
    tests: dict[str, Callable[[Any], bool]] = {
        "=": lambda value: str(value) == wanted,
        "!=": lambda value: str(value) != wanted,
        ":": lambda value: wanted in str(value),
        ">": lambda value: _number(value) > _number(wanted),
        ">=": lambda value: _number(value) >= _number(wanted),
        "<": lambda value: _number(value) < _number(wanted),
        "<=": lambda value: _number(value) <= _number(wanted),
    }
    if operator not in tests:
        raise invalid_argument(f"operator {operator} is not supported")
    return tests[operator]


def _number(value: Any) -> float:
    try:
        return float(value)
    except ValueError:
        # A text is neither more nor less than a number.
        return float("nan")


def _function(function: Function) -> Callable[[str], bool]:
    match function.name, function.arguments:
        case "starts_with", (text,):
            return lambda value: value.startswith(text)
        case "ends_with", (text,):
            return lambda value: value.endswith(text)
        case "has_substring", (text,):
            return lambda value: text in value
        case "one_of", texts:
            return lambda value: value in texts
        case "monitoring.regex.full_match", (pattern,):
            return _matching(pattern)
    raise invalid_argument(f"function {function.name} is not supported with these arguments")


def _matching(pattern: str) -> Callable[[str], bool]:
    try:
        compiled = re.compile(pattern)
    except re.error as error:
        raise invalid_argument(f"invalid regular expression '{pattern}': {error}") from error
    return lambda value: compiled.fullmatch(value) is not None
