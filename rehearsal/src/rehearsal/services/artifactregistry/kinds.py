"""Under which kind repositories are in the store, and what others ask of them."""

from rehearsal.cloud import Cloud
from rehearsal.documents import Document
from rehearsal.services.artifactregistry.names import RepositoryName

REPOSITORIES = "artifactregistry.repositories"


def repository(cloud: Cloud, name: RepositoryName) -> Document | None:
    """The repository's document, or None."""
    return cloud.store.get(REPOSITORIES, str(name))


def has_immutable_tags(cloud: Cloud, name: RepositoryName) -> bool:
    """Whether the tags of the repository stay as they are."""
    document = repository(cloud, name) or {}
    return bool(document.get("dockerConfig", {}).get("immutableTags"))
