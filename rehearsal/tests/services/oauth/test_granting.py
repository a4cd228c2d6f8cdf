"""Tokens for assertions and refresh tokens, by Google's own client."""

import base64
import time
from typing import Any
from urllib.parse import urlencode

import jwt
import pytest
from google.oauth2 import service_account

from rehearsal.documents import Document, decode
from rehearsal.identity.principal import Principal
from rehearsal.services.oauth.granting import refresh_token
from tests.client import OWNER, Client

ACCOUNTS = "https://iam.googleapis.com/v1/projects/demo/serviceAccounts"
EMAIL = "dlt-runner@demo.iam.gserviceaccount.com"
TOKEN = "https://oauth2.googleapis.com/token"


@pytest.fixture
def client() -> Client:
    made = Client()
    made.post(ACCOUNTS, {"accountId": "dlt-runner"}).ok
    return made


@pytest.fixture
def file(client: Client) -> Document:
    made = client.post(f"{ACCOUNTS}/{EMAIL}/keys", {}).ok
    return decode(base64.b64decode(made["privateKeyData"]))


def granted(client: Client, **form: str) -> Document:
    return client.post(TOKEN, content=urlencode(form).encode(), as_=None).json


def assertion(file: Document) -> str:
    load: Any = service_account.Credentials.from_service_account_info
    credentials = load(file)
    made = credentials._make_authorization_grant_assertion()
    return made.decode() if isinstance(made, bytes) else str(made)


JWT = "urn:ietf:params:oauth:grant-type:jwt-bearer"


def test_a_signed_assertion_gives_a_token_of_the_account(client: Client, file: Document) -> None:
    answer = granted(client, grant_type=JWT, assertion=assertion(file))
    principal = client.cloud.tokens.principal_of(answer["access_token"])
    assert principal == Principal(f"serviceAccount:{EMAIL}")
    info = client.get(
        f"https://oauth2.googleapis.com/tokeninfo?access_token={answer['access_token']}"
    ).ok
    assert (info["email"], info["expires_in"]) == (EMAIL, "3600")


def test_an_assertion_by_a_deleted_key_is_refused(client: Client, file: Document) -> None:
    client.delete(f"{ACCOUNTS}/{EMAIL}/keys/{file['private_key_id']}").ok
    assert granted(client, grant_type=JWT, assertion=assertion(file))["error"] == "invalid_grant"


def test_an_assertion_that_was_tampered_with_is_refused(client: Client, file: Document) -> None:
    head, claims, signature = assertion(file).split(".")
    forged = f"{head}.{claims}.{signature[::-1]}"
    assert granted(client, grant_type=JWT, assertion=forged)["error"] == "invalid_grant"


def test_a_disabled_account_gets_none(client: Client, file: Document) -> None:
    client.post(f"{ACCOUNTS}/{EMAIL}:disable").ok
    assert granted(client, grant_type=JWT, assertion=assertion(file))["error"] == "invalid_grant"


def test_an_assertion_for_another_audience_is_refused(client: Client, file: Document) -> None:
    now = int(time.time())
    claims = {"iss": EMAIL, "aud": "https://example.com/token", "iat": now, "exp": now + 60}
    headers = {"kid": file["private_key_id"]}
    elsewhere = jwt.encode(claims, file["private_key"], algorithm="RS256", headers=headers)
    answer = granted(client, grant_type=JWT, assertion=elsewhere)
    assert answer["error_description"] == "Invalid JWT audience: https://example.com/token"


def test_a_refresh_token_of_a_disabled_account_gives_none(client: Client) -> None:
    token = refresh_token(client.cloud, Principal(f"serviceAccount:{EMAIL}"))
    assert "access_token" in granted(client, grant_type="refresh_token", refresh_token=token)
    client.post(f"{ACCOUNTS}/{EMAIL}:disable").ok
    answer = granted(client, grant_type="refresh_token", refresh_token=token)
    assert answer["error"] == "invalid_grant"


def test_a_refresh_token_gives_a_token_of_its_principal(client: Client) -> None:
    token = refresh_token(client.cloud, Principal(OWNER))
    answer = granted(client, grant_type="refresh_token", refresh_token=token)
    assert client.cloud.tokens.principal_of(answer["access_token"]) == Principal(OWNER)
    wrong = granted(client, grant_type="refresh_token", refresh_token=f"{token}x")
    assert wrong == {"error": "invalid_grant",
                     "error_description": "Token has been expired or revoked."}  # fmt: skip


@pytest.mark.parametrize("form", [{}, {"grant_type": "password"},
                                  {"grant_type": JWT, "assertion": "x.y.z"},
                                  {"grant_type": JWT}])  # fmt: skip
def test_anything_else_is_refused(client: Client, form: dict[str, str]) -> None:
    assert "error" in granted(client, **form)


def test_userinfo_tells_the_caller(client: Client) -> None:
    url = "https://openidconnect.googleapis.com/v1/userinfo"
    assert client.get(url).ok["email"] == "owner@example.com"
    assert client.get(url, as_=None).status == 401
    assert client.get(url, headers={"authorization": "Bearer x"}).status == 401
