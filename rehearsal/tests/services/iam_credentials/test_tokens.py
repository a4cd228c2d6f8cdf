"""Tokens of an account for those who may have them."""

from datetime import timedelta
from typing import Any

import pytest
from google.auth import impersonated_credentials
from google.auth.transport.requests import Request
from google.oauth2.credentials import Credentials

from rehearsal.identity.principal import Principal
from tests.client import Client
from tests.google_clients import session

EMAIL = "dlt-runner@demo.iam.gserviceaccount.com"
URL = (f"https://iamcredentials.googleapis.com/v1/projects/-/serviceAccounts/{EMAIL}"
       ":generateAccessToken")  # fmt: skip
ANN = "user:ann@example.com"
BODY = {"scope": ["https://www.googleapis.com/auth/cloud-platform"], "lifetime": "600s"}


@pytest.fixture
def client() -> Client:
    made = Client()
    made.post("https://iam.googleapis.com/v1/projects/demo/serviceAccounts",
              {"accountId": "dlt-runner"}).ok  # fmt: skip
    return made


def test_who_may_gets_a_token_of_the_account(client: Client) -> None:
    assert "iam.serviceAccounts.getAccessToken" in client.post(URL, BODY, as_=ANN).error["message"]
    client.grant(ANN, "roles/iam.serviceAccountTokenCreator",
                 f"//iam.googleapis.com/projects/demo/serviceAccounts/{EMAIL}")  # fmt: skip
    answer = client.post(URL, BODY, as_=ANN).ok
    assert answer["expireTime"] == "2026-01-05T00:10:00Z"
    principal = client.cloud.tokens.principal_of(answer["accessToken"])
    assert principal == Principal(f"serviceAccount:{EMAIL}")


@pytest.mark.parametrize("wrong", [{"scope": []}, {"lifetime": "3601s"}, {"lifetime": "0s"},
                                   {"lifetime": "long"}])  # fmt: skip
def test_what_is_asked_for_must_make_sense(client: Client, wrong: dict[str, object]) -> None:
    client.grant("user:owner@example.com", "roles/iam.serviceAccountTokenCreator")
    assert client.post(URL, BODY | wrong).error["code"] == 400


def test_clients_may_ask_where_an_account_can_be_used(client: Client) -> None:
    url = URL.replace(":generateAccessToken", "/allowedLocations")
    assert client.get(url, as_=None).ok == {"locations": [], "encodedLocations": "0x0"}


def test_googles_client_impersonates_the_account(client: Client) -> None:
    client.grant(ANN, "roles/iam.serviceAccountTokenCreator")
    # No whole second, as real clocks have it.
    client.clock.advance(timedelta(microseconds=1))
    own, impersonated = untyped(Credentials), untyped(impersonated_credentials.Credentials)
    credentials = impersonated(own(client.token(ANN)), EMAIL, BODY["scope"])
    credentials.refresh(Request(session(client)))
    principal = client.cloud.tokens.principal_of(credentials.token)
    assert principal == Principal(f"serviceAccount:{EMAIL}")


def untyped(made: Any) -> Any:
    """Google's classes have no types."""
    return made
