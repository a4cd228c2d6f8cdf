"""Signatures by a key that Google keeps for an account: of bytes, and of JWT claims."""

import base64
from datetime import timedelta

import jwt
import msgspec
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding

from rehearsal.api.call import Call
from rehearsal.documents import Document, decode
from rehearsal.errors import invalid_argument
from rehearsal.services.iam_accounts.pairs import signing_pair
from rehearsal.services.iam_credentials.definition import API, service
from rehearsal.services.iam_credentials.delegation import CHECKED_HERE, require_account

_PREFIX = "iamcredentials.projects.serviceAccounts"
_SOURCE = "https://cloud.google.com/iam/docs/reference/credentials/rest/v1/projects.serviceAccounts"
_LONGEST = timedelta(hours=12)


@service.method(
    *API, f"{_PREFIX}.signBlob", source=f"{_SOURCE}/signBlob", unchecked=CHECKED_HERE
)  # fmt: skip
def sign_blob(call: Call) -> Document:
    """Signs bytes, as signed URLs need it: PKCS #1 v1.5 with SHA-256."""
    account = require_account(call, "iam.serviceAccounts.signBlob")
    payload = base64.urlsafe_b64decode(_urlsafe(call.body.get("payload", "")))
    key_id, key = signing_pair(call.cloud, account)
    signature = key.sign(payload, padding.PKCS1v15(), hashes.SHA256())
    return {"keyId": key_id, "signedBlob": base64.b64encode(signature).decode()}


def _urlsafe(text: str) -> str:
    """Bytes come in either alphabet; that they are bytes has been checked with the request."""
    plain = text.rstrip("=").replace("+", "-").replace("/", "_")
    return plain + "=" * (-len(plain) % 4)


@service.method(
    *API, f"{_PREFIX}.signJwt", source=f"{_SOURCE}/signJwt", unchecked=CHECKED_HERE
)  # fmt: skip
def sign_jwt(call: Call) -> Document:
    """Signs the claims of a JWT."""
    account = require_account(call, "iam.serviceAccounts.signJwt")
    claims = _claims(call)
    key_id, key = signing_pair(call.cloud, account)
    signed = jwt.encode(claims, key, algorithm="RS256", headers={"kid": key_id})
    return {"keyId": key_id, "signedJwt": signed}


def _claims(call: Call) -> Document:
    try:
        claims = decode(call.body.get("payload", "").encode())
    except msgspec.DecodeError as error:
        raise invalid_argument(
            "The payload must be a JSON object of JWT claims.", ("payload", str(error))
        ) from error
    expires = claims.get("exp")
    # Claims are of the machine's clock, like those of keys that users have.
    now = (call.now - call.cloud.clock.offset).timestamp()
    if expires is not None and not (
        isinstance(expires, int) and now <= expires <= now + _LONGEST.total_seconds()
    ):
        raise invalid_argument(
            f"The claim exp ({expires!r}) must be a whole number of seconds, not in the past and at"
            " most 12 hours ahead."
        )
    return claims
