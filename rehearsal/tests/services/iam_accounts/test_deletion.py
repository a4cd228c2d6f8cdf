"""What is deleted with an account, and what comes back with it."""

import base64
from datetime import timedelta

import pytest

from rehearsal.documents import Document, decode
from tests.client import Client

BASE = "https://iam.googleapis.com/v1/projects/demo/serviceAccounts"
ANYWHERE = "https://iam.googleapis.com/v1/projects/-/serviceAccounts"
PROJECT = "https://cloudresourcemanager.googleapis.com/v1/projects/demo"
EMAIL = "dlt-runner@demo.iam.gserviceaccount.com"
MEMBER = f"serviceAccount:{EMAIL}"
ANN = "user:ann@example.com"


@pytest.fixture
def client() -> Client:
    made = Client()
    made.post(BASE, {"accountId": "dlt-runner"}).ok
    made.grant(MEMBER, "roles/viewer")
    return made


def members(client: Client) -> set[str]:
    policy = client.post(f"{PROJECT}:getIamPolicy", {}).ok
    return {member for binding in policy["bindings"] for member in binding["members"]}


def deleted(client: Client) -> Document:
    account = client.get(f"{BASE}/{EMAIL}").ok
    client.delete(f"{ANYWHERE}/{EMAIL}").ok
    return account


def test_policies_keep_it_under_a_name_of_its_own(client: Client) -> None:
    gone = f"deleted:{MEMBER}?uid={deleted(client)['uniqueId']}"
    assert gone in members(client)
    assert MEMBER not in members(client)


def test_a_policy_that_names_a_deleted_account_can_still_be_changed(client: Client) -> None:
    deleted(client)
    policy = client.post(f"{PROJECT}:getIamPolicy", {}).ok
    policy["bindings"].append({"role": "roles/viewer", "members": [ANN]})
    client.post(f"{PROJECT}:setIamPolicy", {"policy": policy}).ok


def test_a_new_account_of_the_same_address_has_no_role_of_the_old_one(client: Client) -> None:
    assert client.get(PROJECT, as_=MEMBER).status == 200
    deleted(client)
    client.post(BASE, {"accountId": "dlt-runner"}).ok
    assert client.get(PROJECT, as_=MEMBER).status == 403


def test_it_comes_back_with_its_roles_its_policy_and_its_keys(client: Client) -> None:
    key = client.post(f"{BASE}/{EMAIL}/keys", {}).ok["name"].rpartition("/")[2]
    policy = {"bindings": [{"role": "roles/iam.serviceAccountUser", "members": [ANN]}]}
    client.post(f"{BASE}/{EMAIL}:setIamPolicy", {"policy": policy}).ok
    account = deleted(client)
    assert client.get(f"{BASE}/{EMAIL}/keys/{key}").status == 404
    restored = client.post(f"{ANYWHERE}/{account['uniqueId']}:undelete", {}).ok
    assert restored == {"restoredAccount": account}
    assert client.get(f"{BASE}/{EMAIL}").ok == account
    assert client.get(f"{BASE}/{EMAIL}/keys/{key}").status == 200
    assert client.get(PROJECT, as_=MEMBER).status == 200
    kept = client.post(f"{BASE}/{EMAIL}:getIamPolicy").ok
    assert kept["bindings"] == policy["bindings"]


def test_after_thirty_days_it_does_not_come_back(client: Client) -> None:
    url = f"{BASE}/{deleted(client)['uniqueId']}:undelete"
    client.clock.advance(timedelta(days=30))
    assert client.post(url, {}).status == 404


def test_it_does_not_come_back_in_the_place_of_another(client: Client) -> None:
    url = f"{BASE}/{deleted(client)['uniqueId']}:undelete"
    new = client.post(BASE, {"accountId": "dlt-runner"}).ok
    assert client.post(url, {}).error["status"] == "ALREADY_EXISTS"
    assert client.get(f"{BASE}/{EMAIL}").ok == new


def test_who_may_not_undelete_learns_the_permission(client: Client) -> None:
    url = f"{ANYWHERE}/{deleted(client)['uniqueId']}:undelete"
    error = client.post(url, {}, as_=ANN).error
    assert "iam.serviceAccounts.undelete" in error["message"]
    assert client.post(f"{ANYWHERE}/123456789012345678901:undelete", {}).status == 403


def test_a_key_of_a_deleted_account_is_of_no_use_to_the_next_one(client: Client) -> None:
    file = decode(base64.b64decode(client.post(f"{BASE}/{EMAIL}/keys", {}).ok["privateKeyData"]))
    deleted(client)
    client.post(BASE, {"accountId": "dlt-runner"}).ok
    url = f"https://www.googleapis.com/robot/v1/metadata/x509/{EMAIL}"
    assert file["private_key_id"] not in client.get(url, as_=None).ok
