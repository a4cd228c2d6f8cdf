"""Signatures for those who may have them, verified with what everybody can read."""

import base64

import jwt
import pytest
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from rehearsal.documents import encode
from tests.client import Client

EMAIL = "dlt-runner@demo.iam.gserviceaccount.com"
ACCOUNTS = "https://iam.googleapis.com/v1/projects/demo/serviceAccounts"
ACCOUNT = f"https://iamcredentials.googleapis.com/v1/projects/-/serviceAccounts/{EMAIL}"
ANN = "user:ann@example.com"
NOW = 1767571200
"""2026-01-05, where the clock of the tests stands."""


@pytest.fixture
def client() -> Client:
    made = Client()
    made.post(ACCOUNTS, {"accountId": "dlt-runner"}).ok
    made.grant(ANN, "roles/iam.serviceAccountTokenCreator",
               f"//iam.googleapis.com/projects/demo/serviceAccounts/{EMAIL}")  # fmt: skip
    return made


def public(client: Client, key_id: str) -> rsa.RSAPublicKey:
    url = f"https://www.googleapis.com/service_accounts/v1/metadata/x509/{EMAIL}"
    certificate = x509.load_pem_x509_certificate(client.get(url, as_=None).ok[key_id].encode())
    key = certificate.public_key()
    assert isinstance(key, rsa.RSAPublicKey)
    return key


def test_signed_bytes_are_verified_with_the_published_key(client: Client) -> None:
    payload = b"\xfb\xffto sign"
    for text in (base64.b64encode(payload), base64.urlsafe_b64encode(payload)):
        made = client.post(f"{ACCOUNT}:signBlob", {"payload": text.decode()}, as_=ANN).ok
        signature = base64.b64decode(made["signedBlob"])
        key = public(client, made["keyId"])
        key.verify(signature, payload, padding.PKCS1v15(), hashes.SHA256())
        with pytest.raises(InvalidSignature):
            key.verify(signature, b"other", padding.PKCS1v15(), hashes.SHA256())


def test_signed_claims_are_verified_with_the_published_key(client: Client) -> None:
    claims = {"sub": "x", "exp": NOW + 600}
    made = client.post(f"{ACCOUNT}:signJwt", {"payload": encode(claims).decode()}, as_=ANN).ok
    options = {"verify_exp": False}
    key = public(client, made["keyId"])
    assert jwt.decode(made["signedJwt"], key, ["RS256"], options=options) == claims  # type: ignore[arg-type]
    assert jwt.get_unverified_header(made["signedJwt"])["kid"] == made["keyId"]


@pytest.mark.parametrize("payload", ["", "[]", "no json", f'{{"exp": {NOW - 1}}}',
                                     f'{{"exp": {NOW + 43_201}}}', '{"exp": "soon"}'])  # fmt: skip
def test_claims_that_are_none_or_last_too_long_are_not_signed(client: Client, payload: str) -> None:
    answer = client.post(f"{ACCOUNT}:signJwt", {"payload": payload}, as_=ANN)
    assert answer.error["status"] == "INVALID_ARGUMENT"


@pytest.mark.parametrize("verb", ["signBlob", "signJwt"])
def test_who_has_no_role_gets_no_signature(client: Client, verb: str) -> None:
    url = f"{ACCOUNT}:{verb}"
    assert f"iam.serviceAccounts.{verb}" in client.post(url, {}, as_="user:b@b").error["message"]
    assert client.post(url, {}, as_=None).status == 401


def test_the_key_is_one_that_users_can_see_but_not_take_away(client: Client) -> None:
    key_id = client.post(f"{ACCOUNT}:signBlob", {"payload": "eA=="}, as_=ANN).ok["keyId"]
    user_key = client.post(f"{ACCOUNTS}/{EMAIL}/keys", {}).ok["name"]
    assert client.post(f"{ACCOUNT}:signBlob", {"payload": "eA=="}, as_=ANN).ok["keyId"] == key_id
    listed = client.get(f"{ACCOUNTS}/{EMAIL}/keys?keyTypes=SYSTEM_MANAGED").ok["keys"]
    assert [one["name"].rpartition("/")[2] for one in listed] == [key_id]
    assert "privateKey" not in listed[0]
    users = client.get(f"{ACCOUNTS}/{EMAIL}/keys?keyTypes=USER_MANAGED").ok["keys"]
    assert [one["name"] for one in users] == [user_key]
    assert client.delete(f"{ACCOUNTS}/{EMAIL}/keys/{key_id}").status == 400
