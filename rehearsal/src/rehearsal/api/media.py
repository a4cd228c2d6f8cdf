"""Uploads: the parts of a ``uploadType=multipart`` body.

https://cloud.google.com/storage/docs/uploading-objects-from-memory and, for the quirks of gcloud
(a boundary in single quotes, lines that end in a bare newline), recordings.
"""

import re
from dataclasses import dataclass

import msgspec

from rehearsal.documents import Document, decode
from rehearsal.errors import ApiError, invalid_argument

_BOUNDARY = re.compile(r"""boundary=(?:"([^"]+)"|'([^']+)'|([^;\s]+))""")
_BLANK_LINE = re.compile(rb"\r?\n\r?\n")


@dataclass(frozen=True)
class Upload:
    """A document and the bytes that came with it."""

    document: Document
    content: bytes
    headers: dict[str, str]
    """Of the part with the bytes, by lower-case name."""


def multipart(body: bytes, content_type: str) -> Upload:
    """The two parts of a ``multipart/related`` body: JSON and bytes.

    Raises:
        ApiError: 400: it has not two parts, or the first is no JSON object.
    """
    found = _BOUNDARY.search(content_type)
    if found is None:
        raise _malformed("the content type names no boundary")
    boundary = next(group for group in found.groups() if group)
    parts = _parts(body, boundary.encode())
    if len(parts) != 2:
        raise _malformed(f"{len(parts)} parts where 2 are wanted")
    try:
        document = decode(parts[0][1])
    except msgspec.DecodeError as error:
        raise _malformed(f"the first part is no JSON object: {error}") from error
    return Upload(document, parts[1][1], parts[1][0])


def _parts(body: bytes, boundary: bytes) -> list[tuple[dict[str, str], bytes]]:
    line = re.compile(
        rb"(?:^|\r?\n)--" + re.escape(boundary) + rb"(?:--[ \t]*(?:\r?\n)?$|[ \t]*\r?\n)"
    )
    pieces = line.split(body)[1:-1]
    return [_part(piece) for piece in pieces]


def _part(piece: bytes) -> tuple[dict[str, str], bytes]:
    blank = _BLANK_LINE.search(piece)
    if blank is None:
        raise _malformed("a part has no blank line after its headers")
    lines = piece[: blank.start()].decode("latin-1").splitlines()
    headers = {
        name.strip().lower(): value.strip()
        for name, _, value in (one.partition(":") for one in lines)
    }
    return headers, piece[blank.end() :]


def _malformed(why: str) -> ApiError:
    return invalid_argument(f"Malformed multipart body: {why}.", reason="badRequest")
