"""Finds the rows of a file that BigQuery would not load, with its reason for each.

Reasons are worded as users of BigQuery report them; a position is a byte offset into the file.
"""

import csv
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from rehearsal.documents import Document

type BadRow = tuple[int, int, str]
"""Offset of its first byte, offset after its last, and why it is bad."""
type Columns = Mapping[str, Document]
"""By name in lower case: BigQuery's columns differ by more than case."""

_EMPTY_IS_TEXT = {"STRING", "BYTES"}


def bad_json_rows(
    content: bytes, fields: Sequence[Document], *, unknown_allowed: bool
) -> Iterator[BadRow]:
    """Rows of newline-delimited JSON that do not fit the columns."""
    columns, position = _by_name(fields), 0
    for line in content.splitlines(keepends=True):
        if line.strip():
            why = _json_fault(line, columns, unknown_allowed=unknown_allowed)
            if why:
                at = f"JSON parsing error in row starting at position {position}"
                yield position, position + len(line), f"{at}: {why}"
        position += len(line)


def bad_csv_rows(content: bytes, fields: Sequence[Document], load: Document) -> Iterator[BadRow]:
    """Rows of CSV with nothing in a REQUIRED column."""
    required = [
        (index, field) for index, field in enumerate(fields) if field.get("mode") == "REQUIRED"
    ]
    if not required or load.get("encoding") not in {None, "UTF-8"}:
        return
    null, skipped = load.get("nullMarker") or "", int(load.get("skipLeadingRows") or 0)
    for number, (start, end, row) in enumerate(_csv_rows(content, load)):
        missing = next((i for i, field in required if _is_null(row, i, field, null)), None)
        if number >= skipped and row and missing is not None:
            yield (
                start,
                end,
                f"Required column value for column index: {missing} is missing in row starting at"
                f" position: {start}",
            )


def _json_fault(line: bytes, columns: Columns, *, unknown_allowed: bool) -> str:
    try:
        row = msgspec.json.decode(line)
    except msgspec.DecodeError as error:
        return f"Parser terminated before end of string: {error}"
    if not isinstance(row, dict):
        return "Start of array or value encountered without start of object."
    return _fault(row, columns, "", unknown_allowed=unknown_allowed)


def _fault(row: dict[str, Any], columns: Columns, prefix: str, *, unknown_allowed: bool) -> str:
    """Why an object does not fit; '' if it does."""
    present = set()
    for name, value in row.items():
        column = columns.get(name.casefold())
        if column is None:
            if not unknown_allowed:
                return f"No such field: {prefix}{name}."
            continue
        present.add(name.casefold())
        why = _value_fault(value, column, f"{prefix}{name}", unknown_allowed=unknown_allowed)
        if why:
            return why
    for name, column in columns.items():
        if column.get("mode") == "REQUIRED" and name not in present:
            return f"Missing required field: {prefix}{column['name']}."
    return ""


def _value_fault(value: Any, column: Document, name: str, *, unknown_allowed: bool) -> str:
    if value is None:
        if column.get("mode") == "REQUIRED":
            return f"Only optional fields can be set to NULL. Field: {name}; Value: NULL"
        return ""
    if not column.get("fields"):
        return ""
    columns = _by_name(column["fields"])
    values = value if isinstance(value, list) else [value]
    for one in values:
        if isinstance(one, dict):
            why = _fault(one, columns, f"{name}.", unknown_allowed=unknown_allowed)
            if why:
                return why
    return ""


def _csv_rows(content: bytes, load: Document) -> Iterator[tuple[int, int, list[str]]]:
    """Each row with the offsets of its bytes; a row may have several lines."""
    taken = 0

    def lines() -> Iterator[str]:
        nonlocal taken
        for line in content.splitlines(keepends=True):
            taken += len(line)
            yield line.decode(errors="replace")

    quote = load.get("quote", '"')
    delimiter = {"\\t": "\t", "tab": "\t"}.get(load.get("fieldDelimiter") or ",")
    reader = csv.reader(
        lines(),
        delimiter=delimiter or load.get("fieldDelimiter") or ",",
        quotechar=quote or None,
        quoting=csv.QUOTE_MINIMAL if quote else csv.QUOTE_NONE,
    )
    start = 0
    for row in reader:
        yield start, taken, row
        start = taken


def _is_null(row: list[str], index: int, field: Document, null: str) -> bool:
    """Whether a value is NULL: an empty text is one only where the marker says so."""
    if index >= len(row):
        return True
    return row[index] == null and (null != "" or field.get("type") not in _EMPTY_IS_TEXT)


def _by_name(fields: Sequence[Document]) -> dict[str, Document]:
    return {field["name"].casefold(): field for field in fields}
