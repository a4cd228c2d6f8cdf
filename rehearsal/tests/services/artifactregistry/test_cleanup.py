"""Cleanup on the timeline: each midnight, in the registry, too, or as a dry run in the log."""

from datetime import timedelta

import pytest

from rehearsal.documents import Document
from rehearsal.services.artifactregistry.cleanup import dry_run
from tests.services.artifactregistry.world import API, REPOSITORY, World, image, upstream_status

VERSIONS = f"{REPOSITORY}/packages/ingest/versions"
POLICY = {
    "drop-old-untagged": {
        "action": "DELETE",
        "condition": {"tagState": "UNTAGGED", "olderThan": "2592000s"},
    },
    "keep-recent": {"action": "KEEP", "mostRecentVersions": {"keepCount": 1}},
}
DROP_ALL = {"drop": {"action": "DELETE", "condition": {"tagState": "ANY"}}}
METHOD = "google.devtools.artifactregistry.v1.ArtifactRegistry.BatchDeleteVersions"


def advance(world: World, days: float) -> None:
    world.client.cloud.timeline.advance(timedelta(days=days))


def entries(world: World) -> list[Document]:
    store = world.client.cloud.store
    kinds = store._connection.execute("SELECT DISTINCT kind FROM documents").fetchall()
    found = [
        document
        for (kind,) in kinds
        for _, document in store.list(kind)
        if document.get("protoPayload", {}).get("methodName") == METHOD
    ]
    return [entry["protoPayload"] for entry in found]


def test_an_old_untagged_version_goes_in_the_registry_too(registry: str, unique: str) -> None:
    world = World(registry, cleanupPolicies=POLICY)
    first, second = image(f"{unique}1"), image(f"{unique}2")
    world.push(first, "latest")
    world.client.clock.advance(timedelta(hours=1))
    world.push(second, "latest")
    advance(world, 30)
    assert world.digests() == {first.digest, second.digest}
    advance(world, 1)
    assert world.digests() == {second.digest}
    assert upstream_status(registry, first.digest) == 404
    assert upstream_status(registry, second.digest) == 200
    (payload,) = entries(world)
    assert payload["request"]["names"] == [f"{VERSIONS}/{first.digest}"]
    assert "validateOnly" not in payload["request"]


def test_a_dry_run_tells_in_the_log_what_would_go(registry: str, unique: str) -> None:
    world = World(registry, cleanupPolicies=DROP_ALL, cleanupPolicyDryRun=True)
    pushed = image(unique)
    world.push(pushed)
    advance(world, 1)
    assert world.digests() == {pushed.digest}
    (payload,) = entries(world)
    assert payload["serviceName"] == "artifactregistry.googleapis.com"
    assert payload["authenticationInfo"]["principalEmail"] == (
        "service-123456789012@gcp-sa-artifactregistry.iam.gserviceaccount.com"
    )
    assert payload["request"] == {
        "@type": "type.googleapis.com/"
        "google.devtools.artifactregistry.v1.BatchDeleteVersionsRequest",
        "parent": f"{REPOSITORY}/packages/-",
        "names": [f"{VERSIONS}/{pushed.digest}"],
        "validateOnly": True,
    }


def test_what_would_go_can_be_asked_before(registry: str, unique: str) -> None:
    world = World(registry)
    pushed = image(unique)
    world.push(pushed)
    cloud = world.client.cloud
    assert dry_run(cloud, REPOSITORY) == []
    change = {"cleanupPolicies": DROP_ALL}
    world.client.patch(f"{API}/{REPOSITORY}?updateMask=cleanupPolicies", change).ok
    assert dry_run(cloud, REPOSITORY) == [f"{VERSIONS}/{pushed.digest}"]
    assert world.digests() == {pushed.digest}
    with pytest.raises(LookupError):
        dry_run(cloud, REPOSITORY.replace("pipelines", "none"))


def test_parts_of_an_index_that_stays_stay(registry: str, unique: str) -> None:
    untagged = {"drop": {"action": "DELETE", "condition": {"tagState": "UNTAGGED"}}}
    world = World(registry, cleanupPolicies=untagged)
    part, alone = image(f"{unique}1"), image(f"{unique}2")
    world.push(part, "")
    world.push(alone, "")
    whole = world.push_index(part, tag="all")
    advance(world, 1)
    assert world.digests() == {part.digest, whole}
    world.client.delete(f"{API}/{REPOSITORY}/packages/ingest/tags/all").ok
    advance(world, 1)
    assert world.digests() == set()


def test_tags_that_are_immutable_hold_their_versions(registry: str, unique: str) -> None:
    world = World(registry, cleanupPolicies=DROP_ALL, dockerConfig={"immutableTags": True})
    tagged, untagged = image(f"{unique}1"), image(f"{unique}2")
    world.push(tagged, "v1")
    world.push(untagged, "")
    advance(world, 1)
    assert world.digests() == {tagged.digest}


def test_a_repository_without_policies_keeps_everything(registry: str, unique: str) -> None:
    world = World(registry)
    world.push(image(unique), "")
    advance(world, 400)
    assert len(world.images()) == 1


def test_a_registry_that_does_not_answer_is_tried_again(registry: str, unique: str) -> None:
    world = World(registry, cleanupPolicies=DROP_ALL)
    pushed = image(unique)
    world.push(pushed)
    cloud = world.client.cloud
    right = cloud.addresses
    cloud.addresses = type(right)(registry="http://127.0.0.1:9")
    advance(world, 1)
    assert world.digests() == {pushed.digest}
    cloud.addresses = right
    advance(world, 1)
    assert world.digests() == set()
