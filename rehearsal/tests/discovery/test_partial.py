"""The ``fields`` parameter selects parts of an answer."""

from typing import Any

import pytest

from rehearsal.discovery.partial import select
from rehearsal.errors import ApiError

DOCUMENT = {
    "items": [{"name": "a", "size": 1, "owner": {"id": 7, "mail": "m"}}, {"name": "b"}],
    "nextPageToken": "t",
}


@pytest.mark.parametrize(
    ("fields", "kept"),
    [
        ("nextPageToken", {"nextPageToken": "t"}),
        ("items/name", {"items": [{"name": "a"}, {"name": "b"}]}),
        ("items(name,owner/id)", {"items": [{"name": "a", "owner": {"id": 7}}, {"name": "b"}]}),
        ("items/owner(id),nextPageToken",
         {"items": [{"owner": {"id": 7}}, {}], "nextPageToken": "t"}),
        ("items(name),items", {"items": DOCUMENT["items"]}),
        ("*", DOCUMENT),
        ("nothing", {}),
    ],
)  # fmt: skip
def test_only_what_was_asked_for_is_kept(fields: str, kept: dict[str, Any]) -> None:
    assert select(DOCUMENT, fields) == kept


@pytest.mark.parametrize("fields", [",", "items(", "items(name", "items)", "items/", "a,,b"])
def test_what_cannot_be_read_is_refused(fields: str) -> None:
    with pytest.raises(ApiError, match="Invalid field selection"):
        select(DOCUMENT, fields)
