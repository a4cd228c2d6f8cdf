"""Images pushed to a real registry and pulled from it, byte for byte, as docker does."""

import json
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.client import PROJECT
from tests.services.artifactregistry.world import (
    API,
    HOST,
    LOCATION,
    REPOSITORY,
    SCHEMA2,
    Image,
    World,
    digest_of,
    errors,
    image,
    upstream_status,
)

PATH = f"{PROJECT}/pipelines/ingest"


def test_a_pushed_image_is_pulled_by_tag_and_by_digest(world: World, unique: str) -> None:
    pushed = image(unique)
    answer = world.push(pushed, "v1")
    assert answer.status == 201
    assert answer.headers["docker-content-digest"] == pushed.digest
    assert answer.headers["location"] == f"/v2/{PATH}/manifests/{pushed.digest}"
    for reference in ("v1", pushed.digest):
        got = world.manifest(reference)
        assert (got.status, got.content) == (200, pushed.manifest)
        assert got.headers["content-type"] == SCHEMA2
        assert got.headers["docker-content-digest"] == pushed.digest
    for blob in (pushed.config, pushed.layer):
        got = world.call("GET", f"{PATH}/blobs/{digest_of(blob)}")
        assert (got.status, got.content) == (200, blob)


def test_head_tells_length_and_digest_without_a_body(world: World, unique: str) -> None:
    pushed = image(unique)
    assert world.call("HEAD", f"{PATH}/blobs/{digest_of(pushed.layer)}").status == 404
    world.push(pushed)
    blob = world.call("HEAD", f"{PATH}/blobs/{digest_of(pushed.layer)}")
    assert (blob.status, blob.content) == (200, b"")
    assert blob.headers["content-length"] == str(len(pushed.layer))
    assert blob.headers["docker-content-digest"] == digest_of(pushed.layer)
    manifest = world.call("HEAD", f"{PATH}/manifests/v1")
    assert (manifest.status, manifest.content) == (200, b"")
    assert manifest.headers["content-length"] == str(len(pushed.manifest))


def test_a_part_of_a_blob_can_be_pulled(world: World, unique: str) -> None:
    pushed = image(unique)
    world.push(pushed)
    part = world.call("GET", f"{PATH}/blobs/{digest_of(pushed.layer)}", range="bytes=2-5")
    assert (part.status, part.content) == (206, pushed.layer[2:6])


def test_a_blob_comes_in_pieces_and_its_progress_is_told(world: World, unique: str) -> None:
    content = (unique * 1000).encode()
    begun = world.call("POST", f"{PATH}/blobs/uploads/")
    assert (begun.status, begun.headers["range"]) == (202, "0-0")
    assert begun.headers["location"].startswith(f"/v2/{PATH}/blobs/uploads/")
    first = world.call(
        "PATCH", world.at(begun), content[:9000], content_range="0-8999",
        content_type="application/octet-stream",
    )  # fmt: skip
    assert (first.status, first.headers["range"]) == (202, "0-8999")
    told = world.call("GET", world.at(first))
    assert (told.status, told.headers["range"]) == (204, "0-8999")
    finish = f"{world.at(first)}&digest={digest_of(content)}"
    assert world.call("PUT", finish, content[9000:]).status == 201
    assert world.call("GET", f"{PATH}/blobs/{digest_of(content)}").content == content


def test_an_upload_can_be_given_up(world: World) -> None:
    begun = world.call("POST", f"{PATH}/blobs/uploads/")
    assert world.call("DELETE", world.at(begun)).status == 204
    assert world.call("PATCH", world.at(begun), b"late").status == 404


def test_a_large_layer_passes_both_ways(world: World, unique: str) -> None:
    content = unique.encode() * (8 * 1024 * 1024 // len(unique))
    assert world.push_blob(content).status == 201
    got = world.call("GET", f"{PATH}/blobs/{digest_of(content)}")
    assert got.headers["content-length"] == str(len(content))
    assert digest_of(got.content) == digest_of(content)


def test_a_layer_is_taken_over_from_another_image(world: World, unique: str) -> None:
    pushed = image(unique)
    world.push(pushed)
    mount = f"blobs/uploads/?mount={digest_of(pushed.layer)}&from={PATH}"
    answer = world.call("POST", f"{PROJECT}/pipelines/other/{mount}")
    assert answer.status == 201
    location = f"/v2/{PROJECT}/pipelines/other/blobs/{digest_of(pushed.layer)}"
    assert answer.headers["location"] == location


def test_a_layer_of_an_image_that_may_not_be_read_is_uploaded_instead(
    world: World, unique: str
) -> None:
    pushed = image(unique)
    world.push(pushed)
    parent = REPOSITORY.partition("/repositories/")[0]
    url = f"{API}/{parent}/repositories?repositoryId=open"
    world.client.post(url, {"format": "DOCKER"}).ok
    writer = "user:writer@example.com"
    resource = f"//artifactregistry.googleapis.com/{parent}/repositories/open"
    world.client.grant(writer, "roles/artifactregistry.writer", resource)
    mount = f"blobs/uploads/?mount={digest_of(pushed.layer)}&from={PATH}"
    assert world.call("POST", f"{PROJECT}/open/other/{mount}", as_=writer).status == 202


def test_the_same_names_in_two_locations_are_two_images(world: World, unique: str) -> None:
    parent = f"projects/{PROJECT}/locations/us"
    url = f"{API}/{parent}/repositories?repositoryId=pipelines"
    world.client.post(url, {"format": "DOCKER"}).ok
    world.push(image(unique))
    there = f"https://us-docker.pkg.dev/v2/{PATH}/manifests/v1"
    assert world.call("GET", there).status == 404
    assert world.client.get(f"{API}/{parent}/repositories/pipelines/dockerImages").ok == {}


def test_an_images_name_may_have_slashes(world: World, unique: str) -> None:
    pushed = image(unique)
    assert world.push(pushed, package="team/ingest").status == 201
    assert world.manifest("v1", "team/ingest").content == pushed.manifest
    (listed,) = world.images()
    name = f"{REPOSITORY}/dockerImages/team%2Fingest@{pushed.digest}"
    assert listed["name"] == name
    assert listed["uri"] == f"{HOST}/{PROJECT}/pipelines/team/ingest@{pushed.digest}"
    assert world.client.get(f"{API}/{name}").ok == listed


def test_a_tag_moves_with_each_push_and_the_image_before_stays(world: World, unique: str) -> None:
    first, second = image(f"{unique}1"), image(f"{unique}2")
    world.push(first, "latest")
    world.push(second, "latest")
    assert world.manifest("latest").content == second.manifest
    assert world.manifest(first.digest).content == first.manifest


def test_a_manifest_that_names_a_missing_layer_is_refused(world: World, unique: str) -> None:
    pushed = image(unique)
    world.push_blob(pushed.config)
    refused = errors(world.push_manifest(pushed.manifest, "v1"))
    assert refused == (400, "MANIFEST_BLOB_UNKNOWN", "blob unknown to registry")
    assert world.images() == []


@pytest.mark.parametrize(
    ("content", "kind", "reference", "word"),
    [
        (b"{}", "text/plain", "v1", "MANIFEST_INVALID"),
        (b"no JSON", SCHEMA2, "v1", "MANIFEST_INVALID"),
        (b"{}", SCHEMA2, "-v1", "TAG_INVALID"),
        (b"{}", SCHEMA2, f"sha256:{'0' * 64}", "DIGEST_INVALID"),
        (b"{}" + b" " * 4 * 1024 * 1024, SCHEMA2, "v1", "MANIFEST_INVALID"),
        (b"{}", "application/vnd.docker.distribution.manifest.v1+prettyjws", "v1",
         "MANIFEST_INVALID"),
    ],
)  # fmt: skip
def test_what_is_no_manifest_is_refused(
    world: World, content: bytes, kind: str, reference: str, word: str
) -> None:
    status, code, _ = errors(world.push_manifest(content, reference, kind=kind))
    assert (status, code) == (400, word)


@pytest.mark.parametrize(
    "config",
    [b"{}", b"no JSON", b'{"created": "yesterday"}', b'{"created": null}', b"\xff", b"[]"],
)
def test_an_image_without_a_readable_moment_has_no_build_time(
    world: World, unique: str, config: bytes
) -> None:
    pushed = Image(config, unique.encode())
    assert world.push(pushed).status == 201
    assert "buildTime" not in world.images()[0]


def test_an_immutable_tag_does_not_move(registry: str, unique: str) -> None:
    world = World(registry, dockerConfig={"immutableTags": True})
    first, second = image(f"{unique}1"), image(f"{unique}2")
    world.push(first, "v1")
    assert errors(world.push(second, "v1")) == (
        400,
        "MANIFEST_INVALID",
        "cannot update tag v1. The repository has enabled tag immutability",
    )
    assert world.digests() == {first.digest}
    # The same image again moves nothing, and a new tag is no change of an old one.
    assert world.push(first, "v1").status == 201
    assert world.push(second, "v2").status == 201
    assert errors(world.call("DELETE", f"{PATH}/manifests/v1"))[:2] == (400, "MANIFEST_INVALID")


def test_of_several_pushes_at_once_one_gets_the_immutable_tag(registry: str, unique: str) -> None:
    world = World(registry, dockerConfig={"immutableTags": True})
    rivals = [image(f"{unique}{number}") for number in range(4)]
    for rival in rivals:
        world.push_blob(rival.config)
        world.push_blob(rival.layer)
    with ThreadPoolExecutor(len(rivals)) as pool:
        answers = list(pool.map(lambda one: world.push_manifest(one.manifest, "v1"), rivals))
    assert sorted(answer.status for answer in answers) == [201, 400, 400, 400]
    (winner,) = (one for one, got in zip(rivals, answers, strict=True) if got.status == 201)
    assert world.manifest("v1").content == winner.manifest


def test_a_missing_tag_digest_or_blob_is_unknown(world: World) -> None:
    assert errors(world.manifest("nope")) == (404, "MANIFEST_UNKNOWN", 'Failed to fetch "nope"')
    assert errors(world.manifest(f"sha256:{'0' * 64}"))[:2] == (404, "MANIFEST_UNKNOWN")
    blob = world.call("GET", f"{PATH}/blobs/sha256:{'0' * 64}")
    assert errors(blob) == (404, "BLOB_UNKNOWN", "blob unknown to registry")
    assert errors(world.call("GET", f"{PATH}/tags/list"))[:2] == (404, "NAME_UNKNOWN")


def test_tags_are_listed_in_pages(world: World, unique: str) -> None:
    pushed = image(unique)
    for tag in ("c", "a", "b"):
        world.push(pushed, tag)
    whole = world.call("GET", f"{PATH}/tags/list").json
    assert (whole["name"], whole["tags"]) == (PATH, ["a", "b", "c"])
    assert whole["manifest"][pushed.digest]["tag"] == ["a", "b", "c"]
    page = world.call("GET", f"{PATH}/tags/list?n=2")
    assert page.json["tags"] == ["a", "b"]
    assert page.headers["link"] == f'</v2/{PATH}/tags/list?n=2&last=b>; rel="next"'
    rest = world.call("GET", f"{PATH}/tags/list?n=2&last=b")
    assert (rest.json["tags"], "link" in rest.headers) == (["c"], False)


def test_a_tag_is_deleted_before_the_manifest_that_it_means(
    world: World, registry: str, unique: str
) -> None:
    pushed = image(unique)
    world.push(pushed, "v1")
    by_digest = f"{PATH}/manifests/{pushed.digest}"
    assert errors(world.call("DELETE", by_digest)) == (
        400,
        "GOOGLE_MANIFEST_DANGLING_TAG",
        "Manifest is still referenced by tag: v1",
    )
    assert world.call("DELETE", f"{PATH}/manifests/v1").status == 202
    assert world.manifest(pushed.digest).status == 200
    assert world.call("DELETE", by_digest).status == 202
    assert world.manifest(pushed.digest).status == 404
    assert upstream_status(registry, pushed.digest) == 404


def test_a_part_of_an_index_is_not_deleted(world: World, unique: str) -> None:
    one, other = image(f"{unique}1"), image(f"{unique}2")
    world.push(one, "")
    world.push(other, "")
    whole = world.push_index(one, other, tag="all")
    assert errors(world.call("DELETE", f"{PATH}/manifests/{one.digest}"))[1] == (
        "GOOGLE_MANIFEST_DANGLING_PARENT_IMAGE"
    )
    listed = {entry["uri"].partition("@")[2]: entry for entry in world.images()}
    assert set(listed) == {one.digest, other.digest, whole}
    # What they share counts once.
    blobs = {blob for made in (one, other) for blob in (made.config, made.layer)}
    assert listed[whole]["imageSizeBytes"] == str(sum(map(len, blobs)))
    assert "tags" not in listed[one.digest]


def test_an_index_of_images_that_are_not_there_is_refused(world: World, unique: str) -> None:
    child = image(unique)
    content = json.dumps(
        {
            "schemaVersion": 2,
            "mediaType": "application/vnd.oci.image.index.v1+json",
            "manifests": [{"mediaType": SCHEMA2, "digest": child.digest, "size": 1}],
        }
    )
    answer = world.push_manifest(
        content.encode(), "all", kind="application/vnd.oci.image.index.v1+json"
    )
    assert errors(answer)[:2] == (400, "MANIFEST_BLOB_UNKNOWN")
    assert LOCATION.encode() not in answer.content
    assert world.images() == []


def test_a_tag_means_its_digest_to_whoever_runs_images(world: World, unique: str) -> None:
    registry = world.client.cloud.registry
    assert registry is not None
    name = f"{HOST}/{PATH}"
    assert registry.digest_of(f"{name}:v1") is None
    pushed = image(unique)
    world.push(pushed, "v1")
    world.push(pushed, "latest")
    assert registry.digest_of(f"{name}:v1") == pushed.digest
    assert registry.digest_of(name) == pushed.digest
    assert registry.digest_of(f"{name}@{pushed.digest}") == pushed.digest
    assert registry.digest_of(f"{name}:v1@sha256:{'0' * 64}") is None
    assert registry.digest_of("docker.io/library/python:3.11") is None


def test_without_a_registry_a_push_says_what_is_missing() -> None:
    status, _, message = errors(World(None).call("POST", f"{PATH}/blobs/uploads/"))
    assert status == 404
    assert "rehearsal up" in message


def test_a_registry_that_does_not_answer_is_unavailable() -> None:
    status, word, _ = errors(World("http://127.0.0.1:9").call("POST", f"{PATH}/blobs/uploads/"))
    assert (status, word) == (503, "UNAVAILABLE")
