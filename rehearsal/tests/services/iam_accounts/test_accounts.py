"""Service accounts, their policies and their keys."""

import base64

import pytest

from rehearsal.documents import Document, decode
from tests.client import Client

BASE = "https://iam.googleapis.com/v1/projects/demo/serviceAccounts"
EMAIL = "dlt-runner@demo.iam.gserviceaccount.com"
ANN = "user:ann@example.com"


@pytest.fixture
def client() -> Client:
    made = Client()
    made.post(BASE, {"accountId": "dlt-runner", "serviceAccount": {"displayName": "Runs"}}).ok
    return made


def test_an_account_is_found_by_project_wildcard_and_unique_id(client: Client) -> None:
    account = client.get(f"{BASE}/{EMAIL}").ok
    assert account["displayName"] == "Runs"
    anywhere = "https://iam.googleapis.com/v1/projects/-/serviceAccounts"
    assert client.get(f"{anywhere}/{EMAIL}").ok == account
    assert client.get(f"{anywhere}/{account['uniqueId']}").ok == account
    assert client.get(f"{BASE}?pageSize=100").ok == {"accounts": [account]}


@pytest.mark.parametrize("wrong", ["", "short", "Upper-case", "1digit-first", "a" * 31, "dash-"])
def test_an_id_that_is_none_is_refused(client: Client, wrong: str) -> None:
    assert client.post(BASE, {"accountId": wrong}).error["status"] == "INVALID_ARGUMENT"


def test_the_same_account_is_not_made_twice(client: Client) -> None:
    error = client.post(BASE, {"accountId": "dlt-runner"}).error
    assert error["code"] == 409
    assert "dlt-runner already exists" in error["message"]


def test_the_mask_in_the_body_says_what_changes(client: Client) -> None:
    body = {"serviceAccount": {"displayName": "x", "description": "y"},
            "updateMask": "display_name"}  # fmt: skip
    changed = client.patch(f"{BASE}/{EMAIL}", body).ok
    assert changed["displayName"] == "x"
    assert "description" not in changed


def test_a_change_with_an_old_etag_is_refused(client: Client) -> None:
    old = client.get(f"{BASE}/{EMAIL}").ok["etag"]
    client.patch(f"{BASE}/{EMAIL}", {"serviceAccount": {"displayName": "x"}}).ok
    body = {"serviceAccount": {"displayName": "z", "etag": old}}
    assert client.patch(f"{BASE}/{EMAIL}", body).status == 409


def test_who_may_act_as_it_is_in_its_own_policy(client: Client) -> None:
    policy: Document = {"bindings": [{"role": "roles/iam.serviceAccountUser", "members": [ANN]}]}
    client.post(f"{BASE}/{EMAIL}:setIamPolicy", {"policy": policy}).ok
    asked = {"permissions": ["iam.serviceAccounts.actAs", "iam.serviceAccounts.delete"]}
    answer = client.post(f"{BASE}/{EMAIL}:testIamPermissions", asked, as_=ANN).ok
    assert answer == {"permissions": ["iam.serviceAccounts.actAs"]}


def test_who_has_no_role_is_refused_with_the_permission(client: Client) -> None:
    error = client.get(f"{BASE}/{EMAIL}", as_=ANN).error
    assert error["status"] == "PERMISSION_DENIED"
    assert "iam.serviceAccounts.get" in error["message"]


def test_what_is_deleted_is_gone_with_its_keys_and_tokens(client: Client) -> None:
    client.post(f"{BASE}/{EMAIL}/keys", {}).ok
    token = client.token(f"serviceAccount:{EMAIL}")
    client.delete(f"{BASE}/{EMAIL}").ok
    assert client.get(f"{BASE}/{EMAIL}").status == 404
    assert client.cloud.tokens.principal_of(token) is None
    client.post(BASE, {"accountId": "dlt-runner"}).ok
    assert client.get(f"{BASE}/{EMAIL}/keys").ok == {}


def test_a_disabled_account_has_no_tokens_until_it_is_enabled(client: Client) -> None:
    token = client.token(f"serviceAccount:{EMAIL}")
    client.post(f"{BASE}/{EMAIL}:disable").ok
    assert client.cloud.tokens.principal_of(token) is None
    assert client.get(f"{BASE}/{EMAIL}").ok["disabled"] is True
    client.post(f"{BASE}/{EMAIL}:enable").ok
    assert "disabled" not in client.get(f"{BASE}/{EMAIL}").ok


def test_the_private_half_of_a_key_is_given_once_and_kept_nowhere(client: Client) -> None:
    made = client.post(f"{BASE}/{EMAIL}/keys", {}).ok
    file = decode(base64.b64decode(made["privateKeyData"]))
    assert file["client_email"] == EMAIL
    key = made["name"].rpartition("/")[2]
    shown = client.get(f"{BASE}/{EMAIL}/keys/{key}?publicKeyType=TYPE_RAW_PUBLIC_KEY").ok
    assert b"BEGIN PUBLIC KEY" in base64.b64decode(shown["publicKeyData"])
    kept = str(client.cloud.store.list("iam.serviceAccountKeys"))
    assert file["private_key"].splitlines()[1] not in kept
    client.delete(f"{BASE}/{EMAIL}/keys/{key}").ok
    assert client.get(f"{BASE}/{EMAIL}/keys/{key}").status == 404


def test_an_account_has_ten_keys_at_most(client: Client) -> None:
    first = client.post(f"{BASE}/{EMAIL}/keys", {}).ok["name"]
    key = client.cloud.store.get("iam.serviceAccountKeys", first)
    assert key is not None
    for number in range(9):
        name = f"{first[:-1]}x{number}"
        client.cloud.store.put("iam.serviceAccountKeys", name, key | {"name": name})
    assert client.post(f"{BASE}/{EMAIL}/keys", {}).error["status"] == "FAILED_PRECONDITION"
    client.delete(f"https://iam.googleapis.com/v1/{first}").ok
    client.post(f"{BASE}/{EMAIL}/keys", {}).ok


@pytest.mark.parametrize(
    "form", [{"privateKeyType": "TYPE_PKCS12_FILE"}, {"keyAlgorithm": "KEY_ALG_RSA_1024"}]
)
def test_a_form_of_keys_that_is_not_here_says_so(client: Client, form: Document) -> None:
    answer = client.post(f"{BASE}/{EMAIL}/keys", form)
    assert (answer.status, answer.error["status"]) == (404, "UNIMPLEMENTED")


def test_keys_of_an_account_are_for_those_who_may_make_them(client: Client) -> None:
    client.grant(ANN, "roles/iam.serviceAccountUser")
    error = client.post(f"{BASE}/{EMAIL}/keys", {}, as_=ANN).error
    assert "iam.serviceAccountKeys.create" in error["message"]
