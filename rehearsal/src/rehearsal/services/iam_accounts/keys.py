"""Keys of service accounts: RSA pairs, of which only the public half is kept.

https://cloud.google.com/iam/docs/keys-create-delete
"""

import base64
import secrets
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

from rehearsal.api.call import Call
from rehearsal.clock import rfc3339
from rehearsal.documents import Document, encode
from rehearsal.errors import not_found
from rehearsal.services.iam_accounts.accounts import require_account
from rehearsal.services.iam_accounts.definition import API, service

KIND = "iam.serviceAccountKeys"
_PREFIX = "iam.projects.serviceAccounts.keys"
_SOURCE = "https://cloud.google.com/iam/docs/reference/rest/v1/projects.serviceAccounts.keys"
_NEVER = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)
_KEY_BITS = 2048


@service.method(*API, f"{_PREFIX}.create", source=_SOURCE)
def create_key(call: Call) -> Document:
    """Makes a pair; the private half is in this answer and nowhere else."""
    account = require_account(call)
    pair = rsa.generate_private_key(65537, _KEY_BITS)
    key_id = secrets.token_hex(20)
    document = {
        "name": f"{account['name']}/keys/{key_id}",
        "keyAlgorithm": "KEY_ALG_RSA_2048",
        "keyOrigin": "GOOGLE_PROVIDED",
        "keyType": "USER_MANAGED",
        "validAfterTime": rfc3339(call.now),
        "validBeforeTime": rfc3339(_NEVER),
    }
    public = pair.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    kept = document | {"publicKey": public.decode(), "certificate": _certificate(pair, account)}
    call.cloud.store.put(KIND, document["name"], kept)
    return document | {
        "privateKeyType": "TYPE_GOOGLE_CREDENTIALS_FILE",
        "privateKeyData": base64.b64encode(_credentials_file(account, key_id, pair)).decode(),
    }


def _credentials_file(account: Document, key_id: str, pair: rsa.RSAPrivateKey) -> bytes:
    private = pair.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return encode(
        {
            "type": "service_account",
            "project_id": account["projectId"],
            "private_key_id": key_id,
            "private_key": private.decode(),
            "client_email": account["email"],
            "client_id": account["uniqueId"],
            "auth_uri": "https://accounts.google.com/o/oauth2/auth",
            "token_uri": "https://oauth2.googleapis.com/token",
            "universe_domain": "googleapis.com",
        }
    )


def _certificate(pair: rsa.RSAPrivateKey, account: Document) -> str:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, account["uniqueId"])])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(pair.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(datetime.now(UTC) - timedelta(days=1))
        .not_valid_after(_NEVER.replace(tzinfo=None))
        .sign(pair, hashes.SHA256())
    )
    return certificate.public_bytes(serialization.Encoding.PEM).decode()


@service.method(*API, f"{_PREFIX}.list", source=_SOURCE)
def list_keys(call: Call) -> Document:
    """The keys of an account."""
    account = require_account(call)
    found = [_shown(one) for _, one in call.cloud.store.list(KIND, f"{account['name']}/")]
    return {"keys": found} if found else {}


@service.method(*API, f"{_PREFIX}.get", source=_SOURCE)
def get_key(call: Call) -> Document:
    """A key, with its public half if that is asked for."""
    key = _require_key(call)
    if call.parameter("publicKeyType") == "TYPE_RAW_PUBLIC_KEY":
        return _shown(key) | {"publicKeyData": _base64(key["publicKey"])}
    if call.parameter("publicKeyType") == "TYPE_X509_PEM_FILE":
        return _shown(key) | {"publicKeyData": _base64(key["certificate"])}
    return _shown(key)


@service.method(*API, f"{_PREFIX}.delete", source=_SOURCE)
def delete_key(call: Call) -> Document:
    """Deletes a key: assertions signed with it are refused from now on."""
    call.cloud.store.delete(KIND, _require_key(call)["name"])
    return {}


def _require_key(call: Call) -> Document:
    account = require_account(call)
    key_id = call.path["name"].rpartition("/")[2]
    key = call.cloud.store.get(KIND, f"{account['name']}/keys/{key_id}")
    if key is None:
        raise not_found(f"Service account key {key_id} does not exist.")
    return key


def _shown(key: Document) -> Document:
    return {name: value for name, value in key.items() if name not in {"publicKey", "certificate"}}


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()
