"""The methods of versions: what was pushed, by digest.

https://cloud.google.com/artifact-registry/docs/reference/rest/v1/projects.locations.repositories.packages.versions
"""

from collections.abc import Sequence

from rehearsal.api.call import Call
from rehearsal.api.pages import page
from rehearsal.documents import Document
from rehearsal.errors import invalid_argument, not_found
from rehearsal.services.artifactregistry.definition import API, service
from rehearsal.services.artifactregistry.deletion import (
    delete_version,
    require_no_parent,
    require_untagged,
)
from rehearsal.services.artifactregistry.docker_images import image_name, metadata
from rehearsal.services.artifactregistry.index import Index, Version
from rehearsal.services.artifactregistry.lists import filtered, ordered
from rehearsal.services.artifactregistry.names import PackageName, last_part, package_of
from rehearsal.services.artifactregistry.packages import existing, finished
from rehearsal.services.artifactregistry.repositories import repositories
from rehearsal.services.artifactregistry.tags import tag_document

_PREFIX = "artifactregistry.projects.locations.repositories.packages.versions"
_DOCS = (
    "https://cloud.google.com/artifact-registry/docs/reference/rest/v1/"
    "projects.locations.repositories.packages.versions"
)
_RELATED_TAGS = 100


@service.method(*API, f"{_PREFIX}.list", source=f"{_DOCS}/list")
def list_versions(call: Call) -> Document:
    """Lists the versions of a package."""
    package = existing(call, call.path["parent"])
    versions = Index(call.cloud.store).versions(package)
    documents = [_document(call, package, version) for version in versions]
    return page(call, ordered(call, filtered(call, documents)), "versions")


@service.method(*API, f"{_PREFIX}.get", source=f"{_DOCS}/get")
def get(call: Call) -> Document:
    """Reads a version."""
    package, version = _found(call, call.path["name"])
    return _document(call, package, version)


@service.method(*API, f"{_PREFIX}.delete", source=f"{_DOCS}/delete", outside=True)
def delete(call: Call) -> Document:
    """Deletes a version; with ``force``, its tags, too."""
    package, version = _found(call, call.path["name"])
    force = (call.parameter("force") or "").lower() == "true"
    require_untagged(call.cloud, package, version.digest, force=force)
    require_no_parent(call.cloud, package, version.digest)
    delete_version(call.cloud, package, version.digest)
    with call.cloud.store.transaction():
        return finished(call, package)


@service.method(*API, f"{_PREFIX}.batchDelete", source=f"{_DOCS}/batchDelete", outside=True)
def batch_delete(call: Call) -> Document:
    """Deletes versions of one package, or (``packages/-``) of several in a repository.

    None is deleted if one of them can't be.
    """
    parent = package_of(call.path["parent"])
    repositories.get(call, str(parent.repository))
    doomed = [_found(call, name) for name in _names(call, parent)]
    for package, version in doomed:
        require_untagged(call.cloud, package, version.digest, force=False)
        _require_parents_within(call, package, version, doomed)
    if not call.body.get("validateOnly"):
        # Indexes go before what they name.
        for package, version in sorted(doomed, key=lambda one: not one[1].children):
            delete_version(call.cloud, package, version.digest)
    with call.cloud.store.transaction():
        return finished(call, parent)


def _found(call: Call, name: str) -> tuple[PackageName, Version]:
    package = existing(call, name)
    version = Index(call.cloud.store).version(package, last_part(name))
    if version is None:
        raise not_found("Requested entity was not found.")
    return package, version


def _names(call: Call, parent: PackageName) -> Sequence[str]:
    names: list[str] = call.body.get("names", [])
    if not names:
        raise invalid_argument("names must not be empty.", ("names", "It is required."))
    below = f"{parent.repository if parent.id == '-' else parent}/"
    for name in names:
        if not name.startswith(below) or "/versions/" not in name:
            raise invalid_argument(f"{name} is no version in {parent}.", ("names", "Not in there."))
    return names


def _require_parents_within(
    call: Call,
    package: PackageName,
    version: Version,
    doomed: Sequence[tuple[PackageName, Version]],
) -> None:
    """What an index names may go with it."""
    going = {one.digest for place, one in doomed if place == package}
    if not going.issuperset(Index(call.cloud.store).parents(package, version.digest)):
        require_no_parent(call.cloud, package, version.digest)


def _document(call: Call, package: PackageName, version: Version) -> Document:
    document: Document = {
        "name": f"{package}/versions/{version.digest}",
        "createTime": version.created,
        "updateTime": version.updated,
        "metadata": {"name": image_name(package, version)} | metadata(version),
    }
    if call.parameter("view") == "FULL":
        index = Index(call.cloud.store)
        tags = [tag for tag in index.tags(package) if tag.digest == version.digest]
        document["relatedTags"] = [tag_document(package, tag) for tag in tags[:_RELATED_TAGS]]
    return document
