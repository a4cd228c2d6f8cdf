"""Checks a configuration as far as its table says: values that there are, and their form."""

import re
from typing import Any

from rehearsal.terraform_provider.schema import Block
from rehearsal.terraform_provider.values import Object, Path, is_unknown


def problems(block: Block, configured: Object, path: Path = ()) -> list[tuple[Path, str]]:
    """What is wrong, with the place of each."""
    found: list[tuple[Path, str]] = []
    for name, attribute in block.attributes():
        value = configured.get(name)
        if not isinstance(value, str):
            continue
        if attribute.allowed and value not in attribute.allowed:
            good = " ".join(f'"{one}"' for one in attribute.allowed)
            found.append(((*path, name), f"expected {name} to be one of [{good}], got {value}"))
        if attribute.pattern and not re.fullmatch(attribute.pattern, value):
            found.append(
                ((*path, name), f'"{name}" ("{value}") doesn\'t match regexp "{attribute.pattern}"')
            )
    for name, nested in block.blocks():
        for place, value in enumerate(_values(configured.get(name))):
            step: Path = (name, place) if nested.nesting == "list" else (name,)
            found += problems(nested.block, value, (*path, *step))
    return found


def _values(value: Any) -> list[Object]:
    if not value or is_unknown(value):
        return []
    values = value if isinstance(value, list) else [value]
    return [one for one in values if isinstance(one, dict)]
