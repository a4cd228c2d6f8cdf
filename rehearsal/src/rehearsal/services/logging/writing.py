"""Writes log entries: ``entries.write``."""

import re

from rehearsal.api.call import Answer, Call
from rehearsal.clock import parse_rfc3339
from rehearsal.documents import Document, encode
from rehearsal.errors import ApiError, invalid_argument
from rehearsal.journal import FUTURE, RETENTION
from rehearsal.services.logging.definition import API, service
from rehearsal.services.logging.fields import too_deep
from rehearsal.services.logging.permissions import require

LARGEST_ENTRY_BYTES = 256 * 1024
"""https://cloud.google.com/logging/quotas"""
_LOG_NAME = re.compile(r"(?P<parent>projects/[^/]+)/logs/(?P<log>[A-Za-z0-9_.%-]{1,511})")
_PAYLOADS = ("textPayload", "jsonPayload", "protoPayload")


@service.method(
    *API,
    "logging.entries.write",
    source="https://cloud.google.com/logging/docs/reference/v2/rest/v2/entries/write",
    unchecked="its projects are in the body",
)
def write_entries(call: Call) -> Document | Answer:
    """Writes all entries, or with partialSuccess those that can be."""
    entries, faults = [], []
    for index, written in enumerate(call.body.get("entries", [])):
        try:
            entries.append(_entry(call, written))
        except ApiError as error:
            if not call.body.get("partialSuccess"):
                raise
            faults.append((index, error))
    if not call.body.get("dryRun"):
        for entry in entries:
            _keep(call, entry)
    if faults:
        # Answered and not raised: what is written stays.
        refusal = _partial(faults)
        return Answer(refusal.envelope(), refusal.code)
    return {}


def _entry(call: Call, written: Document) -> Document:
    entry = dict(written)
    entry["logName"] = _log_name(call, entry.get("logName") or call.body.get("logName", ""))
    entry.setdefault("resource", call.body.get("resource"))
    labels = call.body.get("labels", {}) | entry.get("labels", {})
    if labels:
        entry["labels"] = labels
    if not entry["resource"]:
        raise invalid_argument("Log entries must have a monitored resource.")
    if sum(name in entry for name in _PAYLOADS) > 1:
        raise invalid_argument("Log entry must have at most one payload.")
    _check_size(entry)
    _check_time(entry)
    return entry


def _log_name(call: Call, name: str) -> str:
    found = _LOG_NAME.fullmatch(name)
    if found is None:
        raise invalid_argument(
            f'Log name "{name}" is invalid: write projects/[PROJECT_ID]/logs/[LOG_ID], with'
            " the slashes of the log's id as %2F."
        )
    parent = require(call, "logging.logEntries.create", found["parent"])
    return f"{parent}/logs/{found['log']}"


def _check_size(entry: Document) -> None:
    if too_deep(entry):
        raise invalid_argument("Log entry is nested too deeply.")
    size = len(encode(entry))
    if size > LARGEST_ENTRY_BYTES:
        raise invalid_argument(
            f"Log entry with size {size / 1024:.1f}K exceeds maximum size of 256.0K"
        )


def _check_time(entry: Document) -> None:
    try:
        if entry.get("timestamp"):
            parse_rfc3339(entry["timestamp"])
    except ValueError as error:
        raise invalid_argument(
            f"Invalid value at 'entries.timestamp', \"{entry['timestamp']}\""
        ) from error


def _keep(call: Call, entry: Document) -> None:
    """Entries from outside the time that is kept are taken and dropped, as at Google."""
    moment = parse_rfc3339(entry["timestamp"]) if entry.get("timestamp") else call.now
    if call.now - RETENTION <= moment <= call.now + FUTURE:
        call.cloud.journal.write(entry)


def _partial(faults: list[tuple[int, ApiError]]) -> ApiError:
    """The error of the first fault, with all of them by their places."""
    first = faults[0][1]
    details: list[Document] = [
        {
            "@type": "type.googleapis.com/google.logging.v2.WriteLogEntriesPartialErrors",
            "logEntryErrors": {str(index): error.as_status() for index, error in faults},
        }
    ]
    return ApiError(first.code, first.status, first.message, reason=first.reason, details=details)
