"""Workload identity federation: pools and their providers."""

from dataclasses import dataclass
from typing import override

from rehearsal.documents import Document
from rehearsal.terraform_provider.resource import Resource
from rehearsal.terraform_provider.resources.shared import COMMON
from rehearsal.terraform_provider.schema import (
    BOOL,
    HERE,
    STRING_MAP,
    STRINGS,
    Block,
    one,
    optional,
    output,
    required,
    timeouts,
)
from rehearsal.terraform_provider.session import Session
from rehearsal.terraform_provider.values import Object

_BASE = "https://iam.googleapis.com/v1/"
_POOLS = "projects/{project}/locations/global/workloadIdentityPools"
_POOL = f"{_POOLS}/{{workload_identity_pool_id}}"
_PROVIDER = f"{_POOL}/providers/{{workload_identity_pool_provider_id}}"
_IDS = r"[0-9a-z-]{4,32}"


@dataclass(frozen=True, kw_only=True)
class Identity(Resource):
    """A deleted one can be read for thirty days more."""

    @override
    def fetch(self, session: Session, state: Object) -> Document | None:
        found = super().fetch(session, state)
        return None if found is None or found.get("state") == "DELETED" else found


@dataclass(frozen=True, kw_only=True)
class Pool(Identity):
    """With its attestation rules, for which the real one asks each time."""

    @override
    def fetch(self, session: Session, state: Object) -> Document | None:
        found = super().fetch(session, state)
        if found is not None:
            session.rest.get(f"{session.expand(self.url, state)}:listAttestationRules")
        return found


RESOURCES = (
    Pool(
        type="google_iam_workload_identity_pool",
        noun="WorkloadIdentityPool",
        label="IAMBetaWorkloadIdentityPool",
        id=_POOL,
        url=f"{_BASE}{_POOL}",
        collection=f"{_BASE}{_POOLS}",
        create_query={"workloadIdentityPoolId": "{workload_identity_pool_id}"},
        masked=True,
        operations=_BASE,
        imports=("{project}/{workload_identity_pool_id}", "{workload_identity_pool_id}"),
        block=Block(
            COMMON
            | {
                "workload_identity_pool_id": required(rest=HERE, replaces=True, pattern=_IDS),
                "display_name": optional(),
                "description": optional(),
                "disabled": optional(BOOL),
                "mode": optional(computed=True, replaces=True),
                "name": output(),
                "state": output(),
                "timeouts": timeouts("create", "update", "delete"),
            }
        ),
    ),
    Identity(
        type="google_iam_workload_identity_pool_provider",
        noun="WorkloadIdentityPoolProvider",
        label="IAMBetaWorkloadIdentityPoolProvider",
        id=_PROVIDER,
        url=f"{_BASE}{_PROVIDER}",
        collection=f"{_BASE}{_POOL}/providers",
        create_query={"workloadIdentityPoolProviderId": "{workload_identity_pool_provider_id}"},
        masked=True,
        operations=_BASE,
        imports=(
            "{project}/{workload_identity_pool_id}/{workload_identity_pool_provider_id}",
            "{workload_identity_pool_id}/{workload_identity_pool_provider_id}",
        ),
        block=Block(
            COMMON
            | {
                "workload_identity_pool_id": required(rest=HERE, replaces=True, pattern=_IDS),
                "workload_identity_pool_provider_id": required(
                    rest=HERE, replaces=True, pattern=_IDS
                ),
                "display_name": optional(),
                "description": optional(),
                "disabled": optional(BOOL),
                "attribute_mapping": optional(STRING_MAP),
                "attribute_condition": optional(),
                "name": output(),
                "state": output(),
                "oidc": one()(
                    issuer_uri=required(),
                    allowed_audiences=optional(STRINGS),
                    jwks_json=optional(),
                ),
                "timeouts": timeouts("create", "update", "delete"),
            }
        ),
    ),
)
DATA_SOURCES = ()
