"""The methods of workload identity pools."""

from copy import deepcopy

from rehearsal.api import operations
from rehearsal.api.call import Call
from rehearsal.api.masks import patch
from rehearsal.api.pages import page
from rehearsal.api.resources import Collection
from rehearsal.documents import Document
from rehearsal.errors import failed_precondition, not_found
from rehearsal.services.iam_federation import expiry, names
from rehearsal.services.iam_federation.definition import API, POOLS, service

_SETTABLE = ("displayName", "description", "disabled", "mode", "inlineTrustConfig",
             "inlineCertificateIssuanceConfig")  # fmt: skip
_TYPE = "type.googleapis.com/google.iam.v1.WorkloadIdentityPool"

pools = Collection(
    expiry.POOLS,
    missing=lambda _: "Requested entity was not found.",
    exists=lambda _: "Requested entity already exists",
)


def live_pool(call: Call, name: str) -> Document:
    """A pool that is not deleted.

    Raises:
        ApiError: 404.
    """
    pool = pools.get(call, name)
    if pool["state"] == "DELETED":
        raise not_found("Requested entity was not found.")
    return pool


@service.method(*API, f"{POOLS}.create", source="recorded")
def create(call: Call) -> Document:
    """Makes a pool. A deleted one of that id stands in the way until it is gone."""
    given = call.parameter("workloadIdentityPoolId")
    pool_id = names.check_id(given, "workload_identity_pool_id")
    name = f"{call.path['parent']}/workloadIdentityPools/{pool_id}"
    settable = {one: deepcopy(call.body[one]) for one in _SETTABLE if one in call.body}
    pool = {"name": names.shown(call.cloud, name), "state": "ACTIVE"} | settable
    return _done(call, pools.create(call, name, pool))


@service.method(*API, f"{POOLS}.get", source="recorded")
def get(call: Call) -> Document:
    """Reads a pool; a deleted one says so."""
    return pools.get(call, call.path["name"])


@service.method(*API, f"{POOLS}.list", source="unverified")
def list_pools(call: Call) -> Document:
    """Lists a project's pools, deleted ones only if asked for."""
    found = pools.list(call, f"{call.path['parent']}/workloadIdentityPools/")
    every = (call.parameter("showDeleted") or "").lower() == "true"
    shown = [pool for pool in found if every or pool["state"] != "DELETED"]
    return page(call, shown, "workloadIdentityPools", default=50)


@service.method(*API, f"{POOLS}.patch", source="recorded")
def update(call: Call) -> Document:
    """Changes the fields of the mask."""
    current = live_pool(call, call.path["name"])
    changed = patch(current, call.body, call.parameter("updateMask"), _SETTABLE)
    return _done(call, pools.replace(call, call.path["name"], changed))


@service.method(*API, f"{POOLS}.delete", source="recorded")
def delete(call: Call) -> Document:
    """Deletes a pool; for 30 days it can be brought back."""
    pool = expiry.deleted(live_pool(call, call.path["name"]), call.now)
    return _done(call, pools.replace(call, call.path["name"], pool))


@service.method(*API, f"{POOLS}.undelete", source="unverified")
def undelete(call: Call) -> Document:
    """Brings a deleted pool back."""
    pool = pools.get(call, call.path["name"])
    if pool["state"] != "DELETED":
        raise failed_precondition("The workload identity pool is not deleted.")
    return _done(call, pools.replace(call, call.path["name"], expiry.undeleted(pool)))


@service.method(*API, f"{POOLS}.listAttestationRules", source="recorded")
def list_attestation_rules(call: Call) -> Document:
    """None: rules belong to managed identities, which are not here."""
    pools.get(call, call.path["resource"])
    return {}


def _done(call: Call, pool: Document) -> Document:
    return operations.done(call, pool["name"], pool, _TYPE)
