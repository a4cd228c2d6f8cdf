"""Credentials files of service accounts, used as passwords: ``docker login -u _json_key``.

https://cloud.google.com/artifact-registry/docs/docker/authentication#json-key
"""

import base64

import msgspec
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization

from rehearsal.cloud import Cloud
from rehearsal.identity.principal import Principal

USERS = {"_json_key", "_json_key_base64"}


class _KeyFile(msgspec.Struct):
    client_email: str
    private_key_id: str
    private_key: str


def account_of(cloud: Cloud, user: str, password: str) -> Principal | None:
    """The account whose file this is; None if it is no file, or of no key that is still there."""
    try:
        text = base64.b64decode(password) if user == "_json_key_base64" else password.encode()
        key = msgspec.json.decode(text, type=_KeyFile)
        public = _public_half(key.private_key)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        return None
    return _known(cloud, key, public)


def _public_half(private_key: str) -> str:
    pair = serialization.load_pem_private_key(private_key.encode(), password=None)
    public = pair.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return public.decode()


def _known(cloud: Cloud, key: _KeyFile, public: str) -> Principal | None:
    # Inside, since services are known by their folders alone.
    from rehearsal.services.iam_accounts import definition, keys

    email = key.client_email
    name = f"projects/{definition.project_of(email)}/serviceAccounts/{email}"
    account = cloud.store.get(definition.KIND, name)
    kept = cloud.store.get(keys.KIND, f"{name}/keys/{key.private_key_id}")
    if account is None or account.get("disabled") or kept is None:
        return None
    return Principal(f"serviceAccount:{email}") if kept["publicKey"] == public else None
