"""The public halves of an account's keys, where everybody may read them.

https://cloud.google.com/iam/docs/reference/credentials/rest/v1/projects.serviceAccounts/signJwt
"""

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from jwt.algorithms import RSAAlgorithm

from rehearsal.api.call import Call
from rehearsal.documents import Document
from rehearsal.errors import not_found
from rehearsal.identity.accounts import KEYS, account
from rehearsal.services.iam_accounts.definition import service

_HOST = r"www\.googleapis\.com"
_SOURCE = (
    "https://cloud.google.com/iam/docs/reference/credentials/rest/v1/projects.serviceAccounts"
    "/signJwt"
)


@service.raw(
    "GET", r"/(robot|service_accounts)/v1/metadata/x509/(?P<email>[^/]+)", host=_HOST,
    name="service_accounts.x509", source=_SOURCE,
)  # fmt: skip
def certificates(call: Call) -> Document:
    """Certificates, by key id."""
    return {key_id: key["certificate"] for key_id, key in _keys(call)}


@service.raw(
    "GET", r"/service_accounts/v1/(metadata/)?jwk/(?P<email>[^/]+)", host=_HOST,
    name="service_accounts.jwk", source=_SOURCE,
)  # fmt: skip
def web_keys(call: Call) -> Document:
    """A JSON Web Key Set."""
    return {"keys": [_web_key(key_id, key["publicKey"]) for key_id, key in _keys(call)]}


def _keys(call: Call) -> list[tuple[str, Document]]:
    """(id, key) of each key of the account.

    Raises:
        ApiError: 404: there is no such account.
    """
    found = account(call.cloud.store, call.path["email"])
    if found is None:
        raise not_found("Unknown service account")
    return [
        (name.rpartition("/")[2], key)
        for name, key in call.cloud.store.list(KEYS, f"{found['name']}/")
    ]


def _web_key(key_id: str, pem: str) -> Document:
    public = load_pem_public_key(pem.encode())
    if not isinstance(public, rsa.RSAPublicKey):
        raise TypeError(f"the key {key_id} is no RSA key")
    numbers = RSAAlgorithm.to_jwk(public, as_dict=True)
    return {"kty": "RSA", "alg": "RS256", "use": "sig", "kid": key_id} | {
        name: numbers[name] for name in ("n", "e")
    }
