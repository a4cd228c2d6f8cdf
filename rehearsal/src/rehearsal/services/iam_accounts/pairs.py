"""RSA pairs of service accounts: made, and the one with which Google signs for an account."""

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

from rehearsal.clock import rfc3339
from rehearsal.cloud import Cloud
from rehearsal.documents import Document
from rehearsal.identity.accounts import KEYS

HALVES = frozenset({"publicKey", "certificate", "privateKey"})
"""The fields of a kept key that are no fields of the API's."""
_NEVER = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)
_BITS = 2048


@dataclass(frozen=True)
class Made:
    """A new pair: the document to keep, and the private half as PEM."""

    key_id: str
    document: Document
    private_key: str


def make(account: Document, key_type: str, now: datetime) -> Made:
    """A new pair of an account; ``key_type`` is ``USER_MANAGED`` or ``SYSTEM_MANAGED``."""
    pair, key_id = rsa.generate_private_key(65537, _BITS), secrets.token_hex(20)
    document = {
        "name": f"{account['name']}/keys/{key_id}",
        "keyAlgorithm": "KEY_ALG_RSA_2048",
        "keyOrigin": "GOOGLE_PROVIDED",
        "keyType": key_type,
        "validAfterTime": rfc3339(now),
        "validBeforeTime": rfc3339(_NEVER),
        "publicKey": _public(pair),
        "certificate": _certificate(pair, account["uniqueId"]),
    }
    return Made(key_id, document, _private(pair))


def signing_pair(cloud: Cloud, account: Document) -> tuple[str, rsa.RSAPrivateKey]:
    """The id and the private half of the key that Google keeps for an account, made when needed."""
    for name, key in cloud.store.list(KEYS, f"{account['name']}/"):
        if key["keyType"] == "SYSTEM_MANAGED":
            return name.rpartition("/")[2], _loaded(key["privateKey"])
    made = make(account, "SYSTEM_MANAGED", cloud.clock.now())
    cloud.store.put(KEYS, made.document["name"], made.document | {"privateKey": made.private_key})
    return made.key_id, _loaded(made.private_key)


def _loaded(pem: str) -> rsa.RSAPrivateKey:
    pair = serialization.load_pem_private_key(pem.encode(), password=None)
    if not isinstance(pair, rsa.RSAPrivateKey):
        raise TypeError("a key of a service account is no RSA key")
    return pair


def _public(pair: rsa.RSAPrivateKey) -> str:
    return (
        pair.public_key()
        .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
        .decode()
    )


def _private(pair: rsa.RSAPrivateKey) -> str:
    return pair.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ).decode()


def _certificate(pair: rsa.RSAPrivateKey, subject: str) -> str:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, subject)])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(pair.public_key())
        .serial_number(x509.random_serial_number())
        # Readers have the machine's clock.
        .not_valid_before(datetime.now(UTC) - timedelta(days=1))
        .not_valid_after(_NEVER.replace(tzinfo=None))
        .sign(pair, hashes.SHA256())
    )
    return certificate.public_bytes(serialization.Encoding.PEM).decode()
