"""Reads log entries: ``entries.list``."""

import base64
import binascii
import hashlib
from datetime import timedelta

import msgspec

from rehearsal.api.call import Call
from rehearsal.documents import Document, decode, encode
from rehearsal.errors import invalid_argument
from rehearsal.journal import FUTURE, RETENTION
from rehearsal.services.logging.definition import API, service
from rehearsal.services.logging.matching import Filter, compiled
from rehearsal.services.logging.permissions import require

_PAGE_SIZE, _LONGEST_PAGE = 50, 1000
_ORDERS = {"": False, "timestamp": False, "timestamp asc": False, "timestamp desc": True}
_AFTER = timedelta(microseconds=1)


@service.method(
    *API,
    "logging.entries.list",
    source="recorded",
    unchecked="its projects are in the body",
    # Reading a month of entries may take a second: others are not kept waiting.
    outside=True,
)
def list_entries(call: Call) -> Document:
    """The entries that pass the filter, in pages."""
    parents = _parents(call)
    wanted = compiled(call.body.get("filter", ""))
    newest_first = _newest_first(call)
    token = _token(call)
    found = _found(call, parents, wanted, token, newest_first=newest_first)
    size = _page_size(call)
    answer: Document = {"entries": [entry for _, entry in found[:size]]} if found else {}
    if len(found) > size:
        answer["nextPageToken"] = _next(call, found[size - 1][0])
    return answer


def _parents(call: Call) -> set[str]:
    names = call.body.get("resourceNames", [])
    names = names + [f"projects/{name}" for name in call.body.get("projectIds", [])]
    if not names:
        raise invalid_argument("At least one resource name must be specified.")
    return {require(call, "logging.logEntries.list", name) for name in names}


def _newest_first(call: Call) -> bool:
    order = " ".join(call.body.get("orderBy", "").split())
    if order not in _ORDERS:
        raise invalid_argument(
            f'orderBy "{order}" is not supported: "timestamp asc" and "timestamp desc" are.'
        )
    return _ORDERS[order]


def _page_size(call: Call) -> int:
    asked: int = call.body.get("pageSize", 0)
    if asked < 0:
        raise invalid_argument("page_size must be positive.")
    return min(asked or _PAGE_SIZE, _LONGEST_PAGE)


def _found(
    call: Call, parents: set[str], wanted: Filter, after: str, *, newest_first: bool
) -> list[tuple[str, Document]]:
    """Names and entries of the page, and of one more."""
    start = max(wanted.earliest, call.now - RETENTION)
    end = min(wanted.latest, call.now + FUTURE) + _AFTER
    found: list[tuple[str, Document]] = []
    for name, entry in call.cloud.journal.scan(start, end, newest_first=newest_first):
        if after and (name >= after if newest_first else name <= after):
            continue
        if str(entry.get("logName", "")).partition("/logs/")[0] not in parents:
            continue
        if wanted.matches(entry):
            found.append((name, entry))
            if len(found) > _page_size(call):
                break
    return found


def _question(call: Call) -> str:
    """A digest of what a page token belongs to."""
    asked = [call.body.get(name) for name in ("resourceNames", "projectIds", "filter", "orderBy")]
    return hashlib.sha256(encode(asked)).hexdigest()[:16]


def _next(call: Call, name: str) -> str:
    return base64.urlsafe_b64encode(encode({"after": name, "of": _question(call)})).decode()


def _token(call: Call) -> str:
    """The name after which the page begins, or ''."""
    token = call.body.get("pageToken", "")
    if not token:
        return ""
    try:
        content = decode(base64.urlsafe_b64decode(token))
    except (binascii.Error, ValueError, msgspec.DecodeError) as error:
        raise invalid_argument("Invalid page_token.") from error
    if content.get("of") != _question(call):
        raise invalid_argument("page_token doesn't match arguments from the request")
    return str(content["after"])
