"""The words in which the tables say what a resource has: attributes, blocks, and their exceptions.

By rule an attribute ``retry_count`` is the field ``retryCount`` of the REST document, a block that
may be there once is an object, any other block is an array of objects, and what only the server
sets is never sent. A table says where that is not so.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

STRING, NUMBER, BOOL = "string", "number", "bool"
STRINGS: list[Any] = ["list", "string"]
NUMBERS: list[Any] = ["list", "number"]
STRING_SET: list[Any] = ["set", "string"]
STRING_MAP: list[Any] = ["map", "string"]
type Type = str | list[Any]
"""As https://developer.hashicorp.com/terraform/plugin/terraform-plugin-protocol writes types."""

BY_RULE = ""
HERE = "-"
"""In place of a REST field's name: the attribute stays in Terraform, or is in the address only."""


@dataclass(frozen=True, kw_only=True)
class Attribute:
    """One attribute, and what the real provider knows of it."""

    type: Type = STRING
    required: bool = False
    optional: bool = False
    computed: bool = False
    sensitive: bool = False
    write_only: bool = False
    default: Any = None
    replaces: bool = False
    """A change makes a new resource."""
    rest: str = BY_RULE
    """The REST field where the rule gives another (with dots for fields in fields), or HERE."""
    sends: bool = False
    """Is sent although only the server or this provider sets it."""
    sends_zero: bool = False
    """Is sent even if it is false, 0 or empty."""
    same: Callable[[Any, Any], bool] | None = None
    """Whether two values, the configured one first, mean the same."""
    allowed: tuple[str, ...] = ()
    """All values that there are."""
    pattern: str = ""
    """What a value must match as a whole."""

    @property
    def is_output(self) -> bool:
        """Whether only the server sets it."""
        return self.computed and not self.optional


@dataclass(frozen=True, kw_only=True)
class Nested:
    """A block in a block."""

    block: Block
    nesting: Literal["list", "set", "single"] = "list"
    min_items: int = 0
    max_items: int = 0
    """0: as many as one likes."""
    computed: bool = False
    """Not written, it is what the server says."""
    replaces: bool = False
    rest: str = BY_RULE
    keyed_by: str = ""
    """The attribute that is the key in a REST field that is a map."""
    presence: bool = False
    """Written with nothing in it, it means something."""

    @property
    def is_object(self) -> bool:
        """Whether it is one object in REST."""
        return self.nesting == "single" or self.max_items == 1


@dataclass(frozen=True)
class Block:
    """Attributes and blocks by name."""

    fields: Mapping[str, Attribute | Nested] = field(default_factory=dict)

    def attributes(self) -> Iterator[tuple[str, Attribute]]:
        """Those of this block itself."""
        for name, one in self.fields.items():
            if isinstance(one, Attribute):
                yield name, one

    def blocks(self) -> Iterator[tuple[str, Nested]]:
        """Those of this block itself."""
        for name, one in self.fields.items():
            if isinstance(one, Nested):
                yield name, one

    def empty(self) -> dict[str, Any]:
        """A value in which nothing is written."""
        values: dict[str, Any] = {name: None for name, _ in self.attributes()}
        return values | {
            name: None if nested.nesting == "single" else [] for name, nested in self.blocks()
        }


def block(**fields: Attribute | Nested) -> Block:
    """The fields of a block."""
    return Block(fields)


def required(type_: Type = STRING, **exceptions: Any) -> Attribute:
    """An attribute that must be written."""
    return Attribute(type=type_, required=True, **exceptions)


def optional(type_: Type = STRING, **exceptions: Any) -> Attribute:
    """An attribute that may be written; ``computed=True``: else the server says it."""
    return Attribute(type=type_, optional=True, **exceptions)


def output(type_: Type = STRING, **exceptions: Any) -> Attribute:
    """An attribute that only the server sets."""
    return Attribute(type=type_, computed=True, **exceptions)


def one(*, required: bool = False, **settings: Any) -> Callable[..., Nested]:
    """A block that may be there once: ``one()(name=optional())``."""
    return lambda **fields: Nested(
        block=block(**fields), min_items=int(required), max_items=1, **settings
    )


def many(**settings: Any) -> Callable[..., Nested]:
    """A block that may be there often: ``many(nesting="set")(name=optional())``."""
    return lambda **fields: Nested(block=block(**fields), **settings)


def timeouts(*names: str) -> Nested:
    """How long the real provider would wait; ours is written, and waits as long as it takes."""
    return Nested(
        block=Block({name: optional(rest=HERE) for name in names}), nesting="single", rest=HERE
    )


def camel_case(name: str) -> str:
    """``retry_count`` as ``retryCount``."""
    return re.sub(r"_([a-z0-9])", lambda found: found[1].upper(), name)


def rest_name(name: str, field_: Attribute | Nested) -> str:
    """The REST field, with dots, or HERE."""
    return field_.rest if field_.rest != BY_RULE else camel_case(name)
