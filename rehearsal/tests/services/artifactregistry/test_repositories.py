"""Repositories: made, read, changed and deleted; what Google does not take. No registry needed."""

from typing import Any

import pytest

from rehearsal.documents import Document
from tests.client import PROJECT, Client
from tests.services.artifactregistry.world import API, FULL, PARENT, REPOSITORY, World

NO_SCANNING = {
    "enablementState": "SCANNING_DISABLED",
    "enablementStateReason": "API containerscanning.googleapis.com is not enabled.",
    "lastEnableTime": "2026-01-05T00:00:00.000000Z",
}
OLD = {"action": "DELETE", "condition": {"tagState": "UNTAGGED", "olderThan": "2592000s"}}


def create(client: Client, repository_id: str = "pipelines", **fields: Any) -> Document:
    body = {"format": "DOCKER"} | fields
    return client.post(f"{API}/{PARENT}/repositories?repositoryId={repository_id}", body).ok


def refused(repository_id: str = "pipelines", **fields: Any) -> Document:
    body = {"format": "DOCKER"} | fields
    url = f"{API}/{PARENT}/repositories?repository_id={repository_id}"
    return Client().post(url, body).error


def test_a_new_repository_comes_as_a_finished_operation_that_can_be_read_again() -> None:
    client = Client()
    operation = create(client, mode="MODE_UNSPECIFIED", description="images")
    assert operation["done"] is True
    assert operation["response"] == {
        "@type": "type.googleapis.com/google.devtools.artifactregistry.v1.Repository",
        "name": REPOSITORY,
        "format": "DOCKER",
        "mode": "STANDARD_REPOSITORY",
        "description": "images",
        "createTime": "2026-01-05T00:00:00.000000Z",
        "updateTime": "2026-01-05T00:00:00.000000Z",
        "registryUri": "europe-west1-docker.pkg.dev/demo/pipelines",
        "satisfiesPzi": True,
        "sizeBytes": "0",
        "vulnerabilityScanningConfig": NO_SCANNING,
    }
    assert client.get(f"{API}/{operation['name']}").ok == operation


def test_terraforms_spelling_of_the_id_is_understood() -> None:
    client = Client()
    url = f"{API}/{PARENT}/repositories?repository_id=pipelines"
    client.post(url, {"format": "DOCKER"}).ok
    assert client.get(f"{API}/{REPOSITORY}").ok["name"] == REPOSITORY


def test_a_repository_that_exists_is_not_made_again() -> None:
    world = World(None)
    url = f"{API}/{PARENT}/repositories?repositoryId=pipelines"
    error = world.client.post(url, {"format": "DOCKER"}).error
    assert (error["code"], error["status"]) == (409, "ALREADY_EXISTS")
    assert error["message"] == "the repository already exists"


@pytest.mark.parametrize("repository_id", ["", "Pipelines", "1st", "a_b", "a-", "x" * 64])
def test_an_id_that_google_does_not_take_is_refused(repository_id: str) -> None:
    assert refused(repository_id)["code"] == 400


@pytest.mark.parametrize(
    "fields",
    [
        {"format": "FORMAT_UNSPECIFIED"},
        {"format": "BLOCKS"},
        {"labels": {"Env": "demo"}},
        {"labels": {f"k{number}": "v" for number in range(65)}},
        {"cleanupPolicies": {f"p{number}": OLD for number in range(11)}},
        {"cleanupPolicies": {"p": {"condition": {"tagState": "ANY"}}}},
        {"cleanupPolicies": {"p": {"action": "DELETE"}}},
        {"cleanupPolicies": {"p": OLD | {"id": "q"}}},
        {"cleanupPolicies": {"p": OLD | {"mostRecentVersions": {"keepCount": 1}}}},
        {"cleanupPolicies": {"p": {"action": "DELETE", "mostRecentVersions": {"keepCount": 1}}}},
        {"cleanupPolicies": {"p": {"action": "KEEP", "mostRecentVersions": {}}}},
        {"cleanupPolicies": {"p": {"action": "DELETE", "condition": {"olderThan": "30d"}}}},
        {"cleanupPolicies": {"p": {"action": "DELETE", "condition": {"olderThan": "-1s"}}}},
        {"cleanupPolicies": {"p": {"action": "DELETE", "condition": {"tagPrefixes": ["v"]}}}},
        {"cleanupPolicies": {"p": {"action": "BURN", "condition": {}}}},
        {"nonsense": True},
    ],
)
def test_what_google_does_not_take_is_refused(fields: Document) -> None:
    error = refused(**fields)
    assert (error["code"], error["status"]) == (400, "INVALID_ARGUMENT")


@pytest.mark.parametrize(
    "fields",
    [{"format": "MAVEN"}, {"mode": "REMOTE_REPOSITORY"}, {"kmsKeyName": "projects/p/key"}],
)
def test_kinds_that_are_not_here_say_so(fields: Document) -> None:
    assert refused(**fields)["status"] == "UNIMPLEMENTED"


def test_a_location_that_is_none_is_refused() -> None:
    url = f"{API}/projects/{PROJECT}/locations/mars-north1/repositories"
    error = Client().post(f"{url}?repositoryId=r", {"format": "DOCKER"}).error
    assert error["code"] == 403
    assert error["message"] == "Location mars-north1 is not found or access is unauthorized."
    assert Client().get(url).status == 403


def test_a_missing_repository_is_not_found() -> None:
    client = Client()
    for answer in (
        client.get(f"{API}/{REPOSITORY}"),
        client.patch(f"{API}/{REPOSITORY}?updateMask=labels", {}),
        client.delete(f"{API}/{REPOSITORY}"),
        client.get(f"{API}/{REPOSITORY}:getIamPolicy"),
        client.get(f"{API}/{REPOSITORY}/dockerImages"),
        client.get(f"{API}/{REPOSITORY}/packages"),
        client.get(f"{API}/{REPOSITORY}/packages/ingest/tags"),
    ):
        assert answer.error["message"] == "Requested entity was not found."


@pytest.mark.parametrize(
    "path",
    [
        "projects/demo%2Fx/locations/europe-west1/repositories/r",
        "projects/demo/locations/europe-west1/repositories/r%2Fx/packages/p",
        "projects/demo/locations/europe-west1/repositories/r%0A/packages/p/tags/t",
        "projects/demo/locations/europe-west1/repositories/%20/dockerImages/i",
    ],
)
def test_names_that_nothing_can_have_are_refused(path: str) -> None:
    assert Client().get(f"{API}/{path}").status in {400, 403, 404}
    assert Client().delete(f"{API}/{path}").status in {400, 403, 404}


def test_a_locations_repositories_are_listed() -> None:
    client = Client()
    create(client, "b")
    create(client, "a")
    listed = client.get(f"{API}/{PARENT}/repositories").ok["repositories"]
    assert [one["name"].rpartition("/")[2] for one in listed] == ["a", "b"]
    other = PARENT.replace("west1", "west4")
    assert client.get(f"{API}/{other}/repositories").ok == {}


def test_a_change_concerns_the_masked_fields_only() -> None:
    world = World(None, description="r1", labels={"a": "b"})
    change = {"description": "r2", "labels": {}, "dockerConfig": {"immutableTags": True}}
    changed = world.client.patch(f"{API}/{REPOSITORY}?updateMask=description", change).ok
    assert (changed["description"], changed["labels"]) == ("r2", {"a": "b"})
    assert "dockerConfig" not in changed
    nested = world.client.patch(f"{API}/{REPOSITORY}?updateMask=docker_config", change).ok
    assert nested["dockerConfig"] == {"immutableTags": True}


def test_the_format_stays_as_it_was_made() -> None:
    world = World(None)
    answer = world.client.patch(f"{API}/{REPOSITORY}?updateMask=format", {"format": "NPM"})
    assert answer.error["code"] == 400


def test_policies_come_in_gclouds_spelling_and_are_kept_in_googles() -> None:
    world = World(None)
    policy = {
        "id": "drop",
        "action": "Delete",
        "condition": {"tagState": "untagged", "olderThan": "2592000.0s"},
    }
    changed = world.client.patch(
        f"{API}/{REPOSITORY}?updateMask=cleanupPolicies", {"cleanupPolicies": {"drop": policy}}
    ).ok
    assert changed["cleanupPolicies"] == {"drop": {"id": "drop"} | OLD}
    assert world.client.get(f"{API}/{REPOSITORY}").ok == changed


def test_the_policy_of_a_repository_gives_its_holders_what_the_role_has() -> None:
    world = World(None)
    member = "user:deployer@example.com"
    url = f"{API}/{REPOSITORY}"
    assert world.client.get(url, as_=member).status == 403
    before = world.client.get(f"{url}:getIamPolicy").ok
    binding = {"role": "roles/artifactregistry.writer", "members": [member]}
    policy = {"policy": {"bindings": [binding], "etag": before["etag"], "version": 3}}
    assert world.client.post(f"{url}:setIamPolicy", policy).ok["bindings"] == [binding]
    assert world.client.get(url, as_=member).status == 200
    assert world.client.delete(url, as_=member).status == 403
    asked = {
        "permissions": [
            "artifactregistry.repositories.uploadArtifacts",
            "artifactregistry.repositories.delete",
        ]
    }
    held = world.client.post(f"{url}:testIamPermissions", asked, as_=member).ok
    assert held == {"permissions": ["artifactregistry.repositories.uploadArtifacts"]}


def test_a_deleted_repository_is_gone_with_its_policy() -> None:
    world = World(None)
    world.client.grant("user:a@example.com", "roles/artifactregistry.reader", FULL)
    operation = world.client.delete(f"{API}/{REPOSITORY}").ok
    assert operation["response"] == {"@type": "type.googleapis.com/google.protobuf.Empty"}
    assert world.client.get(f"{API}/{operation['name']}").ok == operation
    assert world.client.get(f"{API}/{REPOSITORY}").status == 404
    create(world.client)
    assert "bindings" not in world.client.get(f"{API}/{REPOSITORY}:getIamPolicy").ok


@pytest.mark.parametrize("version", ["v1", "v1beta2"])
def test_locations_are_listed_in_both_versions(version: str) -> None:
    url = f"https://artifactregistry.googleapis.com/{version}/projects/{PROJECT}/locations"
    listed = Client().get(url).ok["locations"]
    assert {
        "name": f"projects/{PROJECT}/locations/europe-west1",
        "locationId": "europe-west1",
        "displayName": "europe-west1",
    } in listed


def test_a_location_is_read() -> None:
    assert Client().get(f"{API}/{PARENT}").ok["locationId"] == "europe-west1"
    assert Client().get(f"{API}/projects/{PROJECT}/locations/mars").status == 403
