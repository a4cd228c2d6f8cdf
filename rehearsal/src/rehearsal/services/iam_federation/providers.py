"""The methods of the providers of a pool."""

from copy import deepcopy
from urllib.parse import urlsplit

import msgspec

from rehearsal.api import operations
from rehearsal.api.call import Call
from rehearsal.api.masks import patch
from rehearsal.api.pages import page
from rehearsal.api.resources import Collection
from rehearsal.documents import Document, decode
from rehearsal.errors import ApiError, failed_precondition, invalid_argument, not_found, not_here
from rehearsal.services.iam_federation import expiry, mapping, names
from rehearsal.services.iam_federation.definition import API, POOLS, service
from rehearsal.services.iam_federation.pools import live_pool

_PROVIDERS = f"{POOLS}.providers"
_SETTABLE = ("displayName", "description", "disabled", "attributeMapping", "attributeCondition",
             "oidc")  # fmt: skip
_TYPE = "type.googleapis.com/google.iam.v1.WorkloadIdentityPoolProvider"
_MOST_AUDIENCES = 10

providers = Collection(
    expiry.PROVIDERS,
    missing=lambda _: "Requested entity was not found.",
    exists=lambda _: "Requested entity already exists",
)


@service.method(*API, f"{_PROVIDERS}.create", source="recorded")
def create(call: Call) -> Document:
    """Makes a provider of a pool."""
    live_pool(call, call.path["parent"])
    given = call.parameter("workloadIdentityPoolProviderId")
    provider_id = names.check_id(given, "workload_identity_pool_provider_id")
    name = f"{call.path['parent']}/providers/{provider_id}"
    _require_oidc(call.body)
    settable = {one: deepcopy(call.body[one]) for one in _SETTABLE if one in call.body}
    provider = {"name": names.shown(call.cloud, name), "state": "ACTIVE"} | settable
    _check(provider)
    return _done(call, providers.create(call, name, provider))


@service.method(*API, f"{_PROVIDERS}.get", source="recorded")
def get(call: Call) -> Document:
    """Reads a provider; a deleted one says so."""
    return providers.get(call, call.path["name"])


@service.method(*API, f"{_PROVIDERS}.list", source="unverified")
def list_providers(call: Call) -> Document:
    """Lists a pool's providers, deleted ones only if asked for."""
    live_pool(call, call.path["parent"])
    found = providers.list(call, f"{call.path['parent']}/providers/")
    every = (call.parameter("showDeleted") or "").lower() == "true"
    shown = [one for one in found if every or one["state"] != "DELETED"]
    return page(call, shown, "workloadIdentityPoolProviders", default=50)


@service.method(*API, f"{_PROVIDERS}.patch", source="recorded")
def update(call: Call) -> Document:
    """Changes the fields of the mask."""
    current = _live(call)
    mask = call.parameter("updateMask")
    _require_oidc(call.body)
    # The keys of a mapping have dots of their own: it is changed as a whole.
    whole = ",".join(dict.fromkeys(_whole_mapping(one) for one in (mask or "").split(",")))
    changed = patch(current, call.body, whole, _SETTABLE)
    _check(changed)
    return _done(call, providers.replace(call, call.path["name"], changed))


@service.method(*API, f"{_PROVIDERS}.delete", source="recorded")
def delete(call: Call) -> Document:
    """Deletes a provider; for 30 days it can be brought back."""
    provider = expiry.deleted(_live(call), call.now)
    return _done(call, providers.replace(call, call.path["name"], provider))


@service.method(*API, f"{_PROVIDERS}.undelete", source="unverified")
def undelete(call: Call) -> Document:
    """Brings a deleted provider back."""
    provider = providers.get(call, call.path["name"])
    if provider["state"] != "DELETED":
        raise failed_precondition("The workload identity pool provider is not deleted.")
    return _done(call, providers.replace(call, call.path["name"], expiry.undeleted(provider)))


def _live(call: Call) -> Document:
    provider = providers.get(call, call.path["name"])
    if provider["state"] == "DELETED":
        raise not_found("Requested entity was not found.")
    return provider


def _whole_mapping(path: str) -> str:
    head = path.strip().partition(".")[0]
    return head if head in {"attributeMapping", "attribute_mapping"} else path


def _require_oidc(body: Document) -> None:
    for other in ("aws", "saml", "x509"):
        if other in body:
            raise not_here(f"Providers of the kind {other} are Google's, not the rehearsal's.")


def _check(provider: Document) -> None:
    oidc = provider.get("oidc")
    if oidc is None:
        raise _refusal("provider_config", "One of aws, oidc, saml and x509 must be set.")
    if not _is_issuer(oidc.get("issuerUri", "")):
        raise _refusal("oidc.issuer_uri", "The issuer URI must be a valid URI that uses https.")
    if len(oidc.get("allowedAudiences", [])) > _MOST_AUDIENCES:
        raise _refusal("oidc.allowed_audiences", "At most 10 audiences can be given.")
    if oidc.get("jwksJson"):
        _check_keys(oidc["jwksJson"])
    mapping.check(provider)


def _is_issuer(address: str) -> bool:
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    plain = not (parts.query or parts.fragment)
    return parts.scheme == "https" and bool(parts.hostname) and plain


def _check_keys(text: str) -> None:
    try:
        keys = decode(text.encode()).get("keys")
    except msgspec.DecodeError as error:
        raise _refusal("oidc.jwks_json", "The JWKS is no valid JSON.") from error
    if not isinstance(keys, list) or not keys:
        raise _refusal("oidc.jwks_json", "The JWKS has no keys.")


def _refusal(field: str, why: str) -> ApiError:
    return invalid_argument(why, (f"workload_identity_pool_provider.{field}", why))


def _done(call: Call, provider: Document) -> Document:
    return operations.done(call, provider["name"], provider, _TYPE)
