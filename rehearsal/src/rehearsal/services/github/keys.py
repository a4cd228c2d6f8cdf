"""The keys with which issuers of tokens sign: made once, kept in the store, published in part."""

import base64
import hashlib

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

from rehearsal.cloud import Cloud
from rehearsal.documents import Document

KIND = "issuers.keys"
_BITS = 2048


def signing_key(cloud: Cloud, issuer: str) -> tuple[str, rsa.RSAPrivateKey]:
    """The key of an issuer, and its id."""
    with cloud.store.transaction():
        document = cloud.store.get(KIND, issuer)
        if document is None:
            document = _new()
            cloud.store.put(KIND, issuer, document)
    key = serialization.load_pem_private_key(document["pem"].encode(), password=None)
    if not isinstance(key, rsa.RSAPrivateKey):
        raise TypeError(f"the key of {issuer} is no RSA key")
    return document["id"], key


def public_keys(cloud: Cloud, issuer: str) -> Document:
    """What an issuer publishes of its keys: a JSON Web Key Set."""
    key_id, key = signing_key(cloud, issuer)
    public = RSAAlgorithm.to_jwk(key.public_key(), as_dict=True)
    shown = {name: public[name] for name in ("kty", "n", "e")}
    return {"keys": [shown | {"kid": key_id, "use": "sig", "alg": "RS256"}]}


def _new() -> Document:
    key = rsa.generate_private_key(public_exponent=65537, key_size=_BITS)
    pem = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    digest = hashlib.sha256(key.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )).digest()  # fmt: skip
    key_id = base64.urlsafe_b64encode(digest[:20]).decode().rstrip("=")
    return {"id": key_id, "pem": pem.decode()}
