"""Deletes versions, in the registry behind and in the index; knows which may not be deleted."""

from rehearsal.cloud import Cloud
from rehearsal.errors import failed_precondition
from rehearsal.services.artifactregistry import kinds, upstream
from rehearsal.services.artifactregistry.index import Index
from rehearsal.services.artifactregistry.names import PackageName


def delete_version(cloud: Cloud, package: PackageName, digest: str) -> None:
    """Deletes a version with its tags. To be called outside of a transaction: it waits.

    Raises:
        ApiError: 404 or 503: the registry behind does not answer; the version is still there.
    """
    upstream.delete_manifest(cloud, package, digest)
    with cloud.store.transaction():
        Index(cloud.store).delete(package, digest)


def require_untagged(cloud: Cloud, package: PackageName, digest: str, *, force: bool) -> None:
    """Refuses to delete a version that has tags; with ``force``, only if these must stay.

    Raises:
        ApiError: 400 FAILED_PRECONDITION. The wording is ours.
    """
    index = Index(cloud.store)
    tags = index.tags_of(package).get(digest, [])
    if tags and not force:
        raise failed_precondition(
            f"cannot delete version {digest} because it is tagged: {', '.join(tags)}. Delete its"
            " tags first, or use force."
        )
    if tags and kinds.has_immutable_tags(cloud, package.repository):
        raise failed_precondition(immutable("delete", tags[0]))


def require_no_parent(cloud: Cloud, package: PackageName, digest: str) -> None:
    """Refuses to delete a manifest that an index names.

    https://cloud.google.com/artifact-registry/docs/docker/manage-images#deleting_images

    Raises:
        ApiError: 400 FAILED_PRECONDITION. The wording is ours.
    """
    parents = Index(cloud.store).parents(package, digest)
    if parents:
        raise failed_precondition(
            f"cannot delete version {digest}: manifest is referenced by parent manifests:"
            f" {', '.join(parents)}."
        )


def immutable(verb: str, tag: str) -> str:
    """Why a tag stays as it is; Google's words.

    https://cloud.google.com/artifact-registry/docs/docker/troubleshoot#push
    """
    return f"cannot {verb} tag {tag}. The repository has enabled tag immutability"
