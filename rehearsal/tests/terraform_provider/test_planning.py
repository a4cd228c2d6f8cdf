"""The rules by which a configuration and what is there become a plan."""

from typing import Any

from rehearsal.terraform_provider.planning import planned
from rehearsal.terraform_provider.schema import (
    BOOL,
    NUMBER,
    block,
    many,
    one,
    optional,
    output,
    required,
)
from rehearsal.terraform_provider.values import UNKNOWN

_BLOCK = block(
    name=required(replaces=True),
    size=optional(NUMBER, default=3),
    note=optional(),
    zone=optional(computed=True),
    uid=output(),
    retry=one(computed=True)(count=optional(NUMBER, computed=True)),
    rules=many()(key=required(), id=output(), kept=optional(BOOL)),
    tags=many(nesting="set")(key=required(), state=optional(computed=True)),
)


def _configured(**values: Any) -> dict[str, Any]:
    return _BLOCK.empty() | {"name": "a"} | values


def _there(**values: Any) -> dict[str, Any]:
    return _BLOCK.empty() | {"name": "a", "size": 3, "zone": "z", "uid": "1"} | values


def test_what_is_not_written_is_the_default_or_not_known_yet() -> None:
    plan = planned(_BLOCK, _configured(), None)

    assert plan.planned["size"] == 3
    assert plan.planned["note"] is None
    assert plan.planned["zone"] is UNKNOWN
    assert plan.planned["uid"] is UNKNOWN


def test_what_the_server_said_stays() -> None:
    assert planned(_BLOCK, _configured(), _there()).planned == _there()


def test_null_and_zero_are_one() -> None:
    there = _there(note="")

    assert planned(_BLOCK, _configured(), there).planned == there


def test_what_is_no_longer_written_goes() -> None:
    assert planned(_BLOCK, _configured(), _there(note="old")).planned["note"] is None


def test_a_change_of_what_replaces_is_told() -> None:
    assert planned(_BLOCK, _configured(name="b"), _there()).replaced_by == [("name",)]
    assert planned(_BLOCK, _configured(size=4), _there()).replaced_by == []


def test_a_value_that_is_not_known_yet_is_a_change() -> None:
    assert planned(_BLOCK, _configured(name=UNKNOWN), _there()).replaced_by == [("name",)]


def test_a_block_that_is_not_written_is_what_the_server_said() -> None:
    there = _there(retry=[{"count": 5}])

    assert planned(_BLOCK, _configured(), there).planned == there


def test_a_new_block_in_a_list_has_outputs_that_are_not_known_yet() -> None:
    rule = {"key": "k", "id": None, "kept": None}
    there = _there(rules=[{"key": "k", "id": "7", "kept": False}])

    rules = planned(_BLOCK, _configured(rules=[rule, rule]), there).planned["rules"]

    assert rules[0] == {"key": "k", "id": "7", "kept": False}
    assert rules[1]["id"] is UNKNOWN


def test_elements_of_a_set_are_found_again_in_any_order() -> None:
    there = _there(tags=[{"key": "a", "state": "on"}, {"key": "b", "state": "off"}])
    written = [{"key": "b", "state": None}, {"key": "a", "state": None}]

    assert planned(_BLOCK, _configured(tags=written), there).planned == there


def test_an_element_that_is_new_in_a_set_changes_it() -> None:
    there = _there(tags=[{"key": "a", "state": "on"}])
    written = [{"key": "a", "state": None}, {"key": "b", "state": None}]

    tags = planned(_BLOCK, _configured(tags=written), there).planned["tags"]

    assert tags == [{"key": "a", "state": "on"}, {"key": "b", "state": UNKNOWN}]


def test_blocks_that_are_all_zero_are_as_good_as_none() -> None:
    there = _there(rules=[{"key": "", "id": None, "kept": False}])

    assert planned(_BLOCK, _configured(), there).planned == there
