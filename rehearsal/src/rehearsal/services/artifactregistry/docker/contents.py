"""What a manifest says about the image: what it is made of, how large it is, when it was built."""

import msgspec

from rehearsal.api.call import Call
from rehearsal.clock import parse_rfc3339, rfc3339
from rehearsal.documents import decode
from rehearsal.services.artifactregistry import upstream
from rehearsal.services.artifactregistry.docker.refusals import invalid_manifest
from rehearsal.services.artifactregistry.index import Index, Version
from rehearsal.services.artifactregistry.names import PackageName

_CONFIGS = {
    "application/vnd.docker.container.image.v1+json",
    "application/vnd.oci.image.config.v1+json",
}
_IMAGES = {
    "application/vnd.docker.distribution.manifest.v2+json",
    "application/vnd.oci.image.manifest.v1+json",
}
_INDEXES = {
    "application/vnd.docker.distribution.manifest.list.v2+json",
    "application/vnd.oci.image.index.v1+json",
}
_LARGEST_CONFIG_BYTES = 4 * 1024 * 1024


class _Part(msgspec.Struct):
    digest: str
    size: int
    media_type: str = msgspec.field(name="mediaType", default="")


class _Manifest(msgspec.Struct):
    media_type: str = msgspec.field(name="mediaType", default="")
    artifact_type: str = msgspec.field(name="artifactType", default="")
    config: _Part | None = None
    layers: list[_Part] = []
    manifests: list[_Part] = []


def read_version(
    call: Call, package: PackageName, digest: str, content_type: str, content: bytes
) -> Version:
    """The version that a manifest makes.

    Raises:
        RegistryError: 400: it is no manifest of an image or of an index.
    """
    manifest = _parsed(content)
    media_type = content_type.partition(";")[0].strip() or manifest.media_type
    if media_type not in _IMAGES | _INDEXES:
        raise invalid_manifest(f"Unsupported manifest media type {media_type!r}.")
    moment = rfc3339(call.now)
    return Version(
        package=package.id,
        digest=digest,
        media_type=media_type,
        manifest_bytes=len(content),
        blobs=_blobs(call, package, manifest),
        children=[part.digest for part in manifest.manifests],
        created=moment,
        updated=moment,
        built=_built(call, package, manifest),
        artifact_type=manifest.artifact_type,
    )


def _parsed(content: bytes) -> _Manifest:
    try:
        return msgspec.json.decode(content, type=_Manifest)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise invalid_manifest(f"The manifest can't be read: {error}") from error


def _blobs(call: Call, package: PackageName, manifest: _Manifest) -> dict[str, int]:
    """Config and layers with their sizes; an index has those of all that it names."""
    parts = [*([manifest.config] if manifest.config else []), *manifest.layers]
    blobs = {part.digest: part.size for part in parts}
    for part in manifest.manifests:
        child = Index(call.cloud.store).version(package, part.digest)
        blobs |= child.blobs if child else {}
    return blobs


def _built(call: Call, package: PackageName, manifest: _Manifest) -> str:
    """When the image was built, as its config says; '' if it says nothing that can be read."""
    config = manifest.config
    if config is None or config.media_type not in _CONFIGS:
        return ""
    # A blob that is missing makes the registry refuse the manifest in a moment.
    answer = upstream.send(call.cloud, "GET", package, f"blobs/{config.digest}")
    if int(answer.headers.get("content-length", "0")) > _LARGEST_CONFIG_BYTES:
        answer.close()
        return ""
    content = answer.read()
    return _created(content) if answer.status_code == 200 else ""


def _created(config: bytes) -> str:
    try:
        return rfc3339(parse_rfc3339(str(decode(config).get("created"))))
    except (ValueError, OverflowError):
        return ""
