"""Applies the lifecycle rules of buckets, once a day at midnight UTC.

https://cloud.google.com/storage/docs/lifecycle: what deletes goes before what changes a class. When
in a day Google does it is not said; midnight is ours.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from rehearsal.clock import parse_rfc3339, rfc3339
from rehearsal.cloud import Cloud
from rehearsal.documents import Document
from rehearsal.services.storage import versions
from rehearsal.services.storage.content import contents
from rehearsal.services.storage.versions import Version

_BUCKETS = "storage.buckets"
_STATE = "storage.state"
_DAY = timedelta(days=1)


def install(cloud: Cloud) -> None:
    """Puts the daily round on the timeline."""
    cloud.timeline.register(_STATE, lambda at: fire(cloud, at), lambda: due(cloud))


def due(cloud: Cloud) -> datetime | None:
    """The midnight after the last round, or after the oldest rules were set; None without rules."""
    changed = [parse_rfc3339(bucket["updated"]) for bucket in _with_rules(cloud)]
    if not changed:
        return None
    last = cloud.store.get(_STATE, "lifecycle")
    since = min(changed)
    if last is not None:
        since = max(since, parse_rfc3339(last["at"]))
    return datetime.combine(since.date() + _DAY, time(), UTC)


def fire(cloud: Cloud, at: datetime) -> None:
    """Applies all rules as of ``at``."""
    with cloud.store.transaction():
        for bucket in _with_rules(cloud):
            for group in _by_name(cloud, bucket["name"]):
                _apply(cloud, bucket, group, at)
        cloud.store.put(_STATE, "lifecycle", {"at": rfc3339(at)})
    # Only what is gone for good loses its bytes: they would not come back with a rollback.
    with cloud.store.transaction():
        contents(cloud).keep_only(versions.blobs_in_use(cloud.store))


def _with_rules(cloud: Cloud) -> list[Document]:
    return [
        bucket
        for _, bucket in cloud.store.list(_BUCKETS)
        if bucket.get("lifecycle", {}).get("rule")
    ]


def _by_name(cloud: Cloud, bucket: str) -> list[list[Version]]:
    """The versions of each name, the newest first."""
    groups: dict[str, list[Version]] = {}
    for version in versions.all_live(cloud.store, bucket):
        groups.setdefault(version.name, []).append(version)
    for version in reversed(versions.all_noncurrent(cloud.store, bucket)):
        groups.setdefault(version.name, []).append(version)
    return list(groups.values())


def _apply(cloud: Cloud, bucket: Document, group: list[Version], at: datetime) -> None:
    for newer, version in enumerate(group):
        actions = [
            rule["action"]
            for rule in bucket["lifecycle"]["rule"]
            if _holds(rule["condition"], version, newer, at)
        ]
        if any(action["type"] == "Delete" for action in actions):
            _delete(cloud, bucket, version, at)
            continue
        for action in actions:
            if action["type"] == "SetStorageClass":
                changed = {
                    "storageClass": action["storageClass"],
                    "timeStorageClassUpdated": rfc3339(at),
                }
                versions.put(cloud.store, Version(version.resource | changed, version.blob))


def _delete(cloud: Cloud, bucket: Document, version: Version, at: datetime) -> None:
    held = version.resource.get("temporaryHold") or version.resource.get("eventBasedHold")
    if held:
        return
    if version.live:
        keeps = bool(bucket.get("versioning", {}).get("enabled"))
        versions.retire(cloud.store, version, at, versioning=keeps)
    else:
        versions.erase(cloud.store, version)


def _holds(condition: Document, version: Version, newer: int, at: datetime) -> bool:
    """Whether all of a rule's conditions are met; ``newer`` counts the newer versions."""
    return all(
        _CONDITIONS[name](value, version, newer, at)
        for name, value in condition.items()
        if name in _CONDITIONS
    )


def _days_since(field: str) -> Callable[[Any, Version, int, datetime], bool]:
    def check(days: Any, version: Version, _: int, at: datetime) -> bool:
        text = version.resource.get(field)
        return text is not None and (at - parse_rfc3339(text)).days >= int(days)

    return check


def _before(field: str) -> Callable[[Any, Version, int, datetime], bool]:
    def check(day: Any, version: Version, _: int, __: datetime) -> bool:
        text = version.resource.get(field)
        return text is not None and parse_rfc3339(text).date() < date.fromisoformat(day)

    return check


_CONDITIONS: dict[str, Callable[[Any, Version, int, datetime], bool]] = {
    "age": _days_since("timeCreated"),
    "daysSinceNoncurrentTime": _days_since("timeDeleted"),
    "daysSinceCustomTime": _days_since("customTime"),
    "createdBefore": _before("timeCreated"),
    "noncurrentTimeBefore": _before("timeDeleted"),
    "customTimeBefore": _before("customTime"),
    "isLive": lambda value, version, _, __: version.live == value,
    "numNewerVersions": lambda value, _, newer, __: newer >= int(value),
    "matchesStorageClass": lambda value, version, _, __: version.resource["storageClass"] in value,
    "matchesPrefix": lambda value, version, _, __: version.name.startswith(tuple(value)),
    "matchesSuffix": lambda value, version, _, __: version.name.endswith(tuple(value)),
}
