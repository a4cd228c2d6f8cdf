"""Values of Terraform's type system: what is unknown, what is empty, what means the same."""

from collections.abc import Callable, Iterable
from typing import Any

type Object = dict[str, Any]
"""A block's value by attribute, or a map; unknown parts are ``UNKNOWN``."""

type Step = str | int
type Path = tuple[Step, ...]
"""Where an attribute is: names, and places in lists."""


class Unknown:
    """What is known only after an apply."""

    def __repr__(self) -> str:
        return "(known after apply)"


UNKNOWN = Unknown()


def is_unknown(value: Any) -> bool:
    """Whether nothing of a value is known yet."""
    return isinstance(value, Unknown)


def has_unknown(value: Any) -> bool:
    """Whether any part is not known yet."""
    if isinstance(value, dict):
        return any(has_unknown(part) for part in value.values())
    if isinstance(value, list):
        return any(has_unknown(part) for part in value)
    return is_unknown(value)


def is_zero(value: Any) -> bool:
    """Whether a value is what the real provider's framework can't tell from an absent one.

    A list of blocks is, if something is written in them and all of it is zero.
    """
    if isinstance(value, list) and value and all(isinstance(one, dict) for one in value):
        leaves = list(_leaves(value))
        return bool(leaves) and all(is_zero(leaf) for leaf in leaves)
    return value is None or (not is_unknown(value) and value in ("", 0, False, [], {}))


def _leaves(value: Any) -> Iterable[Any]:
    """What is written: neither null nor an empty list."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for one in value:
            yield from _leaves(one)
    elif value is not None:
        yield value


def equivalent(one: Any, other: Any, same: Callable[[Any, Any], bool] | None = None) -> bool:
    """Whether two values differ in nothing that the API could tell."""
    if is_unknown(one) or is_unknown(other):
        return one is other
    if one == other or (is_zero(one) and is_zero(other)):
        return True
    return same is not None and same(one, other)


def unknown_to_null(value: Any) -> Any:
    """A planned value without what is not known."""
    if isinstance(value, dict):
        return {name: unknown_to_null(part) for name, part in value.items()}
    if isinstance(value, list):
        return [unknown_to_null(part) for part in value]
    return None if is_unknown(value) else value
