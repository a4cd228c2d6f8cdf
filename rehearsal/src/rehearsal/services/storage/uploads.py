"""Uploads of objects: in one request (media, multipart), or resumable, in pieces.

https://cloud.google.com/storage/docs/uploads-downloads and .../resumable-uploads
"""

import re
import uuid
from collections.abc import Iterator

import msgspec

from rehearsal.api.call import Answer, Call
from rehearsal.api.media import multipart
from rehearsal.discovery.description import description
from rehearsal.discovery.validation import validated
from rehearsal.documents import Document, decode
from rehearsal.errors import ApiError, invalid_argument, not_found
from rehearsal.services.storage.buckets import bucket_of
from rehearsal.services.storage.content import contents, pieces_of
from rehearsal.services.storage.definition import API, CHECKED, service
from rehearsal.services.storage.making import New, make, require_make
from rehearsal.services.storage.versions import UPLOADS

_RANGE = re.compile(r"bytes (?:(\d+)-(\d+)|\*)/(\d+|\*)")
_CHUNK_BYTES = 256 * 1024
_BINARY = "application/octet-stream"


@service.method(*API, "storage.objects.insert", source="recorded", unchecked=CHECKED)
def insert(call: Call) -> Document | Answer:
    """Makes an object of the bytes that come with the call, or opens or goes on with an upload."""
    # The core writes the names of parameters as Google's documents do.
    session = call.parameter("upload_id")
    if session:
        return _go_on(call, session)
    kind = call.parameter("uploadType") or ("" if call.upload else "media")
    if kind == "media":
        return _media(call)
    if kind == "multipart":
        return _multipart(call)
    if kind == "resumable":
        return _open(call)
    raise invalid_argument("Upload requests must include an uploadType of media, multipart or"
                           " resumable.", reason="badRequest")  # fmt: skip


def _media(call: Call) -> Document:
    sent = call.headers.get("content-type")
    new = _new(call, {}, sent)
    require_make(call, new)
    return make(call, new, contents(call.cloud).add(pieces_of(call.content)))


def _multipart(call: Call) -> Document:
    upload = multipart(call.raw, call.headers.get("content-type", ""))
    new = _new(call, _checked(upload.document), upload.headers.get("content-type"))
    require_make(call, new)
    return make(call, new, contents(call.cloud).add([upload.content]))


def _open(call: Call) -> Answer:
    """Opens a resumable upload; its address is in the answer's Location."""
    new = _new(call, _described(call.raw), call.headers.get("x-upload-content-type"))
    require_make(call, new)
    number = uuid.uuid4().hex
    session = {
        "bucket": new.bucket["name"],
        "name": new.name,
        "fields": new.fields,
        "blobs": [],
        "size": 0,
        "principal": call.principal.member,
        "query": {name: values for name, values in call.query.items() if name.startswith("if")},
    }
    call.cloud.store.put(UPLOADS, number, session)
    address = (
        f"https://{call.host}/upload/storage/v1/b/{new.bucket['name']}/o"
        f"?uploadType=resumable&upload_id={number}"
    )
    return Answer({}, headers={"location": address, "x-guploader-uploadid": number})


def _go_on(call: Call, number: str) -> Document | Answer:
    """Takes a piece of a resumable upload; with the last one the object is made."""
    session = call.cloud.store.get(UPLOADS, number)
    if session is None or session["bucket"] != call.path["bucket"]:
        raise not_found(f"No such upload: {number}")
    data = call.raw
    first, total = _position(call, session, data)
    if first != session["size"]:
        raise ApiError(503, "UNAVAILABLE", "Invalid request. According to the Content-Range header,"
                       f" the upload offset is {first} byte(s), which does not match the"
                       f" {session['size']} byte(s) received so far.",
                       reason="backendError")  # fmt: skip
    if data:
        session["blobs"].append(contents(call.cloud).add([data]).blob)
        session["size"] += len(data)
        call.cloud.store.put(UPLOADS, number, session)
    if total is None or session["size"] < total:
        return _incomplete(session)
    return _complete(call, number, session)


def _position(call: Call, session: Document, data: bytes) -> tuple[int, int | None]:
    """Where the piece begins, and how long the whole is (None: not known yet)."""
    header = call.headers.get("content-range", "")
    if not header:
        return session["size"], session["size"] + len(data)
    found = _RANGE.fullmatch(header)
    if found is None:
        raise invalid_argument(f"Failed to parse Content-Range header: {header}.")
    first, last, whole = found.groups()
    total = None if whole == "*" else int(whole)
    if first is None:
        return session["size"], total
    if int(last) - int(first) + 1 != len(data):
        raise invalid_argument("The Content-Range header does not fit the length of the content.")
    if total is None and len(data) % _CHUNK_BYTES:
        raise invalid_argument(f"Chunks must be multiples of {_CHUNK_BYTES} bytes.")
    return int(first), total


def _incomplete(session: Document) -> Answer:
    headers = {"range": f"bytes=0-{session['size'] - 1}"} if session["size"] else {}
    return Answer(b"", 308, headers)


def _complete(call: Call, number: str, session: Document) -> Document:
    call.query |= session["query"]
    bucket = bucket_of(call, session["bucket"])
    new = New(bucket, session["name"], session["fields"])
    kept = contents(call.cloud)

    def pieces() -> Iterator[bytes]:
        for blob in session["blobs"]:
            yield from kept.read(blob)

    resource = make(call, new, kept.add(pieces()))
    call.cloud.store.delete(UPLOADS, number)
    return resource


def _new(call: Call, fields: Document, sent_type: str | None) -> New:
    """The object that a request describes; parameters of the address go before its document."""
    bucket = bucket_of(call, call.path["bucket"])
    given = dict(fields)
    if call.parameter("contentEncoding"):
        given["contentEncoding"] = call.parameter("contentEncoding")
    given["contentType"] = given.get("contentType") or sent_type or _BINARY
    return New(bucket, call.parameter("name") or str(given.get("name", "")), given)


def _described(body: bytes) -> Document:
    """Raises ApiError 400 for what is no JSON object, or no object's description."""
    try:
        return _checked(decode(body) if body else {})
    except msgspec.DecodeError as error:
        message = f"Invalid JSON payload received. {error}"
        raise invalid_argument(message, reason="parseError") from error


def _checked(document: Document) -> Document:
    """Raises ApiError 400 for what is no object's description."""
    return validated(description(*API), "Object", document)
