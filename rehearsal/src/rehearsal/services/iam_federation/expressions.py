"""The CEL expressions of providers: which they may be, and what they give.

https://cloud.google.com/iam/docs/workload-identity-federation#mapping. Google words the faults as
cel-go does; which word stands around them is unverified.
"""

import re
from collections.abc import Iterable
from functools import cache
from typing import Any

import celpy
from celpy.adapter import json_to_cel
from celpy.celparser import CELParseError
from celpy.celtypes import ListType, StringType
from celpy.evaluation import CELEvalError, CELFunction
from lark import Token

_MACROS = {"has", "all", "exists", "exists_one", "map", "filter"}
_FUNCTIONS = {
    "size", "contains", "startsWith", "endsWith", "matches", "type", "bool", "bytes", "double",
    "duration", "dyn", "int", "list", "map", "string", "timestamp", "uint", "getDate",
    "getDayOfMonth", "getDayOfWeek", "getDayOfYear", "getFullYear", "getHours", "getMilliseconds",
    "getMinutes", "getMonth", "getSeconds",
}  # fmt: skip
# The library takes google for the beginning of a type's name.
_RENAMED = {"google": "google_"}
_TEMPLATE = re.compile(r"([^{}]*)\{[^{}]*\}([^{}]*)")


class ExpressionError(Exception):
    """An expression that is none, or that has no value for these claims; cel-go's words."""


class Expression:
    """A CEL expression over some variables."""

    def __init__(self, text: str, variables: Iterable[str]) -> None:
        """Raises ExpressionError: it does not parse, or names what there is not."""
        self.text = text
        self._tree, self.names = _parsed(text)
        for name in sorted(self.names - set(variables)):
            raise ExpressionError(f"undeclared reference to '{name}' (in container '')")

    def value(self, claims: dict[str, Any]) -> Any:
        """What it gives for the variables' values (JSON), as JSON.

        Raises:
            ExpressionError: it has no value: a claim is missing, or has another type.
        """
        program = _environment().program(self._tree, functions=_OWN_FUNCTIONS)
        try:
            result = program.evaluate(
                {_RENAMED.get(name, name): json_to_cel(one) for name, one in claims.items()}
            )
        except CELEvalError as error:
            raise ExpressionError(_short(error)) from error
        return _plain(result)


@cache
def _environment() -> celpy.Environment:
    return celpy.Environment()


def _parsed(text: str) -> tuple[Any, set[str]]:
    """The tree, and the names of variables in it."""
    try:
        tree = _environment().compile(text)
    except CELParseError as error:
        raise ExpressionError(f"Syntax error: {error.args[0].splitlines()[0]!r}") from error
    bound = _check_functions(tree)
    names = set()
    for one in tree.find_data("ident"):
        name = str(one.children[0])
        names.add(name)
        one.children[0] = Token("IDENT", _RENAMED.get(name, name))
    return tree, names - bound


def _check_functions(tree: Any) -> set[str]:
    """Refuses unknown functions; gives the names that macros bind (``e`` in ``all(e, ...)``)."""
    bound: set[str] = set()
    for call in tree.find_pred(lambda one: one.data in {"ident_arg", "member_dot_arg"}):
        place = 0 if call.data == "ident_arg" else 1
        name = str(call.children[place])
        if name not in _FUNCTIONS | _MACROS | set(_OWN_FUNCTIONS):
            raise ExpressionError(f"undeclared reference to '{name}' (in container '')")
        if name in _MACROS - {"has"} and len(call.children) > place + 1:
            first = call.children[place + 1].children[0]
            bound |= {str(one.children[0]) for one in first.find_data("ident")}
    return bound


def _short(error: CELEvalError) -> str:
    text = str(error.args[0])
    missing = re.search(r"no such member in mapping: '([^']*)'", text)
    return f"no such key: {missing[1]}" if missing else text.partition(" (in activation")[0]


def _plain(value: Any) -> Any:
    if isinstance(value, ListType | list):
        return [_plain(one) for one in value]
    if isinstance(value, str):
        return str(value)
    if isinstance(value, dict):
        return {str(name): _plain(one) for name, one in value.items()}
    if type(value).__name__ == "BoolType":
        return bool(value)
    return value


def _extract(text: Any, template: Any) -> Any:
    """What stands in ``text`` where the template has ``{name}``; '' if it does not fit.

    https://cloud.google.com/iam/docs/conditions-attribute-reference#extract
    """
    found = _TEMPLATE.fullmatch(str(template))
    if found is None:
        return StringType("")
    before, after = found.groups()
    _, there, rest = str(text).partition(before) if before else ("", "x", str(text))
    if not there:
        return StringType("")
    head, end, _ = rest.partition(after) if after else (rest, "x", "")
    return StringType(head if end else "")


def _split(text: Any, separator: Any) -> Any:
    return ListType([StringType(one) for one in str(text).split(str(separator))])


def _join(parts: Any, separator: Any = "") -> Any:
    return StringType(str(separator).join(str(one) for one in parts))


_OWN_FUNCTIONS: dict[str, CELFunction] = {
    "extract": _extract,
    "split": _split,
    "join": _join,
    "lowerAscii": lambda text: StringType(str(text).lower()),
    "upperAscii": lambda text: StringType(str(text).upper()),
}
