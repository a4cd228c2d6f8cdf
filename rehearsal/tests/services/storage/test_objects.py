import base64
import hashlib
from datetime import timedelta

import google_crc32c
import pytest

from tests.services.storage.world import API, BUCKET, HOST, World


def test_an_object_is_described_by_its_sums_and_its_version() -> None:
    made = World().upload("a/b.txt", b"hello").ok
    assert made["size"] == "5"
    assert made["md5Hash"] == base64.b64encode(hashlib.md5(b"hello").digest()).decode()
    crc = google_crc32c.value(b"hello").to_bytes(4, "big")
    assert made["crc32c"] == base64.b64encode(crc).decode()
    assert made["contentType"] == "text/plain"
    assert made["id"] == f"{BUCKET}/a/b.txt/{made['generation']}"


def test_generations_are_microseconds_and_never_the_same() -> None:
    world = World()
    first, second = (int(world.upload("a", b"1").ok["generation"]) for _ in range(2))
    assert first // 1_000_000 == int(world.client.clock.now().timestamp())
    assert second > first


def test_bytes_come_back_whole_and_in_ranges() -> None:
    world = World()
    world.upload("a", b"0123456789")
    for header, status, content in (
        ("", 200, b"0123456789"),
        ("bytes=2-4", 206, b"234"),
        ("bytes=7-", 206, b"789"),
        ("bytes=-3", 206, b"789"),
        ("bytes=8-99", 206, b"89"),
    ):
        answer = world.client.get(world.url("a", alt="media"), headers={"range": header})
        assert (answer.status, answer.content) == (status, content)
    answer = world.client.get(world.url("a", alt="media"), headers={"range": "bytes=10-"})
    assert answer.status == 416


def test_gclouds_address_of_downloads_gives_bytes() -> None:
    world = World()
    generation = world.upload("a/b", b"x").ok["generation"]
    url = f"{HOST}/download/storage/v1/b/{BUCKET}/o/a%2Fb?generation={generation}&alt=media"
    answer = world.client.get(url)
    assert (answer.content, answer.headers["x-goog-generation"]) == (b"x", generation)


def test_a_missing_object_is_not_found() -> None:
    world = World()
    error = world.client.get(world.url("a/b")).error
    assert (error["code"], error["message"]) == (404, f"No such object: {BUCKET}/a/b")


def test_a_lock_is_taken_once() -> None:
    world = World()
    made = world.upload("default.tflock", b"1", ifGenerationMatch=0)
    refused = world.upload("default.tflock", b"2", ifGenerationMatch=0)
    assert (made.status, refused.status) == (200, 412)
    assert refused.error["errors"][0]["reason"] == "conditionNotMet"
    assert world.client.get(world.url("default.tflock", alt="media")).content == b"1"


def test_a_lock_is_given_back_only_by_its_generation() -> None:
    world = World()
    generation = int(world.upload("default.tflock", b"1").ok["generation"])
    url = world.url("default.tflock", ifGenerationMatch=generation + 1)
    assert world.client.delete(url).status == 412
    url = world.url("default.tflock", ifGenerationMatch=generation)
    assert world.client.delete(url).status == 204
    assert world.client.get(world.url("default.tflock")).status == 404


def test_what_has_not_changed_is_not_sent() -> None:
    world = World()
    generation = world.upload("a", b"1").ok["generation"]
    assert world.client.get(world.url("a", ifGenerationNotMatch=generation)).status == 304


def test_a_versioned_bucket_keeps_what_is_replaced_and_deleted() -> None:
    world = World()
    first = world.upload("a", b"1").ok["generation"]
    second = world.upload("a", b"2").ok["generation"]
    world.client.delete(world.url("a"))
    assert world.names() == []
    kept = world.listed(versions="true")["items"]
    assert [one["generation"] for one in kept] == [first, second]
    assert all("timeDeleted" in one for one in kept)
    old = world.client.get(world.url("a", generation=first, alt="media"))
    assert old.content == b"1"


def test_a_version_is_deleted_for_good() -> None:
    world = World()
    first = world.upload("a", b"1").ok["generation"]
    world.upload("a", b"2")
    assert world.client.delete(world.url("a", generation=first)).status == 204
    assert len(world.listed(versions="true")["items"]) == 1


def test_a_bucket_without_versions_keeps_none() -> None:
    world = World({})
    world.upload("a", b"1")
    world.upload("a", b"2")
    assert len(world.listed(versions="true")["items"]) == 1


def test_a_list_is_by_prefix_and_shows_folders() -> None:
    world = World()
    for name in ("env/dev/x", "env/dev/y", "env/prod/x", "env/top", "other"):
        world.upload(name, b"")
    assert world.names(prefix="env/dev/") == ["env/dev/x", "env/dev/y"]
    answer = world.listed(prefix="env/", delimiter="/")
    assert answer["prefixes"] == ["env/dev/", "env/prod/"]
    assert [one["name"] for one in answer["items"]] == ["env/top"]
    assert world.names(startOffset="env/prod", endOffset="other") == ["env/prod/x", "env/top"]


def test_pages_run_through_objects_and_folders() -> None:
    world = World()
    for name in ("a", "b/1", "b/2", "c"):
        world.upload(name, b"")
    first = world.listed(delimiter="/", maxResults=2)
    assert ([one["name"] for one in first["items"]], first["prefixes"]) == (["a"], ["b/"])
    second = world.listed(delimiter="/", maxResults=2, pageToken=first["nextPageToken"])
    assert [one["name"] for one in second["items"]] == ["c"]
    assert "nextPageToken" not in second


@pytest.mark.parametrize("query", ["matchGlob=*", "softDeleted=true"])
def test_a_list_that_is_not_here_says_so(query: str) -> None:
    answer = World().client.get(f"{API}/b/{BUCKET}/o?{query}")
    assert (answer.status, answer.error["status"]) == (404, "UNIMPLEMENTED")


def test_an_empty_list_is_only_its_kind() -> None:
    assert World().listed(prefix="x") == {"kind": "storage#objects"}


def test_metadata_is_changed_and_the_metageneration_counts_it() -> None:
    world = World()
    world.upload("a", b"1")
    world.client.patch(world.url("a"), {"metadata": {"x": "1"}, "cacheControl": "no-store"})
    changed = world.client.patch(world.url("a"), {"metadata": {"y": "2"}, "cacheControl": None}).ok
    assert changed["metadata"] == {"x": "1", "y": "2"}
    assert "cacheControl" not in changed
    assert changed["metageneration"] == "3"
    replaced = world.client.put(world.url("a"), {"contentType": "text/html"}).ok
    assert (replaced["contentType"], "metadata" in replaced) == ("text/html", False)


def test_a_held_object_is_not_deleted() -> None:
    world = World()
    world.upload("a", b"1")
    world.client.patch(world.url("a"), {"temporaryHold": True})
    assert "Temporary hold" in world.client.delete(world.url("a")).error["message"]
    assert world.upload("a", b"2").status == 403


def test_a_retention_policy_keeps_objects() -> None:
    world = World({"retentionPolicy": {"retentionPeriod": "60"}})
    world.upload("a", b"1")
    assert world.client.delete(world.url("a")).error["errors"][0]["reason"] == (
        "retentionPolicyNotMet"
    )
    world.client.clock.advance(timedelta(seconds=60))
    assert world.client.delete(world.url("a")).status == 204


def test_objects_are_copied_and_rewritten() -> None:
    world = World()
    world.upload("a", b"hello")
    base = f"{API}/b/{BUCKET}/o/a"
    rewritten = world.client.post(f"{base}/rewriteTo/b/{BUCKET}/o/b").ok
    assert (rewritten["done"], rewritten["resource"]["name"]) == (True, "b")
    copied = world.client.post(f"{base}/copyTo/b/{BUCKET}/o/c", {"contentType": "x/y"}).ok
    assert (copied["contentType"], copied["size"]) == ("x/y", "5")
    assert world.client.get(world.url("c", alt="media")).content == b"hello"


def test_objects_are_composed_without_an_md5() -> None:
    world = World()
    world.upload("a", b"he")
    world.upload("b", b"llo")
    body = {"sourceObjects": [{"name": "a"}, {"name": "b"}]}
    composed = world.client.post(f"{API}/b/{BUCKET}/o/c/compose", body).ok
    assert (composed["componentCount"], "md5Hash" in composed) == (2, False)
    assert world.client.get(world.url("c", alt="media")).content == b"hello"


def test_whoever_may_only_create_does_not_overwrite() -> None:
    world = World()
    creator = "user:creator@example.com"
    bucket = f"//storage.googleapis.com/projects/_/buckets/{BUCKET}"
    world.client.grant(creator, "roles/storage.objectCreator", bucket)
    url = f"{HOST}/upload/storage/v1/b/{BUCKET}/o?uploadType=media&name=a"
    assert world.client.post(url, content=b"1", as_=creator).status == 200
    refused = world.client.post(url, content=b"2", as_=creator)
    assert "storage.objects.delete" in refused.error["message"]
    assert world.client.get(world.url("a"), as_=creator).status == 403


@pytest.mark.parametrize("change", [{"storageClass": "WARM"}, {"customTime": "soon"}])
def test_what_cannot_be_said_of_an_object_is_refused(change: dict[str, str]) -> None:
    world = World()
    world.upload("a", b"1")
    assert world.client.patch(world.url("a"), change).status == 400


@pytest.mark.parametrize("name", ["", "..", "a\nb", "x" * 1025])
def test_a_bad_name_is_refused(name: str) -> None:
    assert World().upload(name, b"1").status == 400
