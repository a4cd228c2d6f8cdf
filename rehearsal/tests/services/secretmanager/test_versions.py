"""Versions: added, accessed, disabled, destroyed; what ``latest`` means; hidden values."""

import base64
from datetime import timedelta

import google_crc32c
import pytest

from rehearsal.documents import encode
from tests.services.secretmanager.world import ACCESSOR, EMAIL, FULL, NAME, World, value_in


def test_versions_count_from_one_and_are_enabled() -> None:
    world = World()
    assert world.add() == {
        "name": f"{NAME}/versions/1",
        "createTime": "2026-01-05T00:00:00.000000Z",
        "state": "ENABLED",
        "replicationStatus": {"automatic": {}},
        "etag": '"00000000000002"',
    }
    assert world.add()["name"] == f"{NAME}/versions/2"


def test_a_value_comes_back_with_its_checksum() -> None:
    world = World()
    world.add(b"v2\n")
    assert world.access().ok == {
        "name": f"{NAME}/versions/1",
        "payload": {"data": "djIK", "dataCrc32c": "3955186047"},
    }


def test_a_checksum_that_fits_is_remembered() -> None:
    world = World()
    added = world.add(b"v", dataCrc32c=str(google_crc32c.value(b"v")))
    assert added["clientSpecifiedPayloadChecksum"] is True


def test_a_checksum_that_does_not_fit_is_refused() -> None:
    world = World()
    body = {"payload": {"data": "djIK", "dataCrc32c": "1"}}
    error = world.client.post(world.url(":addVersion"), body).error
    assert (error["code"], error["status"]) == (400, "INVALID_ARGUMENT")
    assert world.client.get(world.url("/versions")).ok == {}


@pytest.mark.parametrize(
    "payload",
    [
        {},
        {"data": ""},
        {"data": base64.b64encode(b"x" * (64 * 1024 + 1)).decode()},
        {"data": "!"},
    ],
)
def test_an_empty_or_large_value_is_refused(payload: dict[str, str]) -> None:
    world = World()
    answer = world.client.post(world.url(":addVersion"), {"payload": payload})
    assert answer.error["code"] == 400


def test_values_come_in_both_alphabets_of_base64() -> None:
    world = World()
    body = {"payload": {"data": "-_-_"}}
    world.client.post(world.url(":addVersion"), body).ok
    assert world.access().ok["payload"]["data"] == "+/+/"


def test_latest_is_the_newest_whatever_its_state() -> None:
    world = World()
    world.add(b"one")
    world.add(b"two")
    assert value_in(world.access("latest")) == b"two"
    world.change("2", "disable").ok
    error = world.access("latest").error
    assert (error["code"], error["status"]) == (400, "FAILED_PRECONDITION")
    assert error["message"] == f"Secret Version [{NAME}/versions/2] is in DISABLED state."
    assert value_in(world.access("1")) == b"one"


def test_a_disabled_version_can_be_enabled_again() -> None:
    world = World()
    world.add(b"one")
    world.change("1", "disable").ok
    assert world.change("1", "enable").ok["state"] == "ENABLED"
    assert value_in(world.access("1")) == b"one"


def test_a_destroyed_version_is_destroyed_for_good() -> None:
    world = World()
    world.add(b"one")
    destroyed = world.change("1", "destroy").ok
    assert destroyed["state"] == "DESTROYED"
    assert destroyed["destroyTime"] == "2026-01-05T00:00:00.000000Z"
    message = f"Secret Version [{NAME}/versions/1] is in DESTROYED state."
    for answer in (world.access("1"), world.change("1", "enable"), world.change("1", "disable")):
        assert (answer.error["status"], answer.error["message"]) == ("FAILED_PRECONDITION", message)
    assert world.client.cloud.store.list("secretmanager.values") == []


def test_a_delayed_destruction_can_be_taken_back_until_it_happens() -> None:
    world = World(versionDestroyTtl="86400s")
    world.add(b"one")
    waiting = world.change("1", "destroy").ok
    assert waiting["state"] == "DISABLED"
    assert waiting["scheduledDestroyTime"] == "2026-01-06T00:00:00.000000Z"
    assert "scheduledDestroyTime" not in world.change("1", "enable").ok
    world.client.cloud.timeline.advance(timedelta(days=2))
    assert value_in(world.access("1")) == b"one"


def test_a_delayed_destruction_happens_when_its_time_has_come() -> None:
    world = World(versionDestroyTtl="86400s")
    world.add(b"one")
    world.change("1", "destroy").ok
    world.client.cloud.timeline.advance(timedelta(days=2))
    version = world.client.get(world.url("/versions/1")).ok
    assert (version["state"], version["destroyTime"]) == (
        "DESTROYED",
        "2026-01-06T00:00:00.000000Z",
    )
    assert world.client.cloud.store.list("secretmanager.values") == []


def test_each_change_of_a_version_has_an_etag_of_its_own_and_needs_the_current_one() -> None:
    world = World()
    stale = world.add()["etag"]
    # Enabling what is enabled changes nothing else.
    assert world.change("1", "enable").ok["etag"] != stale
    assert world.change("1", "disable", etag=stale).error["status"] == "FAILED_PRECONDITION"
    current = world.client.get(world.url("/versions/1")).ok["etag"]
    assert world.change("1", "disable", etag=current).ok["state"] == "DISABLED"


def test_versions_are_listed_newest_first() -> None:
    world = World()
    for number in range(11):
        world.add(b"%d" % number)
    listed = world.client.get(f"{world.url('/versions')}?pageSize=0").ok
    assert [one["name"].rpartition("/")[2] for one in listed["versions"]] == [
        str(number) for number in range(11, 0, -1)
    ]
    assert listed["totalSize"] == 11


def test_versions_are_filtered_by_state() -> None:
    world = World()
    world.add()
    world.add()
    world.change("1", "disable").ok
    listed = world.client.get(f"{world.url('/versions')}?filter=state:DISABLED").ok
    assert [one["name"] for one in listed["versions"]] == [f"{NAME}/versions/1"]
    assert "totalSize" not in listed


@pytest.mark.parametrize(
    ("version", "message"),
    [
        ("latest", f"Secret [{NAME}] not found or has no versions."),
        ("3", f"Secret Version [{NAME}/versions/3] not found."),
    ],
)
def test_a_missing_version_is_named(version: str, message: str) -> None:
    error = World().access(version).error
    assert (error["code"], error["message"]) == (404, message)


def test_an_alias_that_is_none_leads_nowhere() -> None:
    world = World()
    world.add()
    assert world.access("production").status == 404
    assert world.change("production", "disable").status == 404


@pytest.mark.parametrize("version", ["a%2Fb", "%0A", "01", "%C2%B2", "-1"])
def test_names_that_no_version_has_lead_nowhere(version: str) -> None:
    world = World()
    world.add()
    assert world.access(version).status == 404
    assert world.change(version, "destroy").status == 404


def test_replicas_are_told_by_their_locations() -> None:
    replicas = [{"location": "europe-west1"}, {"location": "europe-west4"}]
    world = World(replication={"userManaged": {"replicas": replicas}})
    assert world.add()["replicationStatus"] == {"userManaged": {"replicas": replicas}}


def test_whoever_may_access_the_secret_reads_its_value_and_nothing_else() -> None:
    world = World()
    world.add(b"one")
    member = f"serviceAccount:{EMAIL}"
    denied = world.access(as_=member).error
    assert denied["code"] == 403
    assert denied["details"][0]["metadata"]["permission"] == "secretmanager.versions.access"
    world.client.grant(member, ACCESSOR, FULL)
    assert value_in(world.access(as_=member)) == b"one"
    assert world.client.get(world.url(), as_=member).status == 403
    assert world.client.get(world.url("/versions/1"), as_=member).status == 403


def test_a_value_is_in_no_record_and_no_log() -> None:
    world = World()
    value = b"never-to-be-seen"
    world.add(value)
    world.access().ok
    store = world.client.cloud.store
    rows = store._connection.execute("SELECT kind, document FROM documents").fetchall()
    shown = base64.b64encode(value)
    holding = {kind for kind, document in rows if value in document or shown in document}
    assert holding == {"secretmanager.values"}
    assert any(b"addVersion" in encode(document) for _, document in store.list("calls"))
