"""The bytes of objects: files named by their SHA-256, so that the same content is kept once.

A file is complete or not there: it is written under another name, synced, and then renamed.
"""

import base64
import hashlib
import os
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import google_crc32c

from rehearsal.cloud import Cloud

_PIECE_BYTES = 1024 * 1024


@dataclass(frozen=True)
class Content:
    """What is known of the bytes of an object."""

    blob: str
    """SHA-256, in hexadecimal: the name under which they are kept."""
    size: int
    md5: str
    crc32c: str
    """Both in base64, the checksum in big-endian order, as the API gives them."""


class Contents:
    """All content of a cloud, in one folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def add(self, pieces: Iterable[bytes]) -> Content:
        """Keeps bytes; they survive a crash once this has returned."""
        sha256, md5, crc = hashlib.sha256(), hashlib.md5(usedforsecurity=False), 0
        size = 0
        with tempfile.NamedTemporaryFile(dir=self._folder, prefix=".new-", delete=False) as file:
            for piece in pieces:
                file.write(piece)
                sha256.update(piece)
                md5.update(piece)
                crc = google_crc32c.extend(crc, piece)
                size += len(piece)
            file.flush()
            os.fsync(file.fileno())
        Path(file.name).replace(self._path(sha256.hexdigest()))
        return Content(
            blob=sha256.hexdigest(),
            size=size,
            md5=base64.b64encode(md5.digest()).decode(),
            crc32c=base64.b64encode(crc.to_bytes(4, "big")).decode(),
        )

    def read(self, blob: str, first: int = 0, length: int | None = None) -> Iterator[bytes]:
        """The bytes, in pieces. The file is opened at once: it may be deleted while it is read."""
        file = self._path(blob).open("rb")
        return _pieces(file, first, length)

    def keep_only(self, blobs: set[str]) -> None:
        """Deletes what no object has any more, and what was never finished."""
        for path in self._folder.iterdir():
            if path.name not in blobs:
                path.unlink()

    def _path(self, blob: str) -> Path:
        return self._folder / blob


def contents(cloud: Cloud) -> Contents:
    """The content of a cloud's objects."""
    return Contents(cloud.folder / "storage")


def pieces_of(file: IO[bytes]) -> Iterator[bytes]:
    """All bytes of an open file, from its start."""
    file.seek(0)
    while piece := file.read(_PIECE_BYTES):
        yield piece


def _pieces(file: IO[bytes], first: int, length: int | None) -> Iterator[bytes]:
    with file:
        file.seek(first)
        left = length
        while left is None or left > 0:
            piece = file.read(_PIECE_BYTES if left is None else min(left, _PIECE_BYTES))
            if not piece:
                return
            left = None if left is None else left - len(piece)
            yield piece
