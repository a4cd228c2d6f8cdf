"""Secrets: made, listed, changed, deleted, and what Google does not take."""

from datetime import timedelta
from typing import Any

import pytest

from rehearsal.api.digests import same_etag
from tests.client import NUMBER, Client
from tests.services.secretmanager.world import ACCESSOR, API, FULL, NAME, SECRETS, World


def test_a_new_secret_is_named_with_the_projects_number() -> None:
    assert World(labels={"env": "demo"}).secret == {
        "name": NAME,
        "createTime": "2026-01-05T00:00:00.000000Z",
        "replication": {"automatic": {}},
        "labels": {"env": "demo"},
        "etag": '"00000000000001"',
    }


def test_a_secret_is_found_by_the_projects_id_and_by_its_number() -> None:
    world = World()
    by_number = f"{API}/projects/{NUMBER}/secrets/dog-api-key"
    assert world.client.get(world.url()).ok == world.client.get(by_number).ok == world.secret


def test_a_secret_that_exists_is_not_made_again() -> None:
    error = World().create("dog-api-key").error
    assert (error["code"], error["status"]) == (409, "ALREADY_EXISTS")
    assert error["message"] == f"Secret [{NAME}] already exists."


def test_a_missing_secret_is_named() -> None:
    client = Client()
    error = client.get(f"{SECRETS}/dog-api-key").error
    assert (error["code"], error["message"]) == (404, f"Secret [{NAME}] not found.")


@pytest.mark.parametrize(
    ("secret_id", "fields"),
    [
        ("with.dot", {}),
        ("s" * 256, {}),
        ("", {}),
        ("s", {"replication": {}}),
        ("s", {"replication": {"automatic": {}, "userManaged": {}}}),
        ("s", {"replication": {"userManaged": {"replicas": []}}}),
        ("s", {"labels": {"Env": "demo"}}),
        ("s", {"labels": {"1env": "demo"}}),
        ("s", {"labels": {"env": "Demo"}}),
        ("s", {"labels": {"env": "x" * 64}}),
        ("s", {"labels": {f"k{number}": "" for number in range(65)}}),
        ("s", {"annotations": {"-k": "v"}}),
        ("s", {"annotations": {"k": "v" * 16_384}}),
        ("s", {"versionAliases": {"latest": "1"}}),
        ("s", {"versionAliases": {"production": "1"}}),
        ("s", {"ttl": "59s"}),
        ("s", {"ttl": "1 day"}),
        ("s", {"ttl": "3600s", "expireTime": "2026-02-01T00:00:00Z"}),
        ("s", {"expireTime": "2026-01-01T00:00:00Z"}),
        ("s", {"expireTime": "tomorrow"}),
        ("s", {"expireTime": "0001-01-01T00:00:00+23:59"}),
        ("s", {"versionDestroyTtl": "3600s"}),
        ("s", {"nonsense": 1}),
    ],
)
def test_what_google_does_not_take_is_refused(secret_id: str, fields: dict[str, Any]) -> None:
    error = World().create(secret_id, **fields).error
    assert (error["code"], error["status"]) == (400, "INVALID_ARGUMENT")


@pytest.mark.parametrize(
    "fields",
    [
        {"topics": [{"name": "projects/demo/topics/t"}]},
        {"secretType": "CERTIFICATE"},
        {"replication": {"automatic": {"customerManagedEncryption": {"kmsKeyName": "k"}}}},
    ],
)
def test_what_needs_a_service_that_is_not_here_says_so(fields: dict[str, Any]) -> None:
    error = World().create("s", **fields).error
    assert (error["code"], error["status"]) == (404, "UNIMPLEMENTED")


def test_an_unspecified_type_and_no_topics_are_nothing_to_refuse() -> None:
    fields = {"secretType": "SECRET_TYPE_UNSPECIFIED", "topics": [], "tags": {}}
    assert World().create("s", **fields).status == 200


def test_letters_of_all_languages_may_be_in_labels() -> None:
    assert World().create("s", labels={"größe": "straße_1-a"}).ok["labels"] == {
        "größe": "straße_1-a"
    }


def test_secrets_are_listed_newest_first_in_pages() -> None:
    world = World()
    world.client.clock.advance(timedelta(minutes=1))
    world.create("second").ok
    first = world.client.get(f"{SECRETS}?pageSize=1").ok
    assert [one["name"].rpartition("/")[2] for one in first["secrets"]] == ["second"]
    rest = world.client.get(f"{SECRETS}?pageSize=1&pageToken={first['nextPageToken']}").ok
    assert [one["name"].rpartition("/")[2] for one in rest["secrets"]] == ["dog-api-key"]
    assert first["totalSize"] == rest["totalSize"] == 2
    assert "nextPageToken" not in rest


def test_a_project_without_secrets_lists_nothing() -> None:
    assert Client().get(f"{SECRETS}?pageSize=100").ok == {}


def test_a_change_concerns_the_masked_fields_only() -> None:
    world = World(labels={"env": "demo"})
    changed = world.patch(
        "labels", labels={"env": "test"}, replication={"automatic": {}}, annotations={"a": "b"}
    ).ok
    assert changed["labels"] == {"env": "test"}
    assert "annotations" not in changed
    assert changed["etag"] != world.secret["etag"]


def test_a_change_without_a_mask_is_refused() -> None:
    world = World()
    assert world.client.patch(world.url(), {"labels": {}}).error["code"] == 400


def test_replication_stays_as_it_was_made() -> None:
    assert World().patch("replication", replication={"automatic": {}}).error["code"] == 400


def test_an_etag_that_is_no_longer_current_fails_the_precondition() -> None:
    world = World()
    stale = world.secret["etag"]
    world.patch("labels", labels={"a": "b"}, etag=stale).ok
    assert world.patch("labels", labels={}, etag=stale).error["status"] == "FAILED_PRECONDITION"
    refused = world.client.delete(f"{world.url()}?etag={stale}").error
    assert (refused["code"], refused["status"]) == (400, "FAILED_PRECONDITION")


def test_an_alias_leads_to_a_version_that_is_there() -> None:
    world = World()
    world.add(b"one")
    world.add(b"two")
    world.patch("versionAliases", versionAliases={"production": "1"}).ok
    assert world.access("production").ok["name"] == f"{NAME}/versions/1"
    error = world.patch("versionAliases", versionAliases={"production": "7"}).error
    assert error["code"] == 400


def test_a_deleted_secret_is_gone_with_its_versions_and_its_policy() -> None:
    world = World()
    world.add()
    world.client.grant("user:a@example.com", ACCESSOR, FULL)
    assert world.client.delete(world.url()).ok == {}
    assert world.client.delete(world.url()).status == 404
    world.create("dog-api-key").ok
    assert world.access().status == 404
    assert world.add()["name"] == f"{NAME}/versions/1"
    assert "bindings" not in world.client.get(world.url(":getIamPolicy")).ok


def test_a_secrets_policy_is_read_and_replaced() -> None:
    world = World()
    before = world.client.get(f"{world.url(':getIamPolicy')}?options.requestedPolicyVersion=3").ok
    binding = {"role": ACCESSOR, "members": ["user:a@example.com"]}
    policy = {"bindings": [binding], "etag": before["etag"], "version": 3}
    after = world.client.post(world.url(":setIamPolicy"), {"policy": policy}).ok
    assert after["bindings"] == [binding]
    assert not same_etag(after["etag"], before["etag"])
    stale = world.client.post(world.url(":setIamPolicy"), {"policy": policy}).error
    assert (stale["code"], stale["status"]) == (409, "ABORTED")


def test_who_may_read_a_value_sees_it_in_the_test_of_permissions() -> None:
    world = World()
    world.client.grant("user:a@example.com", ACCESSOR, FULL)
    asked = {"permissions": ["secretmanager.versions.access", "secretmanager.secrets.delete"]}
    url = world.url(":testIamPermissions")
    assert world.client.post(url, asked, as_="user:a@example.com").ok == {
        "permissions": ["secretmanager.versions.access"]
    }


def test_the_policy_of_a_missing_secret_is_missing() -> None:
    assert Client().get(f"{SECRETS}/none:getIamPolicy").status == 404


def test_a_secret_goes_when_its_time_is_up() -> None:
    world = World(ttl="86400s")
    assert world.secret["expireTime"] == "2026-01-06T00:00:00.000000Z"
    assert "ttl" not in world.secret
    world.add()
    world.client.cloud.timeline.advance(timedelta(hours=23))
    assert world.access().status == 200
    world.client.cloud.timeline.advance(timedelta(hours=2))
    assert world.client.get(world.url()).status == 404
    assert world.client.cloud.store.list("secretmanager.values") == []


def test_a_change_of_other_fields_leaves_the_time_as_it_was() -> None:
    world = World(ttl="86400s")
    world.client.clock.advance(timedelta(hours=1))
    changed = world.patch("labels", labels={"a": "b"}, ttl="3600s").ok
    assert changed["expireTime"] == "2026-01-06T00:00:00.000000Z"
    assert world.patch("ttl", ttl="7200s").ok["expireTime"] == "2026-01-05T03:00:00.000000Z"
    assert "expireTime" not in world.patch("expireTime").ok


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("name:dog", ["dog-api-key"]),
        ("labels.env=prod", ["cat"]),
        ("labels.env:*", ["cat"]),
        ("labels:env", ["cat"]),
        ("NOT labels.env=prod", ["dog-api-key"]),
        ("-name:cat", ["dog-api-key"]),
        ("name:dog OR labels.env=prod", ["cat", "dog-api-key"]),
        ("name:cat AND labels.env!=prod", []),
        ('name:"api-key"', ["dog-api-key"]),
        ("key", ["dog-api-key"]),
    ],
)
def test_a_filter_lets_through_what_it_says(expression: str, expected: list[str]) -> None:
    world = World()
    world.create("cat", labels={"env": "prod"}).ok
    answer = world.client.get(f"{SECRETS}?filter={expression.replace(' ', '%20')}").ok
    found = [one["name"].rpartition("/")[2] for one in answer.get("secrets", [])]
    assert sorted(found) == expected


def test_a_filter_that_is_none_is_refused() -> None:
    assert Client().get(f"{SECRETS}?filter=(name").error["status"] == "INVALID_ARGUMENT"


@pytest.mark.parametrize("as_", [None, "user:stranger@example.com"])
def test_who_has_no_permission_gets_nowhere(as_: str | None) -> None:
    world = World()
    expected = 401 if as_ is None else 403
    assert world.client.get(world.url(), as_=as_).status == expected
    assert world.client.delete(world.url(), as_=as_).status == expected
    assert world.client.post(f"{SECRETS}?secretId=s", {}, as_=as_).status == expected
    assert world.access(as_=as_).status == expected
