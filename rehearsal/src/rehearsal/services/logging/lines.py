"""Makes a log entry of a line that a container writes, as Cloud Run does.

https://cloud.google.com/logging/docs/structured-logging and https://cloud.google.com/run/docs/logging
"""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from rehearsal.clock import parse_rfc3339, rfc3339
from rehearsal.documents import Document, decode
from rehearsal.services.logging.fields import too_deep
from rehearsal.services.logging.severity import severity_of

_PREFIX = "logging.googleapis.com/"
_OBJECTS = {"labels": "labels", "operation": "operation", "sourceLocation": "sourceLocation"}
_TEXTS = {"insertId": "insertId", "spanId": "spanId", "trace": "trace"}
_NANOSECONDS = 1_000_000_000
_TERMINAL_COLOURS = re.compile(r"\x1b\[[0-9;]*m")


def entry_of_line(line: bytes) -> Document:
    """``severity`` and one payload, and what special fields of a JSON line say.

    A field of the wrong type stays in the payload. ``timestamp`` is there only where the line
    names one. Bytes that are no UTF-8 become replacement characters.
    """
    text = line.decode("utf-8", errors="replace")
    if not text.lstrip().startswith("{"):
        return _plain(text)
    try:
        payload = decode(text.encode())
    except (msgspec.DecodeError, RecursionError):
        return _plain(text)
    return _plain(text) if too_deep(payload) else _structured(payload)


def _plain(text: str) -> Document:
    return {"severity": "DEFAULT", "textPayload": _TERMINAL_COLOURS.sub("", text)}


def _structured(payload: Document) -> Document:
    entry: Document = {"severity": severity_of(payload.pop("severity", "DEFAULT"))}
    _take_time(payload, entry)
    _take_members(payload, entry)
    if isinstance(payload.get("httpRequest"), dict):
        entry["httpRequest"] = payload.pop("httpRequest")
    if set(payload) == {"message"} and isinstance(payload["message"], str):
        entry["textPayload"] = payload["message"]
    else:
        entry["jsonPayload"] = payload
    return entry


def _take_members(payload: Document, entry: Document) -> None:
    for name, field in _OBJECTS.items():
        if isinstance(payload.get(_PREFIX + name), dict):
            entry[field] = payload.pop(_PREFIX + name)
    for name, field in _TEXTS.items():
        if isinstance(payload.get(_PREFIX + name), str):
            entry[field] = payload.pop(_PREFIX + name)
    if isinstance(payload.get(_PREFIX + "trace_sampled"), bool):
        entry["traceSampled"] = payload.pop(_PREFIX + "trace_sampled")
    if "labels" in entry:
        entry["labels"] = {name: str(value) for name, value in entry["labels"].items()}


def _take_time(payload: Document, entry: Document) -> None:
    for names in (("timestamp",), ("time",), ("timestampSeconds", "timestampNanos")):
        moment = _moment([payload.get(name) for name in names])
        if moment is not None:
            entry["timestamp"] = rfc3339(moment)
            for name in names:
                payload.pop(name, None)
            return


def _moment(values: list[Any]) -> datetime | None:
    """Of an RFC 3339 text, of ``{"seconds", "nanos"}``, or of seconds and nanoseconds."""
    if isinstance(values[0], dict):
        values = [values[0].get("seconds"), values[0].get("nanos", 0)]
    try:
        if len(values) == 1:
            return parse_rfc3339(values[0]) if isinstance(values[0], str) else None
        seconds, nanoseconds = int(values[0]), int(values[1] or 0)
        return datetime.fromtimestamp(seconds, UTC) + timedelta(
            microseconds=nanoseconds * 1_000_000 // _NANOSECONDS
        )
    except (TypeError, ValueError, OverflowError, OSError):
        # The field is no moment: it stays in the payload, and the entry has the time of arrival.
        return None
