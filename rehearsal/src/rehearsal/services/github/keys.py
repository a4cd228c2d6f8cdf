"""The key with which the issuer signs: made once, kept in the store, published in part."""

import base64
import hashlib

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

from rehearsal.cloud import Cloud
from rehearsal.documents import Document

KIND = "github.keys"
_NAME = "signing"
_BITS = 2048


def signing_key(cloud: Cloud) -> tuple[str, rsa.RSAPrivateKey]:
    """The key and its id."""
    with cloud.store.transaction():
        document = cloud.store.get(KIND, _NAME)
        if document is None:
            document = _new()
            cloud.store.put(KIND, _NAME, document)
    key = serialization.load_pem_private_key(document["pem"].encode(), password=None)
    if not isinstance(key, rsa.RSAPrivateKey):
        raise TypeError("the issuer's key is no RSA key")
    return document["id"], key


def public_keys(cloud: Cloud) -> Document:
    """The published keys, as a JSON Web Key Set."""
    key_id, key = signing_key(cloud)
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
