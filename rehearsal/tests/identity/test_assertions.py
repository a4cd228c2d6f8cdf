"""Assertions prove an account that is there, by a key that it has, for a short time."""

import base64
import time
from collections.abc import Callable

import jwt
import pytest

from rehearsal.documents import Document, decode
from rehearsal.identity.assertions import AssertionRefusedError, verified
from rehearsal.identity.principal import Principal
from tests.client import Client

ACCOUNTS = "https://iam.googleapis.com/v1/projects/demo/serviceAccounts"
EMAIL = "dlt-runner@demo.iam.gserviceaccount.com"
API = "https://secretmanager.googleapis.com/"

type Sign = Callable[..., str]


@pytest.fixture
def client() -> Client:
    made = Client()
    made.post(ACCOUNTS, {"accountId": "dlt-runner"}).ok
    return made


@pytest.fixture
def sign(client: Client) -> Sign:
    """Signs claims of now for an hour, changed by what is given, with a key of the account."""
    made = client.post(f"{ACCOUNTS}/{EMAIL}/keys", {}).ok
    file = decode(base64.b64decode(made["privateKeyData"]))

    def signed(**changes: object) -> str:
        now = int(time.time())
        claims: Document = {"iss": EMAIL, "sub": EMAIL, "aud": API, "iat": now, "exp": now + 3600}
        kept = {name: one for name, one in (claims | changes).items() if one is not None}
        headers = {"kid": file["private_key_id"]}
        return jwt.encode(kept, file["private_key"], algorithm="RS256", headers=headers)

    return signed


def test_the_claims_of_a_good_one_are_given(client: Client, sign: Sign) -> None:
    assert verified(client.cloud.store, sign())["aud"] == API


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"iat": 1, "exp": 3000}, "short-lived"),
        ({"exp": int(time.time()) + 90_000}, "short-lived"),
        ({"iat": int(time.time()) + 7200, "exp": int(time.time()) + 9000}, "short-lived"),
        ({"exp": None}, "short-lived"),
        ({"iss": "other@demo.iam.gserviceaccount.com"}, "account not found"),
        ({"iss": None}, "Invalid JWT"),
    ],
)
def test_one_that_is_not_as_it_must_be_is_refused(
    client: Client, sign: Sign, changes: Document, told: str
) -> None:
    with pytest.raises(AssertionRefusedError, match=told):
        verified(client.cloud.store, sign(**changes))


def test_the_key_of_another_account_does_not_prove_this_one(client: Client, sign: Sign) -> None:
    client.post(ACCOUNTS, {"accountId": "another"}).ok
    other = "another@demo.iam.gserviceaccount.com"
    with pytest.raises(AssertionRefusedError, match="Invalid JWT Signature"):
        verified(client.cloud.store, sign(iss=other))


def test_another_key_under_the_same_id_is_refused(client: Client, sign: Sign) -> None:
    head, claims, _ = sign().split(".")
    forged = f"{head}.{claims}.{sign(aud='https://other').split('.')[2]}"
    with pytest.raises(AssertionRefusedError, match="Invalid JWT Signature"):
        verified(client.cloud.store, forged)


def test_client_libraries_bear_one_in_the_place_of_a_token(client: Client, sign: Sign) -> None:
    member = f"serviceAccount:{EMAIL}"
    assert client.cloud.tokens.principal_of(sign()) == Principal(member)
    client.grant(member, "roles/secretmanager.viewer")
    headers = {"authorization": f"Bearer {sign()}"}
    assert client.get(f"{API}v1/projects/demo/secrets", headers=headers).ok == {}


@pytest.mark.parametrize(
    ("changes", "good"),
    [
        ({}, True),
        ({"aud": "https://example.com/"}, False),
        ({"aud": "https://googleapis.com.example.com/"}, False),
        ({"aud": None}, False),
        ({"aud": None, "scope": "https://www.googleapis.com/auth/cloud-platform"}, True),
    ],
)
def test_it_must_be_for_an_api_of_google_or_have_scopes(
    client: Client, sign: Sign, changes: Document, good: bool
) -> None:
    assert (client.cloud.tokens.principal_of(sign(**changes)) is not None) is good


def test_of_a_disabled_account_it_counts_for_nothing(client: Client, sign: Sign) -> None:
    client.post(f"{ACCOUNTS}/{EMAIL}:disable").ok
    assert client.cloud.tokens.principal_of(sign()) is None
