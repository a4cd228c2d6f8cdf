"""Takes a state that another provider may have written: what the table does not have is told."""

from typing import Any

from rehearsal.terraform_provider.schema import Block, Nested
from rehearsal.terraform_provider.values import Object, is_zero


def upgraded(block: Block, state: Object, where: str = "") -> tuple[Object, list[str]]:
    """The state as the table has it, and the names of what is in it and can't be taken over."""
    strange = [
        f"{where}{name}"
        for name, value in sorted(state.items())
        if name not in block.fields and not is_zero(value)
    ]
    values = block.empty() | {name: state.get(name) for name, _ in block.attributes()}
    for name, nested in block.blocks():
        values[name], more = _nested(nested, state.get(name), f"{where}{name}.")
        strange += more
    return values, strange


def _nested(nested: Nested, value: Any, where: str) -> tuple[Any, list[str]]:
    if nested.nesting == "single":
        return (None, []) if value is None else upgraded(nested.block, value, where)
    pairs = [upgraded(nested.block, one, where) for one in value or []]
    return [one for one, _ in pairs], [name for _, names in pairs for name in names]
