"""The content of a load job, checked against its schema before it is sent on.

Upstream takes rows with fields that no column has, and NULL where a column is REQUIRED; BigQuery
does not. JSON and CSV are checked, other formats are loaded as they are. Bad rows up to
``maxBadRecords`` are left out. Differs from Google: all of the file is read before it gives up.
https://cloud.google.com/bigquery/docs/loading-data-cloud-storage-json
"""

import gzip
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from rehearsal.api.call import Call
from rehearsal.documents import Document
from rehearsal.services.bigquery.names import TableName
from rehearsal.services.bigquery.refusals import Refusal
from rehearsal.services.bigquery.rows import bad_csv_rows, bad_json_rows
from rehearsal.services.bigquery.upstream import found

_GZIP = b"\x1f\x8b"
_ERRORS_SHOWN = 5
_READING = "Error while reading data, error message:"


@dataclass(frozen=True)
class Bad:
    """A row that does not fit: the bytes from ``start`` to ``end``, and why."""

    start: int
    end: int
    why: str


@dataclass(frozen=True)
class Checked:
    """What is sent on, or why nothing is."""

    load: Document
    content: bytes
    refusal: Refusal | None = None
    errors: list[Document] = field(default_factory=list)


def check(call: Call, load: Document, table: TableName, content: bytes) -> Checked:
    """The load with the table's schema where it has none of its own, and its plain content."""
    try:
        content = unpacked(content)
    except (OSError, EOFError, zlib.error) as error:
        return Checked(load, content, Refusal("invalid", f"{_READING} {error}"))
    current = found(call, table.path)
    fields = _fields(load, current)
    if fields is None:
        return Checked(load, content)
    if not fields:
        return Checked(load, content, Refusal("invalid", "No schema specified on job or table."))
    if "schema" not in load:
        load = load | {"schema": {"fields": fields}}
    bad = _bad_rows(load, _known(load, fields, current), content)
    if len(bad) > int(load.get("maxBadRecords") or 0):
        return Checked(load, content, *_given_up(load, bad))
    return Checked(load, _without(content, bad))


def unpacked(content: bytes) -> bytes:
    """The content without gzip, which BigQuery finds by itself.

    Raises:
        OSError, EOFError, zlib.error: it begins as gzip, and is none.
    """
    return gzip.decompress(content) if content.startswith(_GZIP) else content


def _fields(load: Document, current: Document | None) -> list[Document] | None:
    """The columns by which rows are read; None if BigQuery finds them by looking at the rows."""
    given = (load.get("schema") or {}).get("fields")
    if given:
        return list(given)
    if load.get("autodetect") or load.get("sourceFormat") not in {
        None, "CSV", "NEWLINE_DELIMITED_JSON",
    }:  # fmt: skip
        return None
    return list((current or {}).get("schema", {}).get("fields", []))


def _known(load: Document, fields: list[Document], current: Document | None) -> Sequence[Document]:
    """The columns, REQUIRED where the table that stays has them so."""
    if current is None or load.get("writeDisposition") == "WRITE_TRUNCATE":
        return fields
    required = {
        one["name"].casefold()
        for one in current.get("schema", {}).get("fields", [])
        if one.get("mode") == "REQUIRED"
    }
    return [
        one | {"mode": "REQUIRED"} if one["name"].casefold() in required else one for one in fields
    ]


def _bad_rows(load: Document, fields: Sequence[Document], content: bytes) -> list[Bad]:
    if load.get("sourceFormat") == "NEWLINE_DELIMITED_JSON":
        unknown_allowed = bool(load.get("ignoreUnknownValues"))
        rows: Iterator[tuple[int, int, str]] = bad_json_rows(
            content, fields, unknown_allowed=unknown_allowed
        )
    elif load.get("sourceFormat") in {None, "CSV"}:
        rows = bad_csv_rows(content, fields, load)
    else:
        return []
    return [Bad(*row) for row in rows]


def _given_up(load: Document, bad: list[Bad]) -> tuple[Refusal, list[Document]]:
    kind = "JSON" if load.get("sourceFormat") == "NEWLINE_DELIMITED_JSON" else "CSV"
    total = Refusal(
        "invalid",
        f"{_READING} {kind} table encountered too many errors, giving up. Rows: {len(bad)};"
        f" errors: {len(bad)}. Please look into the errors[] collection for more details.",
    )
    single = [Refusal("invalid", f"{_READING} {one.why}").result() for one in bad[:_ERRORS_SHOWN]]
    return total, single


def _without(content: bytes, bad: list[Bad]) -> bytes:
    if not bad:
        return content
    ends = [0, *(one.end for one in bad)]
    starts = [*(one.start for one in bad), len(content)]
    return b"".join(content[end:start] for end, start in zip(ends, starts, strict=True))
