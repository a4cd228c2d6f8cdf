"""What has been pushed: versions and tags of each package, as the registry behind does not tell.

The registry keeps bytes by digest. Which tag means which digest, and since when, is kept here, so
that time is the rehearsal's and a listing asks nobody.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Self

import msgspec

from rehearsal.clock import rfc3339
from rehearsal.documents import Document
from rehearsal.services.artifactregistry.names import PackageName, RepositoryName
from rehearsal.store import Store

_VERSIONS = "artifactregistry.versions"
_TAGS = "artifactregistry.tags"
_PACKAGES = "artifactregistry.packages"


class Version(msgspec.Struct, frozen=True):
    """A manifest that was pushed. Moments are RFC 3339, in UTC."""

    package: str
    """The id, with its slashes as they are."""
    digest: str
    media_type: str
    manifest_bytes: int
    blobs: dict[str, int]
    """Sizes in bytes of what the manifest names, config and layers, by digest."""
    children: list[str]
    """Digests of the manifests that it names, if it is an index."""
    created: str
    updated: str
    built: str = ""
    artifact_type: str = ""

    @property
    def size_bytes(self) -> int:
        """Of config and layers together, as pulled."""
        return sum(self.blobs.values())

    def touched(self, at: datetime) -> Self:
        """The same, changed at this moment."""
        return msgspec.structs.replace(self, updated=rfc3339(at))


class Tag(msgspec.Struct, frozen=True):
    """What a tag means, and since when."""

    name: str
    digest: str
    moved: str


class Index:
    """All packages of a store. Whoever changes something holds a transaction."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def version(self, package: PackageName, digest: str) -> Version | None:
        """The version with this digest."""
        document = self._store.get(_VERSIONS, f"{package}/versions/{digest}")
        return None if document is None else msgspec.convert(document, Version)

    def tag(self, package: PackageName, name: str) -> Tag | None:
        """The tag of this name."""
        document = self._store.get(_TAGS, f"{package}/tags/{name}")
        return None if document is None else msgspec.convert(document, Tag)

    def digest(self, package: PackageName, reference: str) -> str | None:
        """The digest that a tag or a digest means, if there is such a version."""
        if reference.startswith("sha256:"):
            return reference if self.version(package, reference) else None
        tag = self.tag(package, reference)
        return tag.digest if tag else None

    def versions(self, place: PackageName | RepositoryName) -> list[Version]:
        """All versions of a package or of a repository, by name."""
        return [
            msgspec.convert(document, Version)
            for _, document in self._store.list(_VERSIONS, _below(place, "versions"))
        ]

    def tags(self, package: PackageName) -> list[Tag]:
        """All tags of a package, by name."""
        return [
            msgspec.convert(document, Tag)
            for _, document in self._store.list(_TAGS, f"{package}/tags/")
        ]

    def tags_of(self, package: PackageName) -> Mapping[str, list[str]]:
        """The names of a package's tags by the digest that they mean."""
        result: dict[str, list[str]] = {}
        for tag in self.tags(package):
            result.setdefault(tag.digest, []).append(tag.name)
        return result

    def packages(self, repository: RepositoryName) -> list[tuple[str, Document]]:
        """Ids of packages with ``{"createTime", "updateTime"}``."""
        return [
            (str(document["id"]), document["times"])
            for _, document in self._store.list(_PACKAGES, f"{repository}/packages/")
        ]

    def package(self, package: PackageName) -> Document | None:
        """``{"createTime", "updateTime"}`` of a package."""
        document = self._store.get(_PACKAGES, str(package))
        times: Document | None = document["times"] if document else None
        return times

    def put(self, package: PackageName, version: Version, at: datetime) -> None:
        """Keeps a version; one that is there already keeps the moment of its first push."""
        known = self.version(package, version.digest)
        if known is not None:
            version = known.touched(at)
        self._put_version(package, version)
        times = self.package(package) or {"createTime": rfc3339(at)}
        document = {"id": package.id, "times": times | {"updateTime": rfc3339(at)}}
        self._store.put(_PACKAGES, str(package), document)

    def point(self, package: PackageName, tag: str, digest: str, at: datetime) -> Tag:
        """Makes a tag mean a version, whatever it meant before."""
        before = self.tag(package, tag)
        if before is not None and before.digest == digest:
            return before
        made = Tag(tag, digest, rfc3339(at))
        self._store.put(_TAGS, f"{package}/tags/{tag}", msgspec.to_builtins(made))
        self._touch(package, [digest, *([before.digest] if before else [])], at)
        return made

    def untag(self, package: PackageName, tag: str, at: datetime) -> None:
        """Forgets a tag; what it meant stays."""
        before = self.tag(package, tag)
        if before is not None:
            self._store.delete(_TAGS, f"{package}/tags/{tag}")
            self._touch(package, [before.digest], at)

    def delete(self, package: PackageName, digest: str) -> None:
        """Forgets a version and its tags, and the package, if it was the last one."""
        for tag in self.tags_of(package).get(digest, []):
            self._store.delete(_TAGS, f"{package}/tags/{tag}")
        self._store.delete(_VERSIONS, f"{package}/versions/{digest}")
        if not self.versions(package):
            self._store.delete(_PACKAGES, str(package))

    def parents(self, package: PackageName, digest: str) -> list[str]:
        """Digests of the indexes in the package that name this manifest."""
        return [one.digest for one in self.versions(package) if digest in one.children]

    def size_bytes(self, repository: RepositoryName) -> int:
        """What a repository stores; what several versions share counts once."""
        stored: dict[str, int] = {}
        for version in self.versions(repository):
            stored[version.digest] = version.manifest_bytes
            stored |= version.blobs
        return sum(stored.values())

    def _touch(self, package: PackageName, digests: Iterable[str], at: datetime) -> None:
        for digest in digests:
            version = self.version(package, digest)
            if version is not None:
                self._put_version(package, version.touched(at))

    def _put_version(self, package: PackageName, version: Version) -> None:
        self._store.put(
            _VERSIONS, f"{package}/versions/{version.digest}", msgspec.to_builtins(version)
        )


def _below(place: PackageName | RepositoryName, kind: str) -> str:
    return f"{place}/{kind}/" if isinstance(place, PackageName) else f"{place}/packages/"
