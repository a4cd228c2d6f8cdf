"""Manifests: pushed, pulled and deleted, by tag or digest.

The registry behind knows them by digest alone; tags are in the index.
"""

import hashlib
import re

from rehearsal.api.call import Answer, Call
from rehearsal.clock import parse_rfc3339
from rehearsal.documents import Document
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
    answer = upstream.send(
        call.cloud,
        "PUT",
        package,
        f"manifests/{digest}",
        headers={"content-type": version.media_type},
        content=content,
    )
    if answer.status_code != 201:
        return passed(answer, package)
    answer.close()
    _keep(call, package, version, tag)
    return Answer(
        None,
        201,
        VERSION
        | {
            "docker-content-digest": digest,
            "location": f"/v2/{call.path['name']}/manifests/{digest}",
        },
    )


def delete(call: Call) -> Answer:
    """Deletes a tag, or a manifest that has none and is part of no index."""
    package = admitted(call, DELETE)
    reference = call.path["reference"]
    version = _found(call, package)
    index = Index(call.cloud.store)
    if reference != version.digest:
        if kinds.has_immutable_tags(call.cloud, package.repository):
            raise invalid_manifest(immutable("delete", reference))
        with call.cloud.store.transaction():
            index.untag(package, reference, call.now)
        return Answer(None, 202, VERSION)
    tags = index.tags_of(package).get(version.digest)
    if tags:
        message = f"Manifest is still referenced by tag: {tags[0]}"
        raise RegistryError(400, "GOOGLE_MANIFEST_DANGLING_TAG", message)
    if index.parents(package, version.digest):
        message = "Manifest is still referenced by one or more parent images"
        raise RegistryError(400, "GOOGLE_MANIFEST_DANGLING_PARENT_IMAGE", message)
    delete_version(call.cloud, package, version.digest)
    return Answer(None, 202, VERSION)


def list_tags(call: Call) -> Answer:
    """The tags of an image, as Google's registry lists them: with all manifests."""
    package = admitted(call, DOWNLOAD)
    index = Index(call.cloud.store)
    if index.package(package) is None:
        raise RegistryError(404, "NAME_UNKNOWN", f'Failed to fetch "{call.path["name"]}"')
    tags = index.tags_of(package)
    names = sorted(name for group in tags.values() for name in group)
    shown, more = _page(call, names)
    body: Document = {
        "child": [],
        "manifest": {
            version.digest: _listed(version, tags.get(version.digest, []))
            for version in index.versions(package)
        },
        "name": call.path["name"],
        "tags": shown,
    }
    return Answer(body, 200, VERSION | more)


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


def _keep(call: Call, package: PackageName, version: Version, tag: str | None) -> None:
    with call.cloud.store.transaction():
        # Another push may have been faster meanwhile.
        _require_movable(call, package, tag, version.digest)
        index = Index(call.cloud.store)
        index.put(package, version, call.now)
        if tag is not None:
            index.point(package, tag, version.digest, call.now)


def _listed(version: Version, tags: list[str]) -> Document:
    return {
        "imageSizeBytes": str(version.size_bytes),
        "mediaType": version.media_type,
        "tag": tags,
        "timeCreatedMs": _milliseconds(version.built),
        "timeUploadedMs": _milliseconds(version.created),
    }


def _milliseconds(moment: str) -> str:
    return str(int(parse_rfc3339(moment).timestamp() * 1000)) if moment else "0"


def _page(call: Call, names: list[str]) -> tuple[list[str], dict[str, str]]:
    """``n`` names after ``last``, and the header that tells where there are more."""
    last, size = call.parameter("last") or "", call.parameter("n") or ""
    rest = [name for name in names if name > last]
    if not size.isdecimal() or len(rest) <= int(size) or int(size) == 0:
        return rest, {}
    shown = rest[: int(size)]
    following = f"/v2/{call.path['name']}/tags/list?n={size}&last={shown[-1]}"
    return shown, {"link": f'<{following}>; rel="next"'}
