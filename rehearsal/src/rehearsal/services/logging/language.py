"""Reads filters of Cloud Logging's and Cloud Monitoring's languages into a tree.

https://cloud.google.com/logging/docs/view/logging-query-language and
https://cloud.google.com/monitoring/api/v3/filters
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from lark import (
    Lark,
    Transformer,
    Tree,
    UnexpectedCharacters,
    UnexpectedInput,
    UnexpectedToken,
    v_args,
)

from rehearsal.errors import ApiError, invalid_argument

LONGEST_FILTER = 20_000
"""Characters; https://cloud.google.com/logging/quotas"""
_DEEPEST = 100
_SEGMENT = re.compile(r'"((?:[^"\\]|\\.)*)"|([^."]+)')
_ESCAPE = re.compile(r"\\(x[0-9A-Fa-f]{2}|u[0-9A-Fa-f]{4}|.)", re.DOTALL)
_CONTROL = {"n": "\n", "t": "\t", "r": "\r"}


@dataclass(frozen=True)
class Comparison:
    """``path OPERATOR value``; segments of the path as they were written."""

    path: tuple[str, ...]
    operator: str
    value: str


@dataclass(frozen=True)
class Text:
    """A value alone: it is looked for in every field."""

    value: str


@dataclass(frozen=True)
class Function:
    """``log_id("stdout")``."""

    name: str
    arguments: tuple[str, ...]


@dataclass(frozen=True)
class Applied:
    """``path OPERATOR function(...)``, which only Cloud Monitoring has."""

    path: tuple[str, ...]
    operator: str
    function: Function


@dataclass(frozen=True)
class Not:
    """What must not hold."""

    part: "Node"


@dataclass(frozen=True)
class And:
    """What must all hold; nothing: all entries."""

    parts: "tuple[Node, ...]"


@dataclass(frozen=True)
class Or:
    """Of which one must hold."""

    parts: "tuple[Node, ...]"


type Node = Comparison | Applied | Text | Function | Not | And | Or


def parse(expression: str) -> Node:
    """The tree of a filter; an empty one lets all entries through.

    Raises:
        ApiError: 400: it can't be read; line and column are told as Google tells them.
    """
    if len(expression) > LONGEST_FILTER:
        raise unparseable(f"the filter is longer than {LONGEST_FILTER} characters")
    try:
        tree = _parser().parse(expression)
    except UnexpectedInput as error:
        raise _syntax_error(error, expression) from error
    if _depth(tree) > _DEEPEST:
        raise unparseable("the filter is nested too deeply")
    node: Node = _Builder().transform(tree)
    return node


def _depth(tree: Tree[Any]) -> int:
    deepest, waiting = 0, [(tree, 1)]
    while waiting:
        branch, depth = waiting.pop()
        deepest = max(deepest, depth)
        waiting += [(one, depth + 1) for one in branch.children if isinstance(one, Tree)]
    return deepest


def unparseable(why: str) -> ApiError:
    """The 400 of a filter that is no filter."""
    return invalid_argument(f"Unparseable filter: {why}")


def _syntax_error(error: UnexpectedInput, expression: str) -> ApiError:
    """Worded as recorded of ``a = = b``."""
    culprit = "<EOF>"
    line, column = error.line, error.column
    if isinstance(error, UnexpectedToken) and error.token.type != "$END":
        culprit = str(error.token)
    elif isinstance(error, UnexpectedCharacters):
        culprit = expression[error.pos_in_stream : (error.pos_in_stream or 0) + 1]
    else:
        lines = expression.split("\n")
        line, column = len(lines), len(lines[-1]) + 1
    return unparseable(f"syntax error at line {line}, column {column}, token '{culprit}'")


@cache
def _parser() -> Lark:
    grammar = resources.files(__package__ or "").joinpath("grammar.lark").read_text("utf-8")
    return Lark(grammar, parser="lalr", lexer="contextual", propagate_positions=False)


def path_of(text: str) -> tuple[str, ...]:
    """``labels."run.googleapis.com/execution_name"`` as its two segments."""
    return tuple(
        unquoted(found[0]) if found[0].startswith('"') else found[0]
        for found in _SEGMENT.finditer(text)
    )


def unquoted(text: str) -> str:
    """The text of a quoted string; a backslash before other characters is kept for patterns."""
    return _ESCAPE.sub(_unescaped, text[1:-1])


def _unescaped(found: re.Match[str]) -> str:
    escaped = found[1]
    if len(escaped) > 1:
        return chr(int(escaped[1:], 16))
    if escaped in _CONTROL:
        return _CONTROL[escaped]
    return escaped if escaped in '"\\' else found[0]


@v_args(inline=True)
class _Builder(Transformer[Any, Any]):
    """Turns lark's tree into ours."""

    def start(self, tree: Node | None) -> Node:
        return And(()) if tree is None else tree

    def conjunction(self, *parts: Node) -> Node:
        return parts[0] if len(parts) == 1 else And(parts)

    def disjunction(self, *parts: Node) -> Node:
        return parts[0] if len(parts) == 1 else Or(parts)

    all_values = conjunction
    any_value = disjunction

    def negated(self, part: Node) -> Node:
        return Not(part)

    def restriction(self, value: str) -> Node:
        return Text(value)

    bare_value = restriction

    def comparison(self, field: tuple[str, ...], operator: Any, value: str) -> Node:
        return Comparison(field, str(operator), value)

    def grouped(self, field: tuple[str, ...], operator: Any, values: Node) -> Node:
        return _each(values, lambda value: Comparison(field, str(operator), value))

    def applied(self, field: tuple[str, ...], operator: Any, function: Function) -> Node:
        return Applied(field, str(operator), function)

    def call(self, name: Any, *arguments: str | None) -> Node:
        return Function(str(name), tuple(one for one in arguments if one is not None))

    def field(self, token: Any) -> tuple[str, ...]:
        return path_of(str(token))

    def string(self, token: Any) -> str:
        return unquoted(str(token))

    def word(self, token: Any) -> str:
        return str(token)


def _each(node: Node, make: Callable[[str], Node]) -> Node:
    """The tree with each value made into a comparison: ``field:(a OR b)``."""
    match node:
        case Text(value):
            return make(value)
        case Not(part):
            return Not(_each(part, make))
        case And(parts):
            return And(tuple(_each(part, make) for part in parts))
        case Or(parts):
            return Or(tuple(_each(part, make) for part in parts))
        case _:
            raise TypeError(f"{node} is no value")
