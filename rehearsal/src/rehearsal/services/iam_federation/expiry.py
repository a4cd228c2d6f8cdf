"""Deleted pools and providers can be brought back for 30 days; then they are gone for good.

https://cloud.google.com/iam/docs/manage-workload-identity-pools-providers#undelete-pool
"""

from datetime import datetime, timedelta

from rehearsal.clock import parse_rfc3339, rfc3339
from rehearsal.cloud import Cloud
from rehearsal.documents import Document

POOLS = "iam.workloadIdentityPools"
PROVIDERS = "iam.workloadIdentityPoolProviders"
_KEPT = timedelta(days=30)


def install(cloud: Cloud) -> None:
    """Puts the end of deleted pools and providers on the timeline."""
    cloud.timeline.register(POOLS, lambda at: _fire(cloud, at), lambda: _due(cloud))


def deleted(document: Document, now: datetime) -> Document:
    """As it is from its deletion on."""
    return document | {"state": "DELETED", "expireTime": rfc3339(now + _KEPT)}


def undeleted(document: Document) -> Document:
    """As it is when it has been brought back."""
    return {name: value for name, value in document.items() if name != "expireTime"} | {
        "state": "ACTIVE"
    }


def _due(cloud: Cloud) -> datetime | None:
    return min((moment for _, _, moment in _ending(cloud)), default=None)


def _fire(cloud: Cloud, at: datetime) -> None:
    with cloud.store.transaction():
        for kind, name, moment in _ending(cloud):
            if moment <= at:
                cloud.store.delete(kind, name)
                for below, _ in cloud.store.list(PROVIDERS, f"{name}/"):
                    cloud.store.delete(PROVIDERS, below)


def _ending(cloud: Cloud) -> list[tuple[str, str, datetime]]:
    return [
        (kind, name, parse_rfc3339(document["expireTime"]))
        for kind in (POOLS, PROVIDERS)
        for name, document in cloud.store.list(kind)
        if "expireTime" in document
    ]
