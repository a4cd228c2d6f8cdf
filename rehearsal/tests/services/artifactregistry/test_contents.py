"""What was pushed, as the API lists it: packages, versions, tags, images; and its deletion."""

from datetime import timedelta
from urllib.parse import quote

import pytest

from rehearsal.documents import Document
from tests.client import Client
from tests.services.artifactregistry.world import (
    API,
    HOST,
    REPOSITORY,
    SCHEMA2,
    World,
    image,
    upstream_status,
)

PACKAGE = f"{REPOSITORY}/packages/ingest"
PACKAGE_URL = f"{API}/{PACKAGE}"
PUSHED = "2026-01-05T00:00:00.000000Z"
LATER = "2026-01-05T01:00:00.000000Z"
HOUR = timedelta(hours=1)


def tag_document(tag: str, digest: str) -> Document:
    return {"name": f"{PACKAGE}/tags/{tag}", "version": f"{PACKAGE}/versions/{digest}"}


def tags(world: World) -> dict[str, str]:
    listed = world.client.get(f"{PACKAGE_URL}/tags").ok.get("tags", [])
    return {one["name"].rpartition("/")[2]: one["version"].rpartition("/")[2] for one in listed}


def test_an_image_is_listed_with_its_tags_size_and_times(world: World, unique: str) -> None:
    pushed = image(unique)
    world.push(pushed, "v1")
    world.client.clock.advance(HOUR)
    world.push(pushed, "latest")
    (listed,) = world.images()
    assert listed == {
        "name": f"{REPOSITORY}/dockerImages/ingest@{pushed.digest}",
        "uri": f"{HOST}/demo/pipelines/ingest@{pushed.digest}",
        "tags": ["latest", "v1"],
        "imageSizeBytes": str(len(pushed.config) + len(pushed.layer)),
        "mediaType": SCHEMA2,
        "buildTime": "2026-01-04T12:00:00.000000Z",
        "uploadTime": PUSHED,
        "updateTime": LATER,
    }
    assert world.client.get(f"{API}/{listed['name']}").ok == listed


def test_images_are_listed_in_the_order_that_is_asked_for(world: World, unique: str) -> None:
    first, second = image(f"{unique}1"), image(f"{unique}2")
    world.push(first)
    world.client.clock.advance(HOUR)
    world.push(second)
    for order, expected in (("uploadTime", [first, second]), ("upload_time desc", [second, first])):
        url = f"{API}/{REPOSITORY}/dockerImages?orderBy={quote(order)}"
        listed = world.client.get(url).ok["dockerImages"]
        assert [one["uri"].partition("@")[2] for one in listed] == [one.digest for one in expected]


def test_packages_are_listed_and_read(world: World, unique: str) -> None:
    world.push(image(unique), package="team/ingest")
    world.push(image(unique))
    world.client.clock.advance(HOUR)
    world.push(image(unique), "v2")
    listed = world.client.get(f"{API}/{REPOSITORY}/packages").ok["packages"]
    assert listed == [
        {"name": PACKAGE, "createTime": PUSHED, "updateTime": LATER},
        {
            "name": f"{REPOSITORY}/packages/team%2Fingest",
            "createTime": PUSHED,
            "updateTime": PUSHED,
        },
    ]
    for package in listed:
        assert world.client.get(f"{API}/{package['name']}").ok == package
    pattern = quote(f'name="{REPOSITORY}/packages/TEAM*"')
    found = world.client.get(f"{API}/{REPOSITORY}/packages?filter={pattern}").ok["packages"]
    assert found == listed[1:]


def test_versions_are_listed_and_read(world: World, unique: str) -> None:
    pushed = image(unique)
    world.push(pushed, "v1")
    version = {
        "name": f"{PACKAGE}/versions/{pushed.digest}",
        "createTime": PUSHED,
        "updateTime": PUSHED,
        "metadata": {
            "name": f"{REPOSITORY}/dockerImages/ingest@{pushed.digest}",
            "imageSizeBytes": str(len(pushed.config) + len(pushed.layer)),
            "mediaType": SCHEMA2,
            "buildTime": "2026-01-04T12:00:00.000000Z",
        },
    }
    assert world.client.get(f"{PACKAGE_URL}/versions").ok["versions"] == [version]
    assert world.client.get(f"{API}/{version['name']}").ok == version
    full = world.client.get(f"{API}/{version['name']}?view=FULL").ok
    assert full == version | {"relatedTags": [tag_document("v1", pushed.digest)]}


def test_tags_are_listed_read_and_filtered_by_version(world: World, unique: str) -> None:
    first, second = image(f"{unique}1"), image(f"{unique}2")
    world.push(first, "v1")
    world.push(second, "v2")
    assert tags(world) == {"v1": first.digest, "v2": second.digest}
    assert world.client.get(f"{PACKAGE_URL}/tags/v1").ok == tag_document("v1", first.digest)
    expression = quote(f'version="{PACKAGE}/versions/{second.digest}"')
    listed = world.client.get(f"{PACKAGE_URL}/tags?filter={expression}").ok["tags"]
    assert listed == [tag_document("v2", second.digest)]
    assert world.client.get(f"{PACKAGE_URL}/tags?filter=nonsense").error["code"] == 400


def test_a_tag_is_made_moved_and_deleted(world: World, unique: str) -> None:
    first, second = image(f"{unique}1"), image(f"{unique}2")
    world.push(first, "v1")
    world.push(second, "v2")
    target = {"version": f"{PACKAGE}/versions/{first.digest}"}
    made = world.client.post(f"{PACKAGE_URL}/tags?tagId=live", target).ok
    assert made == tag_document("live", first.digest)
    assert world.client.post(f"{PACKAGE_URL}/tags?tagId=live", target).error["code"] == 409
    moved = {"version": f"{PACKAGE}/versions/{second.digest}"}
    world.client.patch(f"{PACKAGE_URL}/tags/live?updateMask=version", moved).ok
    assert world.manifest("live").content == second.manifest
    assert world.client.delete(f"{PACKAGE_URL}/tags/live").ok == {}
    assert world.manifest("live").status == 404
    assert world.manifest(second.digest).status == 200


def test_a_tag_leads_to_a_version_that_is_there(world: World, unique: str) -> None:
    world.push(image(unique), "v1")
    nowhere = {"version": f"{PACKAGE}/versions/sha256:{'0' * 64}"}
    assert world.client.post(f"{PACKAGE_URL}/tags?tagId=t", nowhere).status == 404
    assert world.client.post(f"{PACKAGE_URL}/tags?tagId=-t", nowhere).status == 400
    assert world.client.patch(f"{PACKAGE_URL}/tags/v1", nowhere).status == 404
    assert world.client.patch(f"{PACKAGE_URL}/tags/v1?updateMask=version", {}).status == 404


def test_immutable_tags_stay_but_new_ones_may_be_made(registry: str, unique: str) -> None:
    world = World(registry, dockerConfig={"immutableTags": True})
    first, second = image(f"{unique}1"), image(f"{unique}2")
    world.push(first, "v1")
    world.push(second, "v2")
    moved = {"version": f"{PACKAGE}/versions/{second.digest}"}
    for answer, verb in (
        (world.client.patch(f"{PACKAGE_URL}/tags/v1?updateMask=version", moved), "update"),
        (world.client.delete(f"{PACKAGE_URL}/tags/v1"), "delete"),
        (world.client.delete(f"{PACKAGE_URL}/versions/{first.digest}?force=true"), "delete"),
    ):
        assert answer.error["status"] == "FAILED_PRECONDITION"
        assert answer.error["message"] == (
            f"cannot {verb} tag v1. The repository has enabled tag immutability"
        )
    whole = world.client.delete(PACKAGE_URL).error
    assert whole["message"].endswith("The repository has enabled tag immutability")
    assert world.client.post(f"{PACKAGE_URL}/tags?tagId=v3", moved).status == 200
    assert world.digests() == {first.digest, second.digest}


def test_a_version_with_tags_goes_only_by_force(world: World, registry: str, unique: str) -> None:
    pushed = image(unique)
    world.push(pushed, "v1")
    url = f"{PACKAGE_URL}/versions/{pushed.digest}"
    assert world.client.delete(url).error["status"] == "FAILED_PRECONDITION"
    assert upstream_status(registry, pushed.digest) == 200
    operation = world.client.delete(f"{url}?force=true").ok
    assert operation["response"] == {"@type": "type.googleapis.com/google.protobuf.Empty"}
    assert world.client.get(f"{API}/{operation['name']}").ok == operation
    assert upstream_status(registry, pushed.digest) == 404
    assert world.manifest("v1").status == world.manifest(pushed.digest).status == 404
    assert world.client.get(PACKAGE_URL).status == 404


def test_a_part_of_an_index_goes_with_the_index_or_after_it(world: World, unique: str) -> None:
    one = image(unique)
    world.push(one, "")
    whole = world.push_index(one)
    url = f"{PACKAGE_URL}/versions"
    assert world.client.delete(f"{url}/{one.digest}").error["status"] == "FAILED_PRECONDITION"
    alone = {"names": [f"{PACKAGE}/versions/{one.digest}"]}
    assert world.client.post(f"{url}:batchDelete", alone).error["code"] == 400
    world.client.delete(f"{PACKAGE_URL}/tags/all").ok
    both = {"names": [f"{PACKAGE}/versions/{digest}" for digest in (one.digest, whole)]}
    world.client.post(f"{url}:batchDelete", both).ok
    assert world.images() == []


def test_versions_of_several_packages_go_at_once_or_not_at_all(world: World, unique: str) -> None:
    first, second = image(f"{unique}1"), image(f"{unique}2")
    world.push(first, "")
    world.push(second, "v1", "other")
    url = f"{API}/{REPOSITORY}/packages/-/versions:batchDelete"
    names = [
        f"{PACKAGE}/versions/{first.digest}",
        f"{REPOSITORY}/packages/other/versions/{second.digest}",
    ]
    tagged = world.client.post(url, {"names": names}).error
    assert tagged["status"] == "FAILED_PRECONDITION"
    world.client.post(url, {"names": names[:1], "validateOnly": True}).ok
    assert world.digests() == {first.digest, second.digest}
    world.client.post(url, {"names": names[:1]}).ok
    assert world.digests() == {second.digest}


@pytest.mark.parametrize(
    "names",
    [[], ["nonsense"], [f"{REPOSITORY}/packages/other/versions/sha256:{'0' * 64}"]],
)
def test_a_batch_names_versions_of_its_parent(world: World, unique: str, names: list[str]) -> None:
    world.push(image(unique))
    url = f"{PACKAGE_URL}/versions:batchDelete"
    assert world.client.post(url, {"names": names}).error["code"] == 400


def test_a_deleted_package_is_gone_with_all_versions(
    world: World, registry: str, unique: str
) -> None:
    one = image(unique)
    world.push(one, "v1")
    world.push_index(one)
    world.push(one, "v1", "other")
    world.client.delete(PACKAGE_URL).ok
    assert upstream_status(registry, one.digest) == 404
    assert upstream_status(registry, one.digest, "other") == 200
    assert world.client.get(PACKAGE_URL).status == 404
    assert world.digests() == {one.digest}


def test_a_deleted_repository_takes_its_images_with_it(
    world: World, registry: str, unique: str
) -> None:
    one = image(unique)
    world.push(one)
    world.client.delete(f"{API}/{REPOSITORY}").ok
    assert upstream_status(registry, one.digest) == 404
    assert world.call("GET", "demo/pipelines/ingest/manifests/v1").status == 404


def test_the_size_of_a_repository_counts_shared_layers_once(world: World, unique: str) -> None:
    one, other = image(unique), image(unique, created="2026-01-03T00:00:00Z")
    world.push(one, "v1")
    world.push(other, "v2")
    parts = {one.config, other.config, one.layer, one.manifest, other.manifest}
    size = world.client.get(f"{API}/{REPOSITORY}").ok["sizeBytes"]
    assert size == str(sum(map(len, parts)))


def test_what_cannot_be_deleted_in_the_registry_stays(world: World, unique: str) -> None:
    pushed = image(unique)
    world.push(pushed, "")
    addresses = world.client.cloud.addresses
    world.client.cloud.addresses = type(addresses)(registry="http://127.0.0.1:9")
    answer = world.client.delete(f"{PACKAGE_URL}/versions/{pushed.digest}")
    assert answer.error["status"] == "UNAVAILABLE"
    assert world.digests() == {pushed.digest}


def test_what_is_not_there_is_not_found(world: World, unique: str) -> None:
    world.push(image(unique))
    nothing = f"sha256:{'0' * 64}"
    for answer in (
        world.client.get(f"{PACKAGE_URL}/tags/v9"),
        world.client.get(f"{PACKAGE_URL}/versions/{nothing}"),
        world.client.delete(f"{PACKAGE_URL}/versions/{nothing}"),
        world.client.get(f"{API}/{REPOSITORY}/packages/none"),
        world.client.get(f"{API}/{REPOSITORY}/packages/none/versions"),
        world.client.get(f"{API}/{REPOSITORY}/dockerImages/ingest@{nothing}"),
        Client().get(f"{API}/{REPOSITORY}/packages"),
    ):
        assert answer.error["message"] == "Requested entity was not found."
