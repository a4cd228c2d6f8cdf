from datetime import timedelta
from typing import Any

from tests.services.storage.world import API, BUCKET, World


def world(action: dict[str, Any] | None = None, **condition: Any) -> World:
    rule = {"action": action or {"type": "Delete"}, "condition": condition}
    return World({"versioning": {"enabled": True}, "lifecycle": {"rule": [rule]}})


def versions(w: World) -> int:
    return len(w.listed(versions="true").get("items", []))


def test_only_so_many_older_versions_are_kept() -> None:
    w = world(numNewerVersions=2)
    for number in range(5):
        w.upload("a", b"%d" % number)
    w.client.cloud.timeline.advance(timedelta(days=1))
    assert versions(w) == 2
    assert w.client.get(w.url("a", alt="media")).content == b"4"


def test_an_old_object_is_deleted_at_the_midnight_after_its_age() -> None:
    w = world(age=2)
    w.client.clock.advance(timedelta(hours=6))
    w.upload("a", b"1")
    w.client.cloud.timeline.advance(timedelta(days=2))
    assert w.names() == ["a"]
    w.client.cloud.timeline.advance(timedelta(days=1))
    assert w.names() == []


def test_a_versioned_bucket_keeps_what_a_rule_deletes_as_a_version() -> None:
    w = world(age=1, isLive=True)
    w.upload("a", b"1")
    w.client.cloud.timeline.advance(timedelta(days=3))
    assert (w.names(), versions(w)) == ([], 1)


def test_a_noncurrent_version_goes_after_its_days() -> None:
    w = world(daysSinceNoncurrentTime=3)
    w.upload("a", b"1")
    w.upload("a", b"2")
    w.client.cloud.timeline.advance(timedelta(days=2))
    assert versions(w) == 2
    w.client.cloud.timeline.advance(timedelta(days=2))
    assert versions(w) == 1


def test_all_conditions_of_a_rule_must_hold() -> None:
    w = world(age=1, matchesPrefix=["tmp/"], matchesStorageClass=["STANDARD"])
    w.upload("tmp/a", b"1")
    w.upload("keep/a", b"1")
    w.client.cloud.timeline.advance(timedelta(days=2))
    assert w.names() == ["keep/a"]


def test_a_class_is_changed_by_age() -> None:
    w = world({"type": "SetStorageClass", "storageClass": "NEARLINE"}, age=30)
    w.upload("a", b"1")
    w.client.cloud.timeline.advance(timedelta(days=31))
    assert w.client.get(w.url("a")).ok["storageClass"] == "NEARLINE"


def test_a_held_object_stays() -> None:
    w = world(age=1)
    w.upload("a", b"1")
    w.client.patch(w.url("a"), {"temporaryHold": True})
    w.client.cloud.timeline.advance(timedelta(days=2))
    assert w.names() == ["a"]


def test_the_bytes_of_what_is_gone_are_gone() -> None:
    w = World({"lifecycle": {"rule": [{"action": {"type": "Delete"}, "condition": {"age": 1}}]}})
    w.upload("a", b"1")
    folder = w.client.cloud.folder / "storage"
    assert len(list(folder.iterdir())) == 1
    w.client.cloud.timeline.advance(timedelta(days=2))
    assert list(folder.iterdir()) == []


def test_without_rules_nothing_is_due() -> None:
    w = World()
    w.client.cloud.timeline.advance(timedelta(days=400))
    assert w.client.get(f"{API}/b/{BUCKET}").ok["metageneration"] == "1"
