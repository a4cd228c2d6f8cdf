"""The public halves of keys, as a stranger reads them."""

import base64

import jwt
import pytest
from cryptography import x509

from rehearsal.documents import decode
from tests.client import Client

BASE = "https://iam.googleapis.com/v1/projects/demo/serviceAccounts"
EMAIL = "dlt-runner@demo.iam.gserviceaccount.com"


@pytest.fixture
def client() -> Client:
    made = Client()
    made.post(BASE, {"accountId": "dlt-runner"}).ok
    return made


def test_what_a_key_file_signs_is_verified_where_the_file_points(client: Client) -> None:
    file = decode(base64.b64decode(client.post(f"{BASE}/{EMAIL}/keys", {}).ok["privateKeyData"]))
    key_id = file["private_key_id"]
    signed = jwt.encode({"a": 1}, file["private_key"], algorithm="RS256")
    certificates = client.get(file["client_x509_cert_url"], as_=None).ok
    certificate = x509.load_pem_x509_certificate(certificates[key_id].encode())
    assert jwt.decode(signed, certificate.public_key(), ["RS256"]) == {"a": 1}  # type: ignore[arg-type]
    web_keys = client.get(f"https://www.googleapis.com/service_accounts/v1/jwk/{EMAIL}", as_=None)
    key = jwt.PyJWKSet.from_dict(web_keys.ok)[key_id]
    assert jwt.decode(signed, key, ["RS256"]) == {"a": 1}


def test_an_account_that_is_not_there_has_none(client: Client) -> None:
    url = "https://www.googleapis.com/service_accounts/v1/metadata/x509/none@demo.iam"
    assert client.get(url, as_=None).status == 404
