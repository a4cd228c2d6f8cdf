"""Tells whether a log entry passes a filter.

A comparison with a field that the entry lacks does not hold, whichever its operator. Texts are
compared without regard to case, patterns with it.
https://cloud.google.com/logging/docs/view/logging-query-language
"""

import math
import operator
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from rehearsal.clock import parse_rfc3339
from rehearsal.services.logging.fields import known, text_of, texts, values_at
from rehearsal.services.logging.functions import Predicate, predicate_of
from rehearsal.services.logging.language import (
    Applied,
    Comparison,
    Function,
    Node,
    Text,
    parse,
    unparseable,
)
from rehearsal.services.logging.logic import combined, conjuncts
from rehearsal.services.logging.severity import rank

type Test = Callable[[Any], bool]

_ORDERS: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "!=": operator.ne,
    ">": operator.gt,
    ">=": operator.ge,
    "<": operator.lt,
    "<=": operator.le,
}
_MOMENTS = {"timestamp", "receiveTimestamp"}
_DURATION = re.compile(r"(-?[0-9]{1,12}(?:\.[0-9]{1,12})?)(ns|us|ms|s|m|h)?")
_SECONDS = {"ns": 1e-9, "us": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0, None: 1.0}
_EARLIEST = datetime.min.replace(tzinfo=UTC)
_LATEST = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Filter:
    """A filter, ready to be used. ``earliest`` and ``latest`` bound what can pass it."""

    matches: Predicate
    earliest: datetime
    latest: datetime


@lru_cache(maxsize=256)
def compiled(expression: str) -> Filter:
    """The filter of this text.

    Raises:
        ApiError: 400: it can't be read, or asks for what there is not.
    """
    tree = parse(expression)
    earliest, latest = _bounds(tree)
    return Filter(combined(tree, _leaf), earliest, latest)


def _bounds(tree: Node) -> tuple[datetime, datetime]:
    """Between which moments (both included) the timestamps of entries that pass must be."""
    earliest, latest = _EARLIEST, _LATEST
    for part in conjuncts(tree):
        if isinstance(part, Comparison) and part.path == ("timestamp",):
            moment = _moment(part.value)
            if part.operator in {">", ">=", "="}:
                earliest = max(earliest, moment)
            if part.operator in {"<", "<=", "="}:
                latest = min(latest, moment)
    return earliest, latest


def _leaf(node: Node) -> Predicate:
    match node:
        case Text(value):
            wanted = value.lower()
            return lambda entry: any(wanted in text for text in texts(entry))
        case Function(name, arguments):
            return predicate_of(name, arguments)
        case Comparison():
            return _comparison(node)
        case Applied(function=Function(name)):
            raise unparseable(f"function '{name}' can't stand in the place of a value")
    raise AssertionError(f"{node} is no leaf")


def _comparison(node: Comparison) -> Predicate:
    path = known(node.path)
    test = _test(path, node.operator, node.value)
    if path == ("severity",):
        return lambda entry: test(entry.get("severity") or "DEFAULT")
    return lambda entry: any(test(value) for value in values_at(entry, path))


def _test(path: tuple[str, ...], word: str, wanted: str) -> Test:
    if word == ":":
        return _has(path, wanted)
    if word in {"=~", "!~"}:
        pattern, found = _pattern(wanted), word == "=~"
        return lambda value: (pattern.search(text_of(value)) is not None) == found
    compare = _ORDERS[word]
    if path == ("severity",):
        level = _severity(wanted)
        return lambda value: compare(rank(str(value)) or 0, level)
    if path[0] in _MOMENTS:
        moment = _moment(wanted)
        return lambda value: compare(parse_rfc3339(value), moment)
    if path == ("httpRequest", "latency"):
        seconds = _seconds(wanted)
        return lambda value: compare(_seconds(str(value)), seconds)
    return lambda value: _compared(compare, value, wanted)


def _compared(compare: Callable[[Any, Any], bool], value: Any, wanted: str) -> bool:
    """The value's own type decides how the text is understood."""
    if isinstance(value, bool):
        return wanted.lower() in {"true", "false"} and compare(value, wanted.lower() == "true")
    if isinstance(value, int | float):
        try:
            return compare(value, float(wanted))
        except ValueError:
            return False
    return isinstance(value, str) and compare(value.lower(), wanted.lower())


def _has(path: tuple[str, ...], wanted: str) -> Test:
    if wanted == "*":
        return lambda _: True
    if path == ("severity",):
        level = _severity(wanted)
        return lambda value: rank(str(value)) == level
    needle = wanted.lower()
    return lambda value: any(needle in text for text in texts(value))


def _severity(word: str) -> int:
    level = rank(word)
    if level is None:
        raise unparseable(f"unrecognized severity '{word}'")
    return level


def _moment(text: str) -> datetime:
    try:
        return parse_rfc3339(f"{text}T00:00:00Z" if len(text) == len("2026-01-05") else text)
    except ValueError as error:
        raise unparseable(f"invalid timestamp '{text}'") from error


def _seconds(text: str) -> float:
    """Of a duration; no number, which is neither more nor less than any, if it is none."""
    found = _DURATION.fullmatch(text)
    return float(found[1]) * _SECONDS[found[2]] if found else math.nan


def _pattern(text: str) -> re.Pattern[str]:
    try:
        return re.compile(text)
    except re.error as error:
        raise unparseable(f"invalid regular expression '{text}': {error}") from error
