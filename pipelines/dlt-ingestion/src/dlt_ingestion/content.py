"""What a run has read, spooled to two files of JSON lines: staged rows and verbatim answers."""

import base64
import gzip
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, cast

import msgspec

from dlt_ingestion.api import Answer
from dlt_ingestion.errors import WarehouseError
from dlt_ingestion.records import ApiBreed, Era, era_of
from dlt_ingestion.rows import breed_row
from dlt_ingestion.schema import API_PAYLOADS, BREEDS, RUN_ID

STAGED_PAYLOAD_COLUMNS = tuple(c for c in API_PAYLOADS.columns if c.name != RUN_ID.name)

PayloadRow = msgspec.defstruct(
    "PayloadRow", [(column.name, object) for column in STAGED_PAYLOAD_COLUMNS], gc=False
)

_encode = msgspec.json.Encoder().encode
_HASH_MODULUS = 1 << 256


@dataclass
class Content:
    """Counts and hash of everything read; the rows themselves are in ``files``, by table.

    ``payloads`` are the answers as PayloadRow without their bodies.
    """

    files: dict[str, Path] = field(default_factory=dict)
    payloads: list[msgspec.Struct] = field(default_factory=list)
    breeds: int = 0
    flagged_breeds: int = 0
    flagged_values: int = 0
    bytes_read: int = 0
    era: Era | None = None
    _hash_sum: int = 0

    @property
    def sha256(self) -> str:
        """One hash over all breeds' content, the same for any order of theirs.

        The sum of the rows' SHA-256 modulo 2**256, so that nothing has to be sorted or held.
        """
        return f"{self._hash_sum:064x}"

    def add_hash(self, content_sha256: str) -> None:
        """Counts one row's hash in."""
        self._hash_sum = (self._hash_sum + int(content_sha256, 16)) % _HASH_MODULUS


class Spool:
    """Writes rows and answers as they come. Use as a context manager; ``content`` has the sums."""

    def __init__(self, folder: Path, *, compress: bool) -> None:
        """Files go to ``folder``, gzipped where they will be uploaded."""
        self._folder, self._compress = folder, compress
        self._open: dict[str, BinaryIO] = {}
        self._stored: set[str] = set()
        self.content = Content()

    def __enter__(self) -> "Spool":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Flushes the files; they can be loaded from now on. Safe to repeat."""
        try:
            for file in self._open.values():
                file.close()
        except OSError as error:
            raise self._disk_error(error) from error
        finally:
            self._open.clear()

    def keep(self, answer: Answer) -> None:
        """Notes an answer verbatim; a body that was noted before is not written again."""
        encoding, body = _as_text(answer.body)
        note = PayloadRow(
            page=answer.page,
            fetched_at=answer.fetched_at,
            url=answer.url,
            http_status=answer.status,
            pagination_count=answer.count,
            pagination_limit=answer.page_limit,
            sha256=answer.sha256,
            size_bytes=len(answer.body),
            encoding=encoding,
            body=None,
        )
        self.content.payloads.append(note)
        self.content.bytes_read += len(answer.body)
        known = answer.sha256 in self._stored
        self._stored.add(answer.sha256)
        row = note if known else msgspec.structs.replace(note, body=body)
        self._write(API_PAYLOADS.name, row)

    def add_page(self, answer: Answer, breeds: list[ApiBreed]) -> None:
        """Parses and writes the breeds of one answer."""
        if self.content.era is None:
            self.content.era = era_of(breeds)
        for breed in breeds:
            row, issues = breed_row(breed, answer.sha256)
            if issues:
                self.content.flagged_breeds += 1
                self.content.flagged_values += len(issues)
            self._add(row)

    def add_rows(self, rows: Iterable[msgspec.Struct]) -> None:
        """Writes rows that were parsed in an earlier run."""
        for row in rows:
            flagged = getattr(row, "flagged_values", None)
            if flagged:
                self.content.flagged_breeds += 1
                self.content.flagged_values += len(msgspec.json.decode(flagged))
            self._add(row)

    def _add(self, row: msgspec.Struct) -> None:
        self.content.breeds += 1
        self.content.add_hash(row.content_sha256)  # type: ignore[attr-defined]  # made by defstruct
        self._write(BREEDS.name, row)

    def _write(self, table: str, row: msgspec.Struct) -> None:
        try:
            file = self._open.get(table) or self._create(table)
            file.write(_encode(row) + b"\n")
        except OSError as error:
            raise self._disk_error(error) from error

    def _create(self, table: str) -> BinaryIO:
        path = self._folder / f"{table}.jsonl{'.gz' if self._compress else ''}"
        file: BinaryIO
        if self._compress:
            file = cast(BinaryIO, gzip.open(path, "wb", compresslevel=1))  # noqa: SIM115 - closed by close()
        else:
            file = path.open("wb")
        self._open[table] = file
        self.content.files[table] = path
        return file

    def _disk_error(self, error: OSError) -> WarehouseError:
        return WarehouseError(
            f"Can't write to {self._folder}: {error}. Free some space (Cloud Run: its file system "
            "counts against the job's memory) and run again; the published tables are as they were."
        )


def _as_text(body: bytes) -> tuple[str, str]:
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        return "base64", base64.b64encode(body).decode("ascii")
    if "\x00" in text:
        return "base64", base64.b64encode(body).decode("ascii")
    return "utf-8", text


def body_of(encoding: str, body: str) -> bytes:
    """The bytes of a stored body."""
    return base64.b64decode(body) if encoding == "base64" else body.encode("utf-8")


def sha256_of(body: bytes) -> str:
    """SHA-256 of ``body``, in hexadecimal."""
    return hashlib.sha256(body).hexdigest()
