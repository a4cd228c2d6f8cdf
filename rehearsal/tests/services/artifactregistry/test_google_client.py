"""Google's own client of Artifact Registry, unmodified, over REST."""

from datetime import timedelta

import pytest
from google.api_core.exceptions import NotFound
from google.cloud import artifactregistry_v1
from google.cloud.artifactregistry_v1.services.artifact_registry.transports import (
    ArtifactRegistryRestTransport,
)
from google.oauth2.credentials import Credentials

from rehearsal.identity.principal import Principal
from tests.client import OWNER
from tests.google_clients import InMemory
from tests.services.artifactregistry.world import REPOSITORY, World, image


@pytest.fixture
def google(world: World) -> artifactregistry_v1.ArtifactRegistryClient:
    token = world.client.cloud.tokens.issue(Principal(OWNER), timedelta(days=1))
    credentials = Credentials(token)  # type: ignore[no-untyped-call]
    transport = ArtifactRegistryRestTransport(credentials=credentials)
    transport._session.mount("https://", InMemory(world.client))
    return artifactregistry_v1.ArtifactRegistryClient(transport=transport)


def test_an_image_is_found_by_the_client_and_deleted(
    world: World, google: artifactregistry_v1.ArtifactRegistryClient, unique: str
) -> None:
    pushed = image(unique)
    world.push(pushed, "v1", "team/ingest")
    (found,) = google.list_docker_images(parent=REPOSITORY)
    assert (list(found.tags), found.image_size_bytes) == (
        ["v1"],
        len(pushed.config) + len(pushed.layer),
    )
    (package,) = google.list_packages(parent=REPOSITORY)
    (tag,) = google.list_tags(request={"parent": package.name})
    assert google.get_version(name=tag.version).metadata["mediaType"] == found.media_type
    google.delete_version(request={"name": tag.version, "force": True}).result()  # type: ignore[no-untyped-call]
    assert list(google.list_docker_images(parent=REPOSITORY)) == []


def test_a_repository_is_changed_and_deleted(
    google: artifactregistry_v1.ArtifactRegistryClient,
) -> None:
    repository = google.get_repository(name=REPOSITORY)
    policy = artifactregistry_v1.CleanupPolicy(
        id="drop",
        action=artifactregistry_v1.CleanupPolicy.Action.DELETE,
        condition=artifactregistry_v1.CleanupPolicyCondition(older_than=timedelta(days=30)),
    )
    repository.cleanup_policies["drop"] = policy
    changed = google.update_repository(
        repository=repository, update_mask={"paths": ["cleanup_policies"]}
    )
    assert changed.cleanup_policies["drop"].condition.older_than == timedelta(days=30)
    google.delete_repository(name=REPOSITORY).result()  # type: ignore[no-untyped-call]
    with pytest.raises(NotFound):
        google.get_repository(name=REPOSITORY)
