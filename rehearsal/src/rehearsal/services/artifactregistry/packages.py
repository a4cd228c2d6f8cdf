"""The methods of packages: an image's name, and all that was pushed under it.

https://cloud.google.com/artifact-registry/docs/reference/rest/v1/projects.locations.repositories.packages
"""

from rehearsal.api import operations
from rehearsal.api.call import Call
from rehearsal.api.pages import page
from rehearsal.documents import Document
from rehearsal.errors import not_found
from rehearsal.services.artifactregistry.definition import API, service
from rehearsal.services.artifactregistry.deletion import delete_version, require_untagged
from rehearsal.services.artifactregistry.index import Index
from rehearsal.services.artifactregistry.lists import filtered, ordered
from rehearsal.services.artifactregistry.names import PackageName, package_of, repository_of
from rehearsal.services.artifactregistry.repositories import EMPTY, METADATA, repositories

_PREFIX = "artifactregistry.projects.locations.repositories.packages"
_DOCS = (
    "https://cloud.google.com/artifact-registry/docs/reference/rest/v1/"
    "projects.locations.repositories.packages"
)


def existing(call: Call, name: str) -> PackageName:
    """The package that ``name`` is or is in.

    Raises:
        ApiError: 404.
    """
    package = package_of(name)
    repositories.get(call, str(package.repository))
    if Index(call.cloud.store).package(package) is None:
        raise not_found("Requested entity was not found.")
    return package


def finished(call: Call, package: PackageName) -> Document:
    """An operation that has deleted something."""
    repository = package.repository
    parent = f"projects/{repository.project}/locations/{repository.location}"
    return operations.done(call, parent, {}, EMPTY, METADATA)


@service.method(*API, f"{_PREFIX}.list", source="recorded")
def list_packages(call: Call) -> Document:
    """Lists the packages of a repository."""
    repository = repository_of(call.path["parent"])
    repositories.get(call, str(repository))
    documents = [
        {"name": str(PackageName(repository, package_id))} | times
        for package_id, times in Index(call.cloud.store).packages(repository)
    ]
    return page(call, ordered(call, filtered(call, documents)), "packages")


@service.method(*API, f"{_PREFIX}.get", source=f"{_DOCS}/get")
def get(call: Call) -> Document:
    """Reads a package."""
    package = existing(call, call.path["name"])
    return {"name": str(package)} | (Index(call.cloud.store).package(package) or {})


@service.method(*API, f"{_PREFIX}.delete", source=f"{_DOCS}/delete", outside=True)
def delete(call: Call) -> Document:
    """Deletes a package with all its versions and tags."""
    package = existing(call, call.path["name"])
    versions = Index(call.cloud.store).versions(package)
    # Indexes go before what they name.
    versions.sort(key=lambda version: not version.children)
    for version in versions:
        require_untagged(call.cloud, package, version.digest, force=True)
    for version in versions:
        delete_version(call.cloud, package, version.digest)
    with call.cloud.store.transaction():
        return finished(call, package)
