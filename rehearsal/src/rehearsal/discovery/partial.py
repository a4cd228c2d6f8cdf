"""Partial answers: the ``fields`` parameter, as ``items/name,nextPageToken`` or ``a(b,c/d)``.

https://developers.google.com/discovery/v1/performance#partial-response
"""

import re
from typing import Any

from rehearsal.documents import Document
from rehearsal.errors import ApiError, invalid_argument

type _Tree = dict[str, "_Tree"]

_TOKEN = re.compile(r"[^,/()]+|[,/()]")


def select(document: Document, fields: str) -> Document:
    """The document with only the fields that were asked for.

    Raises:
        ApiError: 400: ``fields`` can't be read.
    """
    tokens = _TOKEN.findall(fields)
    tree = _selection(tokens, fields)
    if tokens:
        raise _refusal(fields)
    kept: Document = _keep(document, tree)
    return kept


def _selection(tokens: list[str], fields: str) -> _Tree:
    """Takes ``a/b(c,d),e`` from the front of the tokens."""
    tree: _Tree = {}
    while True:
        _merge(tree, _path(tokens, fields))
        if not tokens or tokens[0] != ",":
            return tree
        tokens.pop(0)


def _path(tokens: list[str], fields: str) -> _Tree:
    if not tokens or tokens[0] in ",/()":
        raise _refusal(fields)
    name = tokens.pop(0)
    if tokens and tokens[0] == "/":
        tokens.pop(0)
        return {name: _path(tokens, fields)}
    if tokens and tokens[0] == "(":
        tokens.pop(0)
        below = _selection(tokens, fields)
        if not tokens or tokens.pop(0) != ")":
            raise _refusal(fields)
        return {name: below}
    return {name: {}}


def _merge(tree: _Tree, other: _Tree) -> None:
    for name, below in other.items():
        if name in tree and tree[name] and below:
            _merge(tree[name], below)
        else:
            # A whole field contains every part of it.
            tree[name] = {} if name in tree else below


def _keep(value: Any, tree: _Tree) -> Any:
    if not tree:
        return value
    if isinstance(value, list):
        return [_keep(item, tree) for item in value]
    if not isinstance(value, dict):
        return value
    wanted = dict.fromkeys(value, tree["*"]) | tree if "*" in tree else tree
    return {name: _keep(value[name], below) for name, below in wanted.items() if name in value}


def _refusal(fields: str) -> ApiError:
    return invalid_argument(f"Invalid field selection {fields}", reason="invalidParameter")
