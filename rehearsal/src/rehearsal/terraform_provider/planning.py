"""What a configuration means for a resource: the planned values, and what replaces it.

The rules are those of the real provider's framework: what is not written is the default, else what
the server said; null and the zero value are one; nested blocks of a list keep their places.
"""

from dataclasses import dataclass, field
from typing import Any

from rehearsal.terraform_provider.schema import Attribute, Block, Nested
from rehearsal.terraform_provider.values import (
    UNKNOWN,
    Object,
    Path,
    equivalent,
    is_unknown,
    is_zero,
)


@dataclass
class Plan:
    """A planned value, and what of it makes a new resource."""

    planned: Object
    replaced_by: list[Path] = field(default_factory=list)


def planned(block: Block, configured: Object, prior: Object | None) -> Plan:
    """The plan for a resource; ``prior`` is None for a new one."""
    plan = Plan({})
    plan.planned = _block(block, configured, prior, plan, (), replaces=False)
    return plan


def _block(
    block: Block,
    configured: Object,
    prior: Object | None,
    plan: Plan,
    path: Path,
    *,
    replaces: bool,
) -> Object:
    values: Object = {}
    for name, attribute in block.attributes():
        value = _attribute(attribute, configured.get(name), prior, name)
        values[name] = value
        if (replaces or attribute.replaces) and prior is not None and value != prior.get(name):
            plan.replaced_by.append((*path, name))
    for name, nested in block.blocks():
        before = None if prior is None else prior.get(name)
        values[name] = _nested(nested, configured.get(name), before, plan, (*path, name))
    return values


def _attribute(attribute: Attribute, configured: Any, prior: Object | None, name: str) -> Any:
    before = None if prior is None else prior.get(name)
    if attribute.write_only:
        return None
    if attribute.is_output:
        return UNKNOWN if prior is None else before
    if configured is None and attribute.default is not None:
        configured = attribute.default
    if configured is None:
        return _not_written(attribute, prior, before)
    if before is not None and equivalent(configured, before, attribute.same):
        return before
    return configured


def _not_written(attribute: Attribute, prior: Object | None, before: Any) -> Any:
    if attribute.computed:
        return UNKNOWN if prior is None else before
    if is_zero(before) or (attribute.same is not None and attribute.same(None, before)):
        return before
    return None


def _nested(nested: Nested, configured: Any, before: Any, plan: Plan, path: Path) -> Any:
    if is_unknown(configured):
        return configured
    if nested.nesting == "single":
        return configured
    earlier: list[Object] = before or []
    if not configured and (nested.computed or is_zero(earlier)):
        return earlier
    if nested.nesting == "set":
        values = [_of_set(nested, one, earlier, plan) for one in configured]
        return _set(nested, values, earlier, plan, path)
    values = [
        _block(
            nested.block,
            one,
            earlier[place] if place < len(earlier) else None,
            plan,
            (*path, place),
            replaces=nested.replaces,
        )
        for place, one in enumerate(configured)
    ]
    if _replaces(nested) and before is not None and len(values) != len(earlier):
        plan.replaced_by.append(path)
    return values


def _of_set(nested: Nested, configured: Object, earlier: list[Object], plan: Plan) -> Object:
    """An element of a set is an earlier one or a new one; it never changes."""
    if is_unknown(configured):
        return configured
    for one in earlier:
        if _block(nested.block, configured, one, Plan({}), (), replaces=False) == one:
            return one
    return _block(nested.block, configured, None, plan, (), replaces=False)


def _set(
    nested: Nested, values: list[Object], earlier: list[Object], plan: Plan, path: Path
) -> list[Object]:
    if len(values) == len(earlier) and all(value in earlier for value in values):
        return earlier
    if _replaces(nested) and earlier:
        plan.replaced_by.append(path)
    return values


def _replaces(nested: Nested) -> bool:
    """Whether a block that comes or goes makes a new resource."""
    return nested.replaces or any(one.replaces for _, one in nested.block.attributes())


def is_changed(block: Block, name: str, before: Object, after: Object) -> bool:
    """Whether a field of a resource is to be changed."""
    one = block.fields[name]
    same = one.same if isinstance(one, Attribute) else None
    return not equivalent(after.get(name), before.get(name), same)
