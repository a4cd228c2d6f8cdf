"""Only masked fields change."""

from typing import Any

import pytest

from rehearsal.api.masks import patch
from rehearsal.errors import ApiError

CURRENT = {"name": "n", "labels": {"a": "1"}, "retryConfig": {"retryCount": 1, "min": "5s"}}
SETTABLE = ("labels", "retryConfig", "description")


@pytest.mark.parametrize(
    ("mask", "change", "changed"),
    [
        ("labels", {"labels": {"b": "2"}, "description": "d"}, {"labels": {"b": "2"}}),
        ("retry_config.retry_count", {"retryConfig": {"retryCount": 3}},
         {"retryConfig": {"retryCount": 3, "min": "5s"}}),
        ("retryConfig.retryCount", {}, {"retryConfig": {"min": "5s"}}),
        ("description,labels", {"description": "d", "labels": {}},
         {"description": "d", "labels": {}}),
    ],
)  # fmt: skip
def test_a_mask_names_what_changes(
    mask: str, change: dict[str, Any], changed: dict[str, Any]
) -> None:
    assert patch(CURRENT, change, mask, SETTABLE) == CURRENT | changed


@pytest.mark.parametrize("mask", [None, "", "*"])
def test_without_a_mask_all_that_can_be_set_is_replaced(mask: str | None) -> None:
    assert patch(CURRENT, {"description": "d", "name": "other"}, mask, SETTABLE) == {
        "name": "n",
        "description": "d",
    }


def test_a_field_that_cannot_be_set_is_refused() -> None:
    with pytest.raises(ApiError, match="invalid field: name"):
        patch(CURRENT, {"name": "x"}, "name", SETTABLE)


def test_the_resource_itself_is_not_touched() -> None:
    patch(CURRENT, {"retryConfig": {"retryCount": 9}}, "retryConfig.retryCount", SETTABLE)
    assert CURRENT["retryConfig"] == {"retryCount": 1, "min": "5s"}
