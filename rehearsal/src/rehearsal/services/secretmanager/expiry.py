"""Deletes secrets whose time is up, and destroys versions whose destruction was delayed.

https://cloud.google.com/secret-manager/docs/secret-expiration and
https://cloud.google.com/secret-manager/docs/delay-destruction-of-secret-versions
"""

from datetime import datetime

from rehearsal.clock import parse_rfc3339, rfc3339
from rehearsal.cloud import Cloud
from rehearsal.services.secretmanager.kept import SECRETS, VERSIONS, delete_secret, destroy, parsed

type _Moments = list[tuple[datetime, str]]


def install(cloud: Cloud) -> None:
    """Puts both on the timeline."""
    cloud.timeline.register(
        "secretmanager.expiry", lambda at: _fire(cloud, at), lambda: _due(cloud)
    )


def _due(cloud: Cloud) -> datetime | None:
    moments = _moments(cloud, SECRETS, "expireTime")
    moments += _moments(cloud, VERSIONS, "scheduledDestroyTime")
    return min((moment for moment, _ in moments), default=None)


def _fire(cloud: Cloud, at: datetime) -> None:
    with cloud.store.transaction():
        for moment, secret in _moments(cloud, SECRETS, "expireTime"):
            if moment <= at:
                delete_secret(cloud, secret)
        for moment, version in _moments(cloud, VERSIONS, "scheduledDestroyTime"):
            if moment <= at:
                name = parsed(version)
                destroy(cloud.store, name.secret, int(name.version), rfc3339(moment))


def _moments(cloud: Cloud, kind: str, field: str) -> _Moments:
    return [
        (parse_rfc3339(document[field]), name)
        for name, document in cloud.store.list(kind)
        if field in document
    ]
