"""The methods of Docker images: versions as those who pull see them.

https://cloud.google.com/artifact-registry/docs/reference/rest/v1/projects.locations.repositories.dockerImages
"""

from collections.abc import Sequence
from urllib.parse import quote, unquote

from rehearsal.api.call import Call
from rehearsal.api.pages import page
from rehearsal.documents import Document
from rehearsal.errors import not_found
from rehearsal.services.artifactregistry.definition import API, service
from rehearsal.services.artifactregistry.index import Index, Version
from rehearsal.services.artifactregistry.lists import ordered
from rehearsal.services.artifactregistry.names import PackageName, repository_of
from rehearsal.services.artifactregistry.repositories import repositories

_PREFIX = "artifactregistry.projects.locations.repositories.dockerImages"
_DOCS = (
    "https://cloud.google.com/artifact-registry/docs/reference/rest/v1/"
    "projects.locations.repositories.dockerImages/get"
)


def image_name(package: PackageName, version: Version) -> str:
    """``projects/P/locations/L/repositories/R/dockerImages/IMG@sha256:...``."""
    return f"{package.repository}/dockerImages/{quote(package.id, safe='')}@{version.digest}"


def metadata(version: Version) -> Document:
    """What is known of an image from its manifest and its config."""
    document: Document = {
        "imageSizeBytes": str(version.size_bytes),
        "mediaType": version.media_type,
    }
    if version.built:
        document["buildTime"] = version.built
    if version.artifact_type:
        document["artifactType"] = version.artifact_type
    return document


@service.method(*API, f"{_PREFIX}.list", source="recorded")
def list_images(call: Call) -> Document:
    """Lists all images of a repository, the untagged, too."""
    repository = repository_of(call.path["parent"])
    repositories.get(call, str(repository))
    index = Index(call.cloud.store)
    documents: list[Document] = []
    for package_id, _ in index.packages(repository):
        package = PackageName(repository, package_id)
        tags = index.tags_of(package)
        documents += [
            _document(package, version, tags.get(version.digest, []))
            for version in index.versions(package)
        ]
    return page(call, ordered(call, documents), "dockerImages")


@service.method(*API, f"{_PREFIX}.get", source=_DOCS)
def get(call: Call) -> Document:
    """Reads an image, by its digest."""
    repository = repository_of(call.path["name"])
    repositories.get(call, str(repository))
    image = call.path["name"].removeprefix(f"{repository}/dockerImages/")
    package_id, _, digest = image.partition("@")
    package = PackageName(repository, unquote(package_id))
    index = Index(call.cloud.store)
    version = index.version(package, digest)
    if version is None:
        raise not_found("Requested entity was not found.")
    return _document(package, version, index.tags_of(package).get(digest, []))


def _document(package: PackageName, version: Version, tags: Sequence[str]) -> Document:
    document: Document = {
        "name": image_name(package, version),
        "uri": f"{package.uri}@{version.digest}",
        "uploadTime": version.created,
        "updateTime": version.updated,
    }
    return document | ({"tags": list(tags)} if tags else {}) | metadata(version)
