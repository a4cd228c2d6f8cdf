"""What GitHub's issuer answers: its configuration, its keys, and a token to a job that asks."""

import hmac

import msgspec

from rehearsal.api.call import Answer, Call
from rehearsal.api.service import Service
from rehearsal.documents import Document
from rehearsal.services.github.keys import public_keys
from rehearsal.services.github.workflow import (
    HOST,
    ISSUER,
    REQUESTS,
    Workflow,
    digest_of,
    github_token,
)

_SOURCE = "https://docs.github.com/en/actions/reference/security/oidc"
_HOST = HOST.replace(".", r"\.")
_CLAIMS = ["sub", "aud", "exp", "iat", "iss", "jti", "nbf"]

service = Service(HOST, "GitHub Actions OIDC", enablement=False)


@service.raw(
    "GET",
    r"/\.well-known/openid-configuration",
    host=_HOST,
    name="github.openid-configuration",
    source=_SOURCE,
)
def configuration(_: Call) -> Document:
    """OpenID Connect Discovery."""
    job = Workflow("owner/name", environment="name")
    return {
        "issuer": ISSUER,
        "jwks_uri": f"{ISSUER}/.well-known/jwks",
        "subject_types_supported": ["public", "pairwise"],
        "response_types_supported": ["id_token"],
        "claims_supported": sorted({*_CLAIMS, *job.claims()}),
        "id_token_signing_alg_values_supported": ["RS256"],
        "scopes_supported": ["openid"],
    }


@service.raw("GET", r"/\.well-known/jwks", host=_HOST, name="github.jwks", source=_SOURCE)
def keys(call: Call) -> Document:
    """The published keys."""
    return public_keys(call.cloud, ISSUER)


@service.raw(
    "GET",
    r"/(?P<session>[0-9a-f]+)/idtoken",
    host=_HOST,
    name="github.idtoken",
    source=_SOURCE,
)
def token(call: Call) -> Document | Answer:
    """A token to a job that bears its request token; ``audience`` is a query parameter."""
    request = call.cloud.store.get(REQUESTS, call.path["session"])
    given = call.headers.get("authorization", "").partition(" ")[2].strip()
    if request is None or not hmac.compare_digest(request["digest"], digest_of(given)):
        return Answer({"message": "Bad credentials", "status": "401"}, 401)
    workflow = msgspec.convert(request["workflow"], Workflow)
    return {"value": github_token(call.cloud, workflow, call.parameter("audience") or "")}
