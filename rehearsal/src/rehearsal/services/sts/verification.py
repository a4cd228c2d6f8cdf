"""Verifies a foreign token: issuer, signature by the issuer's keys, times, audience.

https://cloud.google.com/iam/docs/workload-identity-federation-with-other-providers#prepare
"""

from datetime import timedelta
from typing import Any

import jwt

from rehearsal.cloud import Cloud
from rehearsal.documents import Document, decode
from rehearsal.services.github.keys import public_keys
from rehearsal.services.github.workflow import ISSUER
from rehearsal.services.sts.refusals import invalid_grant, unreachable_issuer

_ALGORITHMS = ["RS256", "ES256"]
_LONGEST = timedelta(hours=24)
_SKEW_SECONDS = 60


def verified(cloud: Cloud, provider: Document, token: str) -> Document:
    """The claims of a token that a provider may trust.

    Raises:
        ExchangeError: it is no JWT, has another issuer or audience, a wrong signature or times.
    """
    header, claims = _unverified(token)
    issuer, expected = claims.get("iss"), provider["oidc"]["issuerUri"]
    if str(issuer).rstrip("/") != expected.rstrip("/"):
        raise invalid_grant(
            f"The issuer in ID Token {issuer} does not match the expected ones: {expected}"
        )
    _check_signature(token, _key(cloud, provider, header))
    _check_times(cloud, claims)
    _check_audience(provider, claims)
    return claims


def _unverified(token: str) -> tuple[dict[str, Any], Document]:
    try:
        header = jwt.get_unverified_header(token)
        claims = jwt.decode(token, options={"verify_signature": False})
    except jwt.InvalidTokenError as error:
        raise invalid_grant("Unable to parse the ID Token.") from error
    return header, claims


def _key(cloud: Cloud, provider: Document, header: dict[str, Any]) -> jwt.PyJWK:
    """The issuer's key that a token says it is signed with."""
    oidc = provider["oidc"]
    if oidc.get("jwksJson"):
        published = decode(oidc["jwksJson"].encode())
    elif oidc["issuerUri"].rstrip("/") == ISSUER:
        published = public_keys(cloud, ISSUER)
    else:
        raise unreachable_issuer()
    try:
        keys = jwt.PyJWKSet.from_dict(published).keys
    except jwt.PyJWTError as error:
        raise unreachable_issuer() from error
    for key in keys:
        if key.key_id == header.get("kid") and header.get("alg") in _ALGORITHMS:
            return key
    raise invalid_grant("No matching key was found for the ID Token among the issuer's keys.")


def _check_signature(token: str, key: jwt.PyJWK) -> None:
    nothing_else = dict.fromkeys(("verify_aud", "verify_exp", "verify_iat", "verify_nbf"), False)
    try:
        # Times are the rehearsal's, which PyJWT does not know: they are checked apart.
        jwt.decode(token, key, algorithms=_ALGORITHMS, options=nothing_else)  # type: ignore[arg-type]
    except jwt.InvalidTokenError as error:
        raise invalid_grant("The signature of the ID Token is invalid.") from error


def _check_times(cloud: Cloud, claims: Document) -> None:
    now = int(cloud.clock.now().timestamp())
    issued, expires = claims.get("iat"), claims.get("exp")
    if not isinstance(issued, int | float) or not isinstance(expires, int | float):
        raise invalid_grant("The ID Token must have the claims iat and exp.")
    if expires <= now:
        raise invalid_grant(f"ID Token issued at {issued} is stale to sign-in.")
    if issued > now + _SKEW_SECONDS or claims.get("nbf", issued) > now + _SKEW_SECONDS:
        raise invalid_grant(f"ID Token issued at {issued} is not valid yet.")
    if expires - issued > _LONGEST.total_seconds():
        raise invalid_grant("The lifetime of the ID Token must be at most 24 hours.")


def _check_audience(provider: Document, claims: Document) -> None:
    """Without a list of its own, a provider is its own audience, with or without https."""
    name = f"//iam.googleapis.com/{provider['name']}"
    expected = provider["oidc"].get("allowedAudiences") or [f"https:{name}", name]
    given = claims.get("aud", [])
    audiences = [given] if isinstance(given, str) else list(given)
    if not set(audiences) & set(expected):
        raise invalid_grant(
            f"The audience in ID Token [{', '.join(map(str, audiences))}] does not match the"
            f" expected audience {', '.join(expected)}."
        )
