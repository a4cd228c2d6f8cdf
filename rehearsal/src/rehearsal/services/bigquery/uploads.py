"""Files that come with a load job: in one request of two parts, or piece by piece.

https://cloud.google.com/bigquery/docs/reference/api-uploads; recorded from bq.
"""

import re
from pathlib import Path
from uuid import uuid4

import msgspec

from rehearsal.api.call import Answer, Call
from rehearsal.api.media import multipart
from rehearsal.discovery.description import description
from rehearsal.discovery.validation import validated
from rehearsal.documents import Document, decode
from rehearsal.errors import invalid_argument, not_found
from rehearsal.services.bigquery.definition import API
from rehearsal.services.bigquery.loads import unpacked
from rehearsal.services.bigquery.submission import submit

KIND = "bigquery.uploads"
_RANGE = re.compile(r"bytes (?:(?P<first>\d+)-(?P<last>\d+)|\*)/(?P<total>\d+|\*)")


def upload(call: Call) -> Document | Answer:
    """A request to an ``/upload/`` address.

    Raises:
        ApiError: 400, 403 or 404.
    """
    kind = call.parameter("uploadType")
    if kind == "multipart":
        parts = multipart(_plain(call, call.raw), call.headers.get("content-type", ""))
        return submit(call, _job(parts.document), parts.content)
    if kind != "resumable":
        raise invalid_argument(f"Invalid upload request: uploadType {kind!r}.", reason="badRequest")
    return _piece(call) if call.parameter("upload_id") else _begin(call)


def _begin(call: Call) -> Answer:
    body = _plain(call, call.raw)
    try:
        job = _job(decode(body) if body.strip() else {})
    except msgspec.DecodeError as error:
        raise invalid_argument(
            f"Invalid JSON payload received. {error}", reason="parseError"
        ) from error
    upload_id = uuid4().hex
    with call.cloud.store.transaction():
        call.cloud.store.put(KIND, upload_id, {"job": job})
    _file(call, upload_id).write_bytes(b"")
    address = f"https://{call.host}{call.url_path}?uploadType=resumable&upload_id={upload_id}"
    return Answer(None, 200, {"location": address, "x-guploader-uploadid": upload_id})


def _piece(call: Call) -> Document | Answer:
    """Bytes of the file; with the last of them the job is handed in."""
    upload_id = call.parameter("upload_id") or ""
    session = call.cloud.store.get(KIND, upload_id)
    if session is None:
        raise not_found(f"Not found: Upload {upload_id}")
    file = _file(call, upload_id)
    if not _complete(call, file):
        size = file.stat().st_size
        return Answer(None, 308, {"range": f"bytes=0-{size - 1}"} if size else {})
    content = file.read_bytes()
    try:
        return submit(call, session["job"], _plain(call, content))
    finally:
        _end(call, upload_id)


def _complete(call: Call, file: Path) -> bool:
    """Adds the request's bytes to the file; gives whether it is whole."""
    range_ = _RANGE.fullmatch(call.headers.get("content-range", ""))
    if range_ is None:
        file.write_bytes(call.raw)
        return True
    size = file.stat().st_size
    if range_["first"] is not None:
        first = int(range_["first"])
        if first > size:
            raise invalid_argument(
                f"The upload has {size} bytes, and this piece starts at {first}."
            )
        _append(file, call.raw[size - first :])
    return range_["total"] != "*" and file.stat().st_size >= int(range_["total"])


def _append(file: Path, content: bytes) -> None:
    with file.open("ab") as stream:
        stream.write(content)


def _end(call: Call, upload_id: str) -> None:
    with call.cloud.store.transaction():
        call.cloud.store.delete(KIND, upload_id)
    _file(call, upload_id).unlink(missing_ok=True)


def _file(call: Call, upload_id: str) -> Path:
    folder = call.cloud.folder / "bigquery-uploads"
    folder.mkdir(parents=True, exist_ok=True)
    return folder / upload_id


def _job(document: Document) -> Document:
    return validated(description(*API), "Job", document)


def _plain(call: Call, body: bytes) -> bytes:
    """The body of a request without the encoding that its header tells."""
    if call.headers.get("content-encoding", "").lower() != "gzip":
        return body
    try:
        return unpacked(body)
    except (OSError, EOFError) as error:
        raise invalid_argument(f"The body is no gzip: {error}", reason="badRequest") from error
