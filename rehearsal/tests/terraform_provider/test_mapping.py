"""From attributes to the REST document and back."""

from typing import Any

from rehearsal.terraform_provider.mapping import document, state
from rehearsal.terraform_provider.schema import (
    BOOL,
    HERE,
    NUMBER,
    STRING_MAP,
    STRINGS,
    block,
    many,
    one,
    optional,
    output,
    required,
)
from rehearsal.terraform_provider.values import UNKNOWN

_BLOCK = block(
    display_name=optional(),
    size_bytes=optional(NUMBER),
    enabled=optional(BOOL, sends_zero=True),
    labels=optional(STRING_MAP),
    emails=optional(STRINGS),
    secret=optional(write_only=True, rest=HERE),
    kept_here=optional(BOOL, rest=HERE, default=False),
    dataset_id=optional(rest="datasetReference.datasetId"),
    create_time=output(),
    retry_config=one()(max_doublings=optional(NUMBER)),
    auto=one(presence=True)(key=optional()),
    rules=many()(rule_name=required()),
    policies=many(nesting="set", keyed_by="id")(id=required(), action=optional()),
)


def _sent(**values: Any) -> dict[str, Any]:
    return document(_BLOCK, _BLOCK.empty() | values)


def _received(found: dict[str, Any], **prior: Any) -> dict[str, Any]:
    return state(_BLOCK, found, prior)


def test_names_become_camel_case_and_empty_values_are_left_out() -> None:
    sent = _sent(display_name="a", size_bytes=0, enabled=False, labels={}, create_time="t")

    assert sent == {"displayName": "a", "enabled": False}


def test_what_is_not_known_yet_is_left_out() -> None:
    assert _sent(display_name=UNKNOWN) == {}


def test_what_stays_in_terraform_is_left_out() -> None:
    assert _sent(secret="s", kept_here=True) == {}


def test_a_name_with_dots_is_a_field_in_a_field() -> None:
    assert _sent(dataset_id="d") == {"datasetReference": {"datasetId": "d"}}
    assert _received({"datasetReference": {"datasetId": "d"}})["dataset_id"] == "d"


def test_a_block_that_may_be_there_once_is_an_object() -> None:
    assert _sent(retry_config=[{"max_doublings": 2}]) == {"retryConfig": {"maxDoublings": 2}}
    assert _received({"retryConfig": {"maxDoublings": 2}})["retry_config"] == [{"max_doublings": 2}]


def test_a_block_that_may_be_there_often_is_an_array() -> None:
    assert _sent(rules=[{"rule_name": "a"}]) == {"rules": [{"ruleName": "a"}]}
    assert _received({"rules": [{"ruleName": "a"}]})["rules"] == [{"rule_name": "a"}]


def test_a_block_in_which_nothing_is_written_may_mean_something() -> None:
    assert _sent(auto=[{"key": None}]) == {"auto": {}}
    assert _received({"auto": {}})["auto"] == [{"key": None}]
    assert _received({})["auto"] == []


def test_blocks_may_be_a_map_by_one_of_their_attributes() -> None:
    found = {"policies": {"a": {"action": "KEEP"}}}

    assert _received(found)["policies"] == [{"id": "a", "action": "KEEP"}]


def test_an_int64_is_a_text_in_json() -> None:
    assert _received({"sizeBytes": "12"})["size_bytes"] == 12


def test_what_the_server_leaves_out_is_the_zero_that_was_written() -> None:
    values = _received({}, size_bytes=0, emails=[], display_name="")

    assert (values["size_bytes"], values["emails"], values["display_name"]) == (0, [], "")


def test_a_change_from_outside_is_taken_over() -> None:
    assert _received({"displayName": "theirs"}, display_name="ours")["display_name"] == "theirs"
    assert _received({}, display_name="ours")["display_name"] is None


def test_what_stays_in_terraform_is_what_it_was_or_the_default() -> None:
    assert _received({}, kept_here=True)["kept_here"] is True
    assert _received({})["kept_here"] is False


def test_what_is_only_written_is_never_remembered() -> None:
    assert _received({}, secret="s")["secret"] is None
