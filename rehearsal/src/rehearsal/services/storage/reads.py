"""Reads the bytes of an object: whole, or a range, with the headers that tell its version.

https://cloud.google.com/storage/docs/json_api/v1/objects/get and
https://cloud.google.com/storage/docs/xml-api/get-object-download
"""

import re
from collections.abc import Iterator
from datetime import datetime
from email.utils import format_datetime

from rehearsal.api.call import Answer, Call
from rehearsal.clock import parse_rfc3339
from rehearsal.documents import Document
from rehearsal.errors import ApiError
from rehearsal.services.storage.content import contents
from rehearsal.services.storage.versions import Version

_RANGE = re.compile(r"bytes=(\d*)-(\d*)")
_SENT_AT_ONCE_BYTES = 1024 * 1024
_SHOWN_AS_GIVEN = {
    "cacheControl": "cache-control",
    "contentDisposition": "content-disposition",
    "contentEncoding": "content-encoding",
    "contentLanguage": "content-language",
}


def media(call: Call, version: Version) -> Answer:
    """The bytes of a version, or of the range that the call asks for.

    Raises:
        ApiError: 416.
    """
    size, headers = int(version.resource["size"]), headers_of(version.resource)
    wanted = _range(call.headers.get("range", ""), size)
    first, last = wanted or (0, size - 1)
    length = last - first + 1
    headers["content-length"] = str(length)
    if wanted:
        headers["content-range"] = f"bytes {first}-{last}/{size}"
    body = None if call.http_method == "HEAD" else _bytes(call, version, first, length)
    return Answer(body, 206 if wanted else 200, headers)


def headers_of(resource: Document) -> dict[str, str]:
    """The headers that describe an object."""
    sums = [f"crc32c={resource['crc32c']}"]
    if "md5Hash" in resource:
        sums.append(f"md5={resource['md5Hash']}")
    headers = {
        "content-type": resource.get("contentType", "application/octet-stream"),
        "etag": f'"{resource["etag"]}"',
        "last-modified": _http_date(parse_rfc3339(resource["updated"])),
        "accept-ranges": "bytes",
        "x-goog-generation": resource["generation"],
        "x-goog-metageneration": resource["metageneration"],
        "x-goog-stored-content-length": resource["size"],
        "x-goog-stored-content-encoding": resource.get("contentEncoding", "identity"),
        "x-goog-hash": ",".join(sums),
        "x-goog-storage-class": resource["storageClass"],
    }
    for field, header in _SHOWN_AS_GIVEN.items():
        if resource.get(field):
            headers[header] = resource[field]
    metadata = resource.get("metadata", {})
    return headers | {f"x-goog-meta-{name.lower()}": value for name, value in metadata.items()}


def _bytes(call: Call, version: Version, first: int, length: int) -> bytes | Iterator[bytes]:
    pieces = contents(call.cloud).read(version.blob, first, length)
    return pieces if length > _SENT_AT_ONCE_BYTES else b"".join(pieces)


def _range(header: str, size: int) -> tuple[int, int] | None:
    """First and last byte that are asked for; None for all. What is no range is left alone."""
    found = _RANGE.fullmatch(header)
    if found is None or found.groups() == ("", ""):
        return None
    start, end = found.groups()
    if not start:
        first, last = max(size - int(end), 0), size - 1
    else:
        first, last = int(start), min(int(end) if end else size - 1, size - 1)
    if first > last:
        message = "The requested range cannot be satisfied."
        raise ApiError(416, "OUT_OF_RANGE", message, reason="requestedRangeNotSatisfiable")
    return first, last


def _http_date(moment: datetime) -> str:
    return format_datetime(moment, usegmt=True)
