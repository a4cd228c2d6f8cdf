"""Blobs, configs and layers: pulled, and pushed in one piece or several. All bytes pass through."""

from collections.abc import Mapping

from rehearsal.api.call import Answer, Call
from rehearsal.services.artifactregistry import kinds, upstream
from rehearsal.services.artifactregistry.docker.admission import (
    DOWNLOAD,
    UPLOAD,
    admitted,
    package_in,
)
from rehearsal.services.artifactregistry.docker.passing import passed
from rehearsal.services.artifactregistry.docker.refusals import RegistryError
from rehearsal.services.artifactregistry.names import PackageName

_FORWARDED = ("content-range", "content-type", "range")


def get(call: Call) -> Answer:
    """GET and HEAD: a blob, or a range of it."""
    package = admitted(call, DOWNLOAD)
    answer = upstream.send(
        call.cloud,
        call.http_method,
        package,
        f"blobs/{call.path['digest']}",
        headers=_headers(call),
    )
    if answer.status_code == 404:
        answer.read()
        raise RegistryError(404, "BLOB_UNKNOWN", "blob unknown to registry")
    return passed(answer, package)


def start_upload(call: Call) -> Answer:
    """Begins an upload, or takes a blob over from another image (``mount``, ``from``).

    A blob that comes with this very call is not taken: its sender is answered 202, and goes on.
    """
    package = admitted(call, UPLOAD)
    source = _mountable(call)
    parameters = {}
    if source is not None:
        parameters = {"mount": call.query["mount"], "from": [upstream.repository_path(source)]}
    return _forwarded(call, package, "", parameters)


def continue_upload(call: Call) -> Answer:
    """Takes a piece, finishes, tells how far an upload is, or gives it up."""
    return _forwarded(call, admitted(call, UPLOAD), call.path["upload"], call.query)


def _mountable(call: Call) -> PackageName | None:
    """The image to take a blob from, if it is there and the caller may read it.

    If not, the upload begins as if nothing had been said of another image.
    """
    name = call.parameter("from")
    if not name or not call.parameter("mount"):
        return None
    source = package_in(call, name)
    if not call.allows(DOWNLOAD, source.repository.full):
        return None
    return source if kinds.repository(call.cloud, source.repository) else None


def _forwarded(
    call: Call, package: PackageName, upload: str, parameters: Mapping[str, list[str]]
) -> Answer:
    answer = upstream.send(
        call.cloud,
        call.http_method,
        package,
        f"blobs/uploads/{upload}",
        parameters=parameters,
        headers=_headers(call) | {"content-length": str(_length(call))},
        content=call.content if _length(call) else None,
    )
    return passed(answer, package)


def _headers(call: Call) -> dict[str, str]:
    return {name: call.headers[name] for name in _FORWARDED if name in call.headers}


def _length(call: Call) -> int:
    return call.content.seek(0, 2)
