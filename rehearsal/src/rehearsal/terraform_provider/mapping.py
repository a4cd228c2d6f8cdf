"""Turns a resource's attributes into its REST document and back, by one rule for all resources."""

from typing import Any

from rehearsal.documents import Document
from rehearsal.terraform_provider.schema import (
    HERE,
    Attribute,
    Block,
    Nested,
    Type,
    rest_name,
)
from rehearsal.terraform_provider.values import Object, equivalent, is_unknown, is_zero


def document(block: Block, state: Object) -> Document:
    """What is sent of a planned state: what is known, not empty, and not the server's own."""
    sent: Document = {}
    for name, attribute in block.attributes():
        value, path = state.get(name), rest_name(name, attribute)
        if path == HERE or value is None or is_unknown(value):
            continue
        if attribute.is_output and not attribute.sends:
            continue
        if not is_zero(value) or attribute.sends_zero:
            put(sent, path, value)
    for name, nested in block.blocks():
        path = rest_name(name, nested)
        if path != HERE and state.get(name):
            put(sent, path, _sent_blocks(nested, state[name]))
    return sent


def _sent_blocks(nested: Nested, values: Any) -> Any:
    if nested.nesting == "single":
        return document(nested.block, values)
    documents = [document(nested.block, value) for value in values]
    if nested.keyed_by:
        keys = [value[nested.keyed_by] for value in values]
        return dict(zip(keys, documents, strict=True))
    return documents[0] if nested.is_object else documents


def state(block: Block, received: Document, prior: Object) -> Object:
    """A block's value as the server tells it.

    ``prior`` is what was known before: where the server tells the same in other words, or says
    nothing of what stays in Terraform, it remains.
    """
    values: Object = {}
    for name, attribute in block.attributes():
        values[name] = _received(name, attribute, received, prior.get(name))
    for name, nested in block.blocks():
        values[name] = _received_blocks(name, nested, received, prior.get(name))
    return values


def _received(name: str, attribute: Attribute, received: Document, prior: Any) -> Any:
    prior = None if is_unknown(prior) else prior
    if attribute.write_only:
        return None
    path = rest_name(name, attribute)
    if path == HERE:
        return attribute.default if prior is None else prior
    value = typed(attribute.type, dig(received, path))
    if prior is not None and equivalent(prior, value, attribute.same):
        return prior
    if value is None and attribute.optional:
        return attribute.default
    # The framework of the real provider writes nothing down for what was never written.
    return None if prior is None and attribute.optional and _is_nothing(value) else value


def _is_nothing(value: Any) -> bool:
    return value in ("", [], {})


def _received_blocks(name: str, nested: Nested, received: Document, prior: Any) -> Any:
    path = rest_name(name, nested)
    if path == HERE:
        return prior
    found = dig(received, path)
    earlier = prior if isinstance(prior, list) else []
    elements = _elements(nested, found)
    if nested.nesting == "set":
        values = [_of_set(nested.block, element, earlier) for element in elements]
    else:
        values = [
            state(nested.block, element, earlier[place] if place < len(earlier) else {})
            for place, element in enumerate(elements)
        ]
    if nested.nesting == "set" and _same_members(values, earlier):
        return earlier
    nothing = all(is_zero(value) for one in values for value in one.values())
    if not earlier and nothing and nested.is_object and not nested.presence:
        return []
    if not values and is_zero(earlier):
        return earlier
    return values


def _elements(nested: Nested, found: Any) -> list[Document]:
    if found is None:
        return []
    if nested.keyed_by:
        return [{**one, nested.keyed_by: key} for key, one in found.items()]
    return [found] if nested.is_object else list(found)


def _of_set(block: Block, element: Document, earlier: list[Object]) -> Object:
    """An element of a set has no place: the earlier one is the one that it still is."""
    for prior in earlier:
        value = state(block, element, prior)
        if value == prior:
            return value
    return state(block, element, {})


def _same_members(one: list[Object], other: list[Object]) -> bool:
    return len(one) == len(other) and all(value in other for value in one)


def told(block: Block, received: Document) -> Object:
    """The attributes of a block without exceptions, such as a data source's."""
    return {
        name: typed(attribute.type, dig(received, rest_name(name, attribute)))
        for name, attribute in block.attributes()
    }


def dig(received: Any, path: str) -> Any:
    """The value at a path with dots; None if there is none."""
    for part in path.split("."):
        if not isinstance(received, dict):
            return None
        received = received.get(part)
    return received


def put(sent: Document, path: str, value: Any) -> None:
    """Sets the value at a path with dots; objects at one place become one."""
    *parents, last = path.split(".")
    for part in parents:
        sent = sent.setdefault(part, {})
    if isinstance(value, dict) and isinstance(sent.get(last), dict):
        sent[last] |= value
    else:
        sent[last] = value


def typed(type_: Type, value: Any) -> Any:
    """A JSON value as Terraform's type has it: int64 comes as text, numbers go into texts."""
    if value is None:
        return None
    if isinstance(type_, list):
        return _typed_collection(type_, value)
    if type_ == "number":
        return _number(value)
    if type_ == "bool":
        return value is True or value == "true"
    return value if isinstance(value, str) else str(value)


def _typed_collection(type_: list[Any], value: Any) -> Any:
    kind, inner = type_
    if kind == "object":
        fields: Object = inner
        return {
            name: typed(one, dig(value, rest_name(name, Attribute())))
            for name, one in fields.items()
        }
    if kind == "map":
        return {name: typed(inner, part) for name, part in value.items()}
    parts = value if isinstance(value, list) else [value]
    return [typed(inner, part) for part in parts]


def _number(value: Any) -> int | float:
    number = float(value)
    return int(value) if number.is_integer() and "." not in str(value) else number
