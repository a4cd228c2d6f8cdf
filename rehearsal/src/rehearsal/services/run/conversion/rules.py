"""Rules that turn an object of one version of an API into the other's, and back.

A rule names a place in v1 and the place in v2 that says the same; a table is all rules of an
object. What is absent stays absent.
"""

from collections.abc import Callable, Iterable
from copy import deepcopy
from dataclasses import dataclass
from typing import Any, Final

from rehearsal.documents import Document

type Path = tuple[str, ...]
type Convert = Callable[[Any], Any]
"""May give ``ABSENT``."""

ABSENT: Final = object()


@dataclass(frozen=True)
class Rule:
    """One place in each version, and how its value is turned."""

    v1: Path
    v2: Path
    to_v2: Convert
    to_v1: Convert


type Table = tuple[Rule, ...]


def _same(value: Any) -> Any:
    return deepcopy(value)


def rule(
    v1: str | Path,
    v2: str | Path | None = None,
    to_v2: Convert = _same,
    to_v1: Convert = _same,
) -> Rule:
    """A rule; places are dotted names, or tuples where a name itself has dots."""
    return Rule(_path(v1), _path(v1 if v2 is None else v2), to_v2, to_v1)


def below(v1: str, v2: str, table: Iterable[Rule]) -> Table:
    """The rules of an object that lies below these places ('' is the object itself)."""
    return tuple(
        Rule(_path(v1) + one.v1, _path(v2) + one.v2, one.to_v2, one.to_v1) for one in table
    )


def each(v1: str, v2: str, table: Table) -> Rule:
    """A rule for a list of objects."""
    return rule(
        v1,
        v2,
        lambda items: [to_v2(table, item) for item in items],
        lambda items: [to_v1(table, item) for item in items],
    )


def nested(v1: str, v2: str, table: Table) -> Rule:
    """A rule for an object that says something by being there, even empty."""
    return rule(v1, v2, lambda item: to_v2(table, item), lambda item: to_v1(table, item))


def remaining(v1: str, v2: str, taken: Iterable[str]) -> Rule:
    """A rule for a map, but for the keys that other rules take."""
    keys = frozenset(taken)

    def others(entries: Document) -> Any:
        return {key: value for key, value in entries.items() if key not in keys} or ABSENT

    return rule(v1, v2, others)


def words(pairs: dict[str, Any]) -> tuple[Convert, Convert]:
    """Turns words, v1 to v2 and back; another word is passed on.

    Of several v1 words for one of v2 the last is what comes back.
    """
    back = {v2: v1 for v1, v2 in pairs.items()}
    return (lambda word: pairs.get(word, word)), (lambda word: back.get(word, word))


def to_v2(table: Table, document: Document) -> Document:
    """The v2 form of a v1 object."""
    result: Document = {}
    for one in table:
        _carry(document, one.v1, result, one.v2, one.to_v2)
    return result


def to_v1(table: Table, document: Document) -> Document:
    """The v1 form of a v2 object."""
    result: Document = {}
    for one in table:
        _carry(document, one.v2, result, one.v1, one.to_v1)
    return result


def _carry(
    source: Document, source_path: Path, target: Document, path: Path, convert: Convert
) -> None:
    found = _get(source, source_path)
    value = ABSENT if found is ABSENT else convert(found)
    if value is not ABSENT:
        _put(target, path, value)


def _get(document: Any, path: Path) -> Any:
    for name in path:
        if not isinstance(document, dict) or name not in document:
            return ABSENT
        document = document[name]
    return document


def _put(document: Document, path: Path, value: Any) -> None:
    """Several rules may add to one list."""
    for name in path[:-1]:
        document = document.setdefault(name, {})
    present = document.get(path[-1])
    if isinstance(present, list):
        present.extend(value)
    elif isinstance(present, dict):
        present |= value
    else:
        document[path[-1]] = value


def _path(place: str | Path) -> Path:
    if isinstance(place, tuple):
        return place
    return tuple(place.split(".")) if place else ()
