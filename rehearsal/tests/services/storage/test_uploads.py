from typing import Any

import pytest

from rehearsal.documents import Document
from tests.services.storage.world import BUCKET, HOST, World

CHUNK = 256 * 1024


def opened(world: World, document: Document, **headers: str) -> str:
    answer = world.client.post(
        f"{HOST}/upload/storage/v1/b/{BUCKET}/o?uploadType=resumable", document, headers=headers
    )
    assert answer.status == 200
    return answer.headers["location"]


def test_two_parts_are_a_description_and_bytes() -> None:
    made = World().multipart({"name": "a", "metadata": {"k": "v"}}, b"\x00state\r\n").ok
    assert (made["name"], made["size"], made["metadata"]) == ("a", "8", {"k": "v"})
    assert made["contentType"] == "text/x-state"


def test_gclouds_bare_newlines_are_understood() -> None:
    world = World()
    world.multipart({"name": "a", "contentType": "x/y"}, b"line\n", end="\n").ok
    answer = world.client.get(world.url("a", alt="media"))
    assert (answer.content, answer.headers["content-type"]) == (b"line\n", "x/y")


def test_an_unknown_field_of_the_description_is_refused() -> None:
    assert World().multipart({"name": "a", "colour": "red"}, b"").status == 400


def test_wrong_sums_are_refused_and_nothing_is_made() -> None:
    world = World()
    answer = world.multipart({"name": "a", "crc32c": "AAAAAA=="}, b"x")
    assert 'Provided CRC32C "AAAAAA=="' in answer.error["message"]
    assert world.names() == []


def test_an_upload_in_pieces() -> None:
    world = World()
    url = opened(world, {"name": "big"}, **{"x-upload-content-type": "x/y"})
    content = b"a" * CHUNK + b"b" * 10
    first = world.client.put(
        url, content=content[:CHUNK], headers={"content-range": f"bytes 0-{CHUNK - 1}/*"}
    )
    assert (first.status, first.headers["range"]) == (308, f"bytes=0-{CHUNK - 1}")
    asked = world.client.put(url, headers={"content-range": "bytes */*"})
    assert (asked.status, asked.headers["range"]) == (308, f"bytes=0-{CHUNK - 1}")
    header = f"bytes {CHUNK}-{CHUNK + 9}/{CHUNK + 10}"
    made = world.client.put(url, content=content[CHUNK:], headers={"content-range": header}).ok
    assert (made["size"], made["contentType"]) == (str(len(content)), "x/y")
    assert world.client.get(world.url("big", alt="media")).content == content


def test_an_upload_in_one_piece_needs_no_range() -> None:
    world = World()
    assert world.client.put(opened(world, {"name": "a"}), content=b"hello").ok["size"] == "5"


def test_an_empty_upload_ends_with_its_length() -> None:
    world = World()
    url = opened(world, {"name": "a"})
    assert world.client.put(url, headers={"content-range": "bytes */0"}).ok["size"] == "0"


def test_nothing_is_to_be_seen_of_an_upload_before_its_end() -> None:
    world = World()
    url = opened(world, {"name": "a"})
    world.client.put(url, content=b"a" * CHUNK, headers={"content-range": f"bytes 0-{CHUNK - 1}/*"})
    assert world.names() == []


@pytest.mark.parametrize(
    ("header", "content"),
    [("bytes 5-9/10", b"12345"), ("bytes 0-9/10", b"123"), ("bytes 0-2/*", b"123"), ("x", b"")],
)
def test_a_piece_that_does_not_fit_is_refused(header: str, content: bytes) -> None:
    world = World()
    url = opened(world, {"name": "a"})
    answer = world.client.put(url, content=content, headers={"content-range": header})
    assert answer.status in {400, 503}
    assert world.names() == []


def test_the_precondition_of_an_upload_holds_at_its_end() -> None:
    world = World()
    answer = world.client.post(
        f"{HOST}/upload/storage/v1/b/{BUCKET}/o?uploadType=resumable&ifGenerationMatch=0",
        {"name": "a"},
    )
    world.upload("a", b"somebody was faster")
    assert world.client.put(answer.headers["location"], content=b"late").status == 412


def test_an_unknown_upload_is_not_found() -> None:
    url = f"{HOST}/upload/storage/v1/b/{BUCKET}/o?uploadType=resumable&upload_id=nope"
    assert World().client.put(url, content=b"x").status == 404


@pytest.mark.parametrize("query", ["uploadType=carrier", "name=a"])
def test_an_upload_says_of_which_kind_it_is(query: str) -> None:
    url = f"{HOST}/upload/storage/v1/b/{BUCKET}/o?{query}"
    assert World().client.post(url, content=b"x").status == 400


def test_a_list_of_access_rights_is_refused_where_access_is_uniform() -> None:
    answer: Any = World().upload("a", b"x", predefinedAcl="publicRead")
    assert "uniform bucket-level access" in answer.error["message"]
