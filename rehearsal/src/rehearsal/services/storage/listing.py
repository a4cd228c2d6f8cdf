"""Lists the objects of a bucket, and what looks like folders in it.

https://cloud.google.com/storage/docs/json_api/v1/objects/list
"""

from itertools import groupby

from rehearsal.api.call import Call
from rehearsal.api.pages import page
from rehearsal.documents import Document
from rehearsal.errors import not_here
from rehearsal.services.storage import versions
from rehearsal.services.storage.versions import Version

_AFTER_ALL_NAMES = "\U0010ffff"
_MOST = 1000


def listing(call: Call, bucket: str) -> Document:
    """A page of objects (``items``) and of common beginnings of names (``prefixes``).

    Raises:
        ApiError: 400, 404: the list is asked for in a way that is not here.
    """
    _require_known(call)
    entries = _entries(call, _found(call, bucket))
    answer = page(call, entries, "entries", default=_MOST)
    shown = answer.pop("entries", [])
    items = [entry["item"] for entry in shown if "item" in entry]
    prefixes = [entry["prefix"] for entry in shown if "prefix" in entry]
    result: Document = {"kind": "storage#objects"} | answer
    if items:
        result["items"] = items
    if prefixes:
        result["prefixes"] = prefixes
    return result


def _require_known(call: Call) -> None:
    if call.parameter("matchGlob"):
        raise not_here("matchGlob is Google's, not the rehearsal's: list by prefix and delimiter.")
    if (call.parameter("softDeleted") or "").lower() == "true":
        raise not_here("Soft-deleted objects are Google's: here what is deleted is gone.")


def _found(call: Call, bucket: str) -> list[Version]:
    """All that the prefix and the offsets leave, by name and generation."""
    store, prefix = call.cloud.store, call.parameter("prefix") or ""
    first = max(prefix, call.parameter("startOffset") or "")
    end = min(prefix + _AFTER_ALL_NAMES, call.parameter("endOffset") or prefix + _AFTER_ALL_NAMES)
    found = versions.all_live(store, bucket, first, end)
    if (call.parameter("versions") or "").lower() == "true":
        found += versions.all_noncurrent(store, bucket, first, end)
        found.sort(key=lambda version: (version.name, version.generation))
    return found


def _entries(call: Call, found: list[Version]) -> list[Document]:
    """Objects and prefixes in one order, so that pages run through both."""
    prefix, delimiter = call.parameter("prefix") or "", call.parameter("delimiter") or ""
    trailing = (call.parameter("includeTrailingDelimiter") or "").lower() == "true"

    def folder(version: Version) -> str:
        head, found_delimiter, _ = version.name[len(prefix) :].partition(delimiter)
        return prefix + head + delimiter if found_delimiter else ""

    if not delimiter:
        return [{"item": version.resource} for version in found]
    entries: list[Document] = []
    for name, group in groupby(found, folder):
        if name:
            entries.append({"prefix": name})
        entries += [
            {"item": version.resource}
            for version in group
            if not name or (trailing and version.name == name)
        ]
    return entries
