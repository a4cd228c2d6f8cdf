"""Calls to docker-registry, the process that keeps blobs and manifests by their digests.

Its repositories are named ``L/P/R/IMG``: unlike addresses, it does not tell locations apart.
"""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import IO
from urllib.parse import quote

import httpx

from rehearsal.cloud import Cloud
from rehearsal.errors import not_here, unavailable
from rehearsal.services.artifactregistry.names import PackageName

_PIECE_BYTES = 1024 * 1024
_TIMEOUT = httpx.Timeout(600, connect=5)


def repository_path(package: PackageName) -> str:
    """How the registry calls the package."""
    repository = package.repository
    return f"{repository.location}/{repository.project}/{repository.id}/{package.id}"


def send(
    cloud: Cloud,
    http_method: str,
    package: PackageName,
    rest: str,
    *,
    parameters: Mapping[str, list[str]] | None = None,
    headers: dict[str, str] | None = None,
    content: IO[bytes] | bytes | None = None,
) -> httpx.Response:
    """The registry's answer, whose body is still to be read (``read``, ``pieces``).

    ``rest`` is what follows the repository in the path: ``blobs/sha256:...``.

    Raises:
        ApiError: 404 if the registry does not run; 503 if it does not answer.
    """
    client = _client(_address(cloud))
    request = client.build_request(
        http_method,
        f"/v2/{quote(repository_path(package))}/{quote(rest, safe='/:=')}",
        params=parameters,
        headers=headers,
        content=content if isinstance(content, bytes) or content is None else _read(content),
    )
    try:
        return client.send(request, stream=True)
    except httpx.TransportError as error:
        raise unavailable(
            f"The Docker registry does not answer ({error!r}): see `rehearsal logs registry`."
        ) from error


def pieces(answer: httpx.Response) -> Iterator[bytes]:
    """An answer's body as it comes, encoded as it came."""
    try:
        yield from answer.iter_raw(_PIECE_BYTES)
    finally:
        answer.close()


def delete_manifest(cloud: Cloud, package: PackageName, digest: str) -> None:
    """Deletes a manifest; one that is not there is deleted already.

    Raises:
        ApiError: 404, 503 as of ``send``; 503: the registry refused.
    """
    answer = send(cloud, "DELETE", package, f"manifests/{digest}")
    answer.read()
    if answer.status_code not in {202, 404}:
        raise unavailable(
            f"The Docker registry did not delete {package.uri}@{digest}:"
            f" {answer.status_code} {answer.text[:200]}"
        )


def _read(content: IO[bytes]) -> Iterator[bytes]:
    content.seek(0)
    while piece := content.read(_PIECE_BYTES):
        yield piece


def _address(cloud: Cloud) -> str:
    address = cloud.addresses.registry
    if address is None:
        raise not_here(
            "The Docker registry does not run: `rehearsal status` says why, `rehearsal up` starts"
            " it."
        )
    return address


@cache
def _client(address: str) -> httpx.Client:
    """One for the process: its connections are kept, and may be used by all threads."""
    # The environment's proxy is for the tools: this call goes to a process beside us.
    return httpx.Client(base_url=address, timeout=_TIMEOUT, trust_env=False)
