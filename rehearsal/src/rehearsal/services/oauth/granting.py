"""``POST https://oauth2.googleapis.com/token``: for a refresh token, or an account's assertion.

https://developers.google.com/identity/protocols/oauth2/service-account#httprest
"""

import hashlib
import secrets
from datetime import timedelta
from urllib.parse import parse_qsl

from rehearsal.api.call import Answer, Call
from rehearsal.cloud import Cloud
from rehearsal.documents import Document
from rehearsal.identity.accounts import is_disabled
from rehearsal.identity.assertions import AssertionRefusedError, verified
from rehearsal.identity.principal import Principal
from rehearsal.services.oauth.definition import service

REFRESH_KIND = "refresh tokens"
_LIFETIME = timedelta(hours=1)
_ASSERTION = "urn:ietf:params:oauth:grant-type:jwt-bearer"
_AUDIENCES = {"https://oauth2.googleapis.com/token", "https://www.googleapis.com/oauth2/v4/token"}


class _RefusedError(Exception):
    """``invalid_grant`` and the like, with a description."""

    def __init__(self, error: str, description: str) -> None:
        super().__init__(description)
        self.error, self.description = error, description


def refresh_token(cloud: Cloud, principal: Principal) -> str:
    """A token that is good for access tokens of this principal, as an ADC file has it."""
    token = f"1//rehearsal-{secrets.token_urlsafe(32)}"
    cloud.store.put(REFRESH_KIND, _digest(token), {"member": principal.member})
    return token


@service.raw(
    "POST", "/token", host=r"(oauth2|accounts)\.googleapis\.com", name="oauth2.token",
    source="https://developers.google.com/identity/protocols/oauth2/service-account#httprest",
)  # fmt: skip
def token(call: Call) -> Document | Answer:
    """An access token."""
    form = dict(parse_qsl(call.raw.decode(errors="replace")))
    try:
        principal = _granted(call, form)
    except _RefusedError as refused:
        return Answer(
            {"error": refused.error, "error_description": refused.description}, status=400
        )
    access_token = call.cloud.tokens.issue(principal, _LIFETIME)
    return {
        "access_token": access_token,
        "expires_in": int(_LIFETIME.total_seconds()),
        "token_type": "Bearer",
    }


def _granted(call: Call, form: dict[str, str]) -> Principal:
    kind = form.get("grant_type")
    if kind == "refresh_token":
        kept = call.cloud.store.get(REFRESH_KIND, _digest(form.get("refresh_token", "")))
        if kept is None:
            raise _RefusedError("invalid_grant", "Token has been expired or revoked.")
        return _enabled(call, Principal(kept["member"]))
    if kind == _ASSERTION:
        return _asserted(call, form.get("assertion", ""))
    raise _RefusedError("unsupported_grant_type", f"Invalid grant_type: {kind}")


def _asserted(call: Call, assertion: str) -> Principal:
    try:
        claims = verified(call.cloud.store, assertion)
    except AssertionRefusedError as error:
        raise _RefusedError("invalid_grant", str(error)) from error
    if claims.get("aud") not in _AUDIENCES:
        raise _RefusedError("invalid_grant", f"Invalid JWT audience: {claims.get('aud')}")
    return Principal(f"serviceAccount:{claims['iss']}")


def _enabled(call: Call, principal: Principal) -> Principal:
    if principal.is_service_account and is_disabled(call.cloud.store, principal.email):
        raise _RefusedError("invalid_grant", "Invalid grant: account not found")
    return principal


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
