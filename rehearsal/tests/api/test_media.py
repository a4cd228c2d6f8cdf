"""Multipart uploads of the clients there are."""

import pytest

from rehearsal.api.media import multipart
from rehearsal.errors import ApiError


@pytest.mark.parametrize("end", [b"\r\n", b"\n"])
@pytest.mark.parametrize("quote", ["", '"', "'"])
@pytest.mark.parametrize(
    "content", [b"", b"hello\n", b"--not-the-edge\r\n\r\nx", bytes(range(256))]
)
def test_document_and_bytes_are_found(end: bytes, quote: str, content: bytes) -> None:
    body = end.join([
        b"--==edge", b"Content-Type: application/json", b"", b'{"name": "a"}',
        b"--==edge", b"content-type: text/plain", b"X-A: b", b"", content, b"--==edge--", b"",
    ])  # fmt: skip
    upload = multipart(body, f"multipart/related; boundary={quote}==edge{quote}")
    assert upload.document == {"name": "a"}
    assert upload.content == content
    assert upload.headers == {"content-type": "text/plain", "x-a": "b"}


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"", "multipart/related"),
        (b"--e\r\n\r\n{}\r\n--e--", "multipart/related; boundary=e"),
        (b"--e\r\n\r\nno json\r\n--e\r\n\r\nx\r\n--e--", "multipart/related; boundary=e"),
        (b"--e\r\nno blank line\r\n--e\r\n\r\nx\r\n--e--", "multipart/related; boundary=e"),
    ],
)
def test_what_is_malformed_is_refused(body: bytes, kind: str) -> None:
    with pytest.raises(ApiError, match="Malformed multipart body"):
        multipart(body, kind)
