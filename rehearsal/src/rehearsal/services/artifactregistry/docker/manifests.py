"""Manifests: pushed, pulled and deleted, by tag or digest.

The registry behind knows them by digest alone; tags are in the index.
"""

import hashlib
import re

from rehearsal.api.call import Answer, Call
from rehearsal.services.artifactregistry import kinds, upstream
from rehearsal.services.artifactregistry.deletion import delete_version, immutable
from rehearsal.services.artifactregistry.docker.admission import DELETE, DOWNLOAD, UPLOAD, admitted
from rehearsal.services.artifactregistry.docker.contents import read_version
from rehearsal.services.artifactregistry.docker.passing import passed
from rehearsal.services.artifactregistry.docker.refusals import (
    VERSION,
    RegistryError,
    invalid_manifest,
    unknown_manifest,
)
from rehearsal.services.artifactregistry.index import Index, Version
from rehearsal.services.artifactregistry.names import PackageName
from rehearsal.services.artifactregistry.tags import TAG

_LARGEST_BYTES = 4 * 1024 * 1024
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")


def get(call: Call) -> Answer:
    """GET and HEAD: a manifest as it was pushed."""
    package = admitted(call, DOWNLOAD)
    version = _found(call, package)
    headers = VERSION | {
        "content-type": version.media_type,
        "content-length": str(version.manifest_bytes),
        "docker-content-digest": version.digest,
        "etag": f'"{version.digest}"',
    }
    if call.http_method == "HEAD":
        return Answer(None, 200, headers)
    answer = upstream.send(
        call.cloud,
        "GET",
        package,
        f"manifests/{version.digest}",
        headers={"accept": version.media_type},
    )
    if answer.status_code != 200:
        return passed(answer, package)
    return Answer(upstream.pieces(answer), 200, headers)


def put(call: Call) -> Answer:
    """Takes a manifest, and makes the tag mean it, if it is pushed under one."""
    package = admitted(call, UPLOAD)
    content = _content(call)
    digest = f"sha256:{hashlib.sha256(content).hexdigest()}"
    tag = _tag(call.path["reference"], digest)
    media_type = call.headers.get("content-type", "")
    version = read_version(call, package, digest, media_type, content)
    _require_movable(call, package, tag, digest)
    refusal = _refused_behind(call, package, version, content)
    if refusal is not None:
        return refusal
    _keep(call, package, version, tag)
    location = f"/v2/{call.path['name']}/manifests/{digest}"
    headers = {"docker-content-digest": digest, "location": location}
    return Answer(None, 201, VERSION | headers)


def delete(call: Call) -> Answer:
    """Deletes a tag, or a manifest that has none and is part of no index."""
    package = admitted(call, DELETE)
    version = _found(call, package)
    if call.path["reference"] == version.digest:
        _require_unreferenced(call, package, version.digest)
        delete_version(call.cloud, package, version.digest)
    else:
        _untag(call, package, call.path["reference"])
    return Answer(None, 202, VERSION)


def _found(call: Call, package: PackageName) -> Version:
    index = Index(call.cloud.store)
    reference = call.path["reference"]
    digest = index.digest(package, reference)
    version = index.version(package, digest) if digest else None
    if version is None:
        raise unknown_manifest(reference)
    return version


def _content(call: Call) -> bytes:
    call.content.seek(0)
    content = call.content.read(_LARGEST_BYTES + 1)
    if len(content) > _LARGEST_BYTES:
        raise invalid_manifest(f"The manifest is larger than {_LARGEST_BYTES} bytes.")
    return content


def _tag(reference: str, digest: str) -> str | None:
    """The tag to set, if a manifest is pushed under one, and not by its digest."""
    if ":" in reference:
        if reference != digest:
            raise RegistryError(
                400, "DIGEST_INVALID", f"The manifest's digest is {digest}, not {reference}."
            )
        return None
    if TAG.fullmatch(reference) is None:
        raise RegistryError(400, "TAG_INVALID", f"Invalid tag {reference!r}.")
    return reference


def _require_movable(call: Call, package: PackageName, tag: str | None, digest: str) -> None:
    if tag is None or not kinds.has_immutable_tags(call.cloud, package.repository):
        return
    before = Index(call.cloud.store).tag(package, tag)
    if before is not None and before.digest != digest:
        raise invalid_manifest(immutable("update", tag))


def _refused_behind(
    call: Call, package: PackageName, version: Version, content: bytes
) -> Answer | None:
    """Gives the manifest to the registry behind; why it does not take it, or None if it does."""
    answer = upstream.send(
        call.cloud,
        "PUT",
        package,
        f"manifests/{version.digest}",
        headers={"content-type": version.media_type},
        content=content,
    )
    if answer.status_code != 201:
        return passed(answer, package)
    answer.read()
    return None


def _keep(call: Call, package: PackageName, version: Version, tag: str | None) -> None:
    with call.cloud.store.transaction():
        # Another push may have been faster meanwhile.
        _require_movable(call, package, tag, version.digest)
        index = Index(call.cloud.store)
        index.put(package, version, call.now)
        if tag is not None:
            index.point(package, tag, version.digest, call.now)


def _untag(call: Call, package: PackageName, tag: str) -> None:
    if kinds.has_immutable_tags(call.cloud, package.repository):
        raise invalid_manifest(immutable("delete", tag))
    with call.cloud.store.transaction():
        Index(call.cloud.store).untag(package, tag, call.now)


def _require_unreferenced(call: Call, package: PackageName, digest: str) -> None:
    index = Index(call.cloud.store)
    tags = index.tags_of(package).get(digest)
    if tags:
        message = f"Manifest is still referenced by tag: {tags[0]}"
        raise RegistryError(400, "GOOGLE_MANIFEST_DANGLING_TAG", message)
    if index.parents(package, digest):
        message = "Manifest is still referenced by one or more parent images"
        raise RegistryError(400, "GOOGLE_MANIFEST_DANGLING_PARENT_IMAGE", message)
