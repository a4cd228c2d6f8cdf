"""The table says of each attribute what the real provider's schema says of it."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from rehearsal.terraform_provider.provider import PROVIDER
from rehearsal.terraform_provider.resources import DATA_SOURCES, RESOURCES
from rehearsal.terraform_provider.schema import Attribute, Block, Nested

_SCHEMA = Path(__file__).parents[4] / "shared" / "terraform" / "google-7.45.0-schema.json"
"""Beside the repository: it is no part of it. As ``terraform providers schema -json`` prints."""
_FLAGS = ("required", "optional", "computed", "sensitive", "write_only")


@pytest.fixture(scope="module")
def real() -> dict[str, Any]:
    if not _SCHEMA.exists():
        pytest.skip(f"the real provider's schema is not here: {_SCHEMA}")
    schema: dict[str, Any] = json.loads(_SCHEMA.read_text())
    return schema


@pytest.mark.parametrize("name", RESOURCES)
def test_a_resource_has_the_real_ones_attributes(name: str, real: dict[str, Any]) -> None:
    schema = real["resource_schemas"][name]

    assert list(_differences(RESOURCES[name].block, schema["block"])) == []
    assert RESOURCES[name].version == schema.get("version", 0)


@pytest.mark.parametrize("name", DATA_SOURCES)
def test_a_data_source_has_the_real_ones_attributes(name: str, real: dict[str, Any]) -> None:
    schema = real["data_source_schemas"][name]

    assert list(_differences(DATA_SOURCES[name].block, schema["block"])) == []


def test_the_provider_block_has_the_real_ones_attributes(real: dict[str, Any]) -> None:
    assert list(_differences(PROVIDER, real["provider"]["block"])) == []


def test_a_difference_is_found(real: dict[str, Any]) -> None:
    schema = real["resource_schemas"]["google_service_account"]["block"]
    wrong = Block(
        {
            "account_id": Attribute(optional=True),
            "disabled": Attribute(optional=True),
            "nickname": Attribute(optional=True),
            "member": Nested(block=Block({})),
        }
    )

    assert sorted(_differences(wrong, schema)) == [
        ".account_id: optional is True, really False",
        ".account_id: required is False, really True",
        ".disabled: type is string, really bool",
        ".member: there is none",
        ".nickname: there is none",
    ]


def _differences(ours: Block, real: Mapping[str, Any], where: str = "") -> Iterator[str]:
    for name, attribute in ours.attributes():
        known = real.get("attributes", {}).get(name)
        if known is None:
            yield f"{where}.{name}: there is none"
            continue
        for flag in _FLAGS:
            if getattr(attribute, flag) != bool(known.get(flag)):
                yield f"{where}.{name}: {flag} is {getattr(attribute, flag)}, really " + str(
                    bool(known.get(flag))
                )
        if attribute.type != known["type"]:
            yield f"{where}.{name}: type is {attribute.type}, really {known['type']}"
    for name, nested in ours.blocks():
        known = real.get("block_types", {}).get(name)
        if known is None:
            yield f"{where}.{name}: there is none"
            continue
        theirs = (known["nesting_mode"], known.get("min_items", 0), known.get("max_items", 0))
        mine = (nested.nesting, nested.min_items, nested.max_items)
        if theirs != mine:
            yield f"{where}.{name}: {mine}, really {theirs}"
        yield from _differences(nested.block, known["block"], f"{where}.{name}")
    yield from _missing(ours, real, where)


def _missing(ours: Block, real: Mapping[str, Any], where: str) -> Iterator[str]:
    """What a configuration must have can't be left out of the table."""
    for name, known in {**real.get("attributes", {}), **real.get("block_types", {})}.items():
        if name not in ours.fields and (known.get("required") or known.get("min_items")):
            yield f"{where}.{name}: is required"
