"""Etags are compared as bytes."""

import pytest

from rehearsal.api.digests import etag, same_etag


def test_an_etag_changes_with_the_document_but_not_with_itself() -> None:
    mark = etag({"a": 1})
    assert mark == etag({"a": 1, "etag": mark})
    assert mark != etag({"a": 2})


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [("ab+/", "ab-_", True), ("YWI=", "YWI", True), ('"YWI="', "YWI=", True),
     ("ab+/", "ab+A", False), ("not base64!", "not base64!", True), ("a!", "b!", False)],
)  # fmt: skip
def test_both_alphabets_are_the_same_bytes(one: str, other: str, same: bool) -> None:
    assert same_etag(one, other) is same
