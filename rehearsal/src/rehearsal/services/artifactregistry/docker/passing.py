"""Passes the registry's answers on, with the names that its clients know."""

from urllib.parse import urlsplit

import httpx

from rehearsal.api.call import Answer
from rehearsal.services.artifactregistry import upstream
from rehearsal.services.artifactregistry.docker.refusals import VERSION
from rehearsal.services.artifactregistry.names import PackageName

_PASSED = (
    "accept-ranges", "cache-control", "content-length", "content-range", "content-type",
    "docker-content-digest", "docker-upload-uuid", "etag", "range",
)  # fmt: skip


def passed(answer: httpx.Response, package: PackageName) -> Answer:
    """The registry's answer to a call that concerned the package."""
    headers = VERSION | {name: answer.headers[name] for name in _PASSED if name in answer.headers}
    if "location" in answer.headers:
        headers["location"] = _outside(answer.headers["location"], package)
    if answer.request.method == "HEAD":
        answer.read()  # nothing, but it gives the connection back
        return Answer(None, answer.status_code, headers)
    if answer.status_code < 400:
        return Answer(upstream.pieces(answer), answer.status_code, headers)
    inside, outside = upstream.repository_path(package).encode(), _path(package).encode()
    headers.pop("content-length", None)
    return Answer(answer.read().replace(inside, outside), answer.status_code, headers)


def _path(package: PackageName) -> str:
    return f"{package.repository.project}/{package.repository.id}/{package.id}"


def _outside(location: str, package: PackageName) -> str:
    """A place in the registry as its clients address it: at the host that they have called."""
    parts = urlsplit(location)
    path = parts.path.replace(upstream.repository_path(package), _path(package), 1)
    return f"{path}?{parts.query}" if parts.query else path
