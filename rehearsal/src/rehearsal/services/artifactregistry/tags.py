"""The methods of tags: read, make, move, delete, unless the repository's tags are immutable.

https://cloud.google.com/artifact-registry/docs/reference/rest/v1/projects.locations.repositories.packages.tags
"""

import re

from rehearsal.api.call import Call
from rehearsal.api.masks import patch
from rehearsal.api.pages import page
from rehearsal.documents import Document
from rehearsal.errors import already_exists, failed_precondition, invalid_argument, not_found
from rehearsal.services.artifactregistry.definition import API, service
from rehearsal.services.artifactregistry.deletion import immutable
from rehearsal.services.artifactregistry.index import Index, Tag
from rehearsal.services.artifactregistry.kinds import has_immutable_tags
from rehearsal.services.artifactregistry.lists import filtered
from rehearsal.services.artifactregistry.names import PackageName, last_part
from rehearsal.services.artifactregistry.packages import existing

TAG = re.compile(r"\w[\w.-]{0,127}", re.ASCII)
_PREFIX = "artifactregistry.projects.locations.repositories.packages.tags"
_DOCS = (
    "https://cloud.google.com/artifact-registry/docs/reference/rest/v1/"
    "projects.locations.repositories.packages.tags"
)


def tag_document(package: PackageName, tag: Tag) -> Document:
    """A tag and the version that it means."""
    return {"name": f"{package}/tags/{tag.name}", "version": f"{package}/versions/{tag.digest}"}


@service.method(*API, f"{_PREFIX}.list", source="recorded")
def list_tags(call: Call) -> Document:
    """Lists the tags of a package."""
    package = existing(call, call.path["parent"])
    documents = [tag_document(package, tag) for tag in Index(call.cloud.store).tags(package)]
    return page(call, filtered(call, documents), "tags")


@service.method(*API, f"{_PREFIX}.get", source="recorded")
def get(call: Call) -> Document:
    """Reads a tag."""
    return tag_document(*_found(call))


@service.method(*API, f"{_PREFIX}.create", source=f"{_DOCS}/create")
def create(call: Call) -> Document:
    """Makes a tag for a version that is there."""
    package = existing(call, call.path["parent"])
    name = call.parameter("tagId") or ""
    if TAG.fullmatch(name) is None:
        raise invalid_argument(f"Invalid tag id {name!r}.", ("tag_id", "It is no tag."))
    if Index(call.cloud.store).tag(package, name) is not None:
        raise already_exists("the tag already exists")
    return _point(call, package, name, call.body.get("version", ""))


@service.method(*API, f"{_PREFIX}.patch", source=f"{_DOCS}/patch")
def update(call: Call) -> Document:
    """Moves a tag to another version."""
    package, tag = _found(call)
    current = tag_document(package, tag)
    moved = patch(current, call.body, call.parameter("updateMask"), ["version"])
    if moved.get("version") != current["version"]:
        _require_mutable(call, package, "update", tag)
    return _point(call, package, tag.name, moved.get("version", ""))


@service.method(*API, f"{_PREFIX}.delete", source=f"{_DOCS}/delete")
def delete(call: Call) -> Document:
    """Deletes a tag; the version stays."""
    package, tag = _found(call)
    _require_mutable(call, package, "delete", tag)
    Index(call.cloud.store).untag(package, tag.name, call.now)
    return {}


def _found(call: Call) -> tuple[PackageName, Tag]:
    package = existing(call, call.path["name"])
    tag = Index(call.cloud.store).tag(package, last_part(call.path["name"]))
    if tag is None:
        raise not_found("Requested entity was not found.")
    return package, tag


def _point(call: Call, package: PackageName, name: str, version: str) -> Document:
    index = Index(call.cloud.store)
    digest = version.removeprefix(f"{package}/versions/")
    if index.version(package, digest) is None:
        raise not_found("Requested entity was not found.")
    return tag_document(package, index.point(package, name, digest, call.now))


def _require_mutable(call: Call, package: PackageName, verb: str, tag: Tag) -> None:
    if has_immutable_tags(call.cloud, package.repository):
        raise failed_precondition(immutable(verb, tag.name))
