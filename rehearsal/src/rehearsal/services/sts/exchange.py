"""The token exchange: a foreign token for a federated one, by way of a pool's provider.

https://cloud.google.com/iam/docs/reference/sts/rest/v1/TopLevel/token
"""

from datetime import timedelta

from rehearsal.api.call import Answer, Call
from rehearsal.api.service import Service
from rehearsal.documents import Document
from rehearsal.identity.principal import Principal
from rehearsal.services.iam_federation.expiry import POOLS, PROVIDERS
from rehearsal.services.iam_federation.mapping import (
    Identity,
    MappingError,
    RejectedError,
    identify,
)
from rehearsal.services.iam_federation.names import kept, provider_of_audience, shown
from rehearsal.services.sts.refusals import (
    ExchangeError,
    invalid_audience,
    invalid_request,
    invalid_target,
    rejected,
)
from rehearsal.services.sts.verification import verified

_GRANT = "urn:ietf:params:oauth:grant-type:token-exchange"
_ACCESS_TOKEN = "urn:ietf:params:oauth:token-type:access_token"  # noqa: S105
_SUBJECT_TYPES = {
    "urn:ietf:params:oauth:token-type:jwt",
    "urn:ietf:params:oauth:token-type:id_token",
}
_LIFETIME = timedelta(hours=1)

service = Service("sts.googleapis.com", "Security Token Service API", enablement=False)


@service.method(
    "sts",
    "v1",
    "sts.token",
    source="https://cloud.google.com/iam/docs/reference/sts/rest/v1/TopLevel/token",
    unchecked="the token that is handed in is the credential",
)
def exchange(call: Call) -> Document | Answer:
    """Gives an access token of the identity that the provider makes of the foreign token."""
    try:
        principal = _principal(call)
    except ExchangeError as error:
        return error.answer()
    token = call.cloud.tokens.issue(principal, _LIFETIME)
    call.principal = principal
    return {
        "access_token": token,
        "issued_token_type": _ACCESS_TOKEN,
        "token_type": "Bearer",
        "expires_in": int(_LIFETIME.total_seconds()),
    }


def _principal(call: Call) -> Principal:
    _check_request(call.body)
    provider = _provider(call, call.body.get("audience", ""))
    claims = verified(call.cloud, provider, call.body["subjectToken"])
    try:
        identity = identify(provider, claims)
    except RejectedError as error:
        raise rejected(str(error)) from error
    except MappingError as error:
        raise invalid_request(str(error)) from error
    return _federated(provider["name"].partition("/providers/")[0], identity)


def _check_request(body: Document) -> None:
    if body.get("grantType") != _GRANT:
        given = body.get("grantType", "")
        raise ExchangeError("unsupported_grant_type", f"Unsupported grant type: {given}")
    if body.get("requestedTokenType", _ACCESS_TOKEN) != _ACCESS_TOKEN:
        raise invalid_request('Invalid value for "requested_token_type".')
    if body.get("subjectTokenType") not in _SUBJECT_TYPES:
        raise invalid_request('Invalid value for "subject_token_type".')
    if not body.get("subjectToken"):
        raise invalid_request('Missing required parameter "subject_token".')
    if not body.get("scope"):
        raise invalid_request('Missing required parameter "scope".')


def _provider(call: Call, audience: str) -> Document:
    """The provider, which must be there and in use, as its pool must be."""
    name = provider_of_audience(audience)
    if name is None:
        raise invalid_audience()
    # The name must have the project's number, not its id.
    if shown(call.cloud, name) != name:
        raise invalid_audience()
    own = kept(call.cloud, name)
    pool = call.cloud.store.get(POOLS, own.partition("/providers/")[0])
    provider = call.cloud.store.get(PROVIDERS, own)
    for one in (pool, provider):
        if one is None or one["state"] != "ACTIVE" or one.get("disabled"):
            raise invalid_target()
    if provider is None:
        raise invalid_target()
    call.project = own.split("/")[1]
    return provider


def _federated(pool: str, identity: Identity) -> Principal:
    """https://cloud.google.com/iam/docs/principal-identifiers"""
    base = f"//iam.googleapis.com/{pool}"
    sets = {f"principalSet:{base}/*"}
    sets |= {f"principalSet:{base}/group/{group}" for group in identity.groups}
    sets |= {
        f"principalSet:{base}/attribute.{name}/{value}"
        for name, value in identity.attributes.items()
    }
    return Principal(f"principal:{base}/subject/{identity.subject}", frozenset(sets))
