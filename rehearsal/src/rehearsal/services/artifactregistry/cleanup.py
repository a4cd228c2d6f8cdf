"""Applies cleanup policies, once a day at midnight UTC.

https://cloud.google.com/artifact-registry/docs/repositories/cleanup-policy: a version goes if a
policy deletes it and none keeps it. When in a day Google does it is not said; midnight is ours. An
age is the time since a version was first pushed.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta

from rehearsal.clock import parse_rfc3339, rfc3339
from rehearsal.cloud import Cloud
from rehearsal.documents import Document
from rehearsal.services.artifactregistry.cleanup_log import log
from rehearsal.services.artifactregistry.deletion import delete_version
from rehearsal.services.artifactregistry.index import Index, Version
from rehearsal.services.artifactregistry.kinds import REPOSITORIES, has_immutable_tags, repository
from rehearsal.services.artifactregistry.names import PackageName, RepositoryName, repository_of
from rehearsal.services.artifactregistry.policies import Candidate, doomed

_STATE = "artifactregistry.state"
_DAY = timedelta(days=1)


def install(cloud: Cloud) -> None:
    """Puts the daily round on the timeline."""
    cloud.timeline.register(
        "artifactregistry.cleanup", lambda at: _fire(cloud, at), lambda: _due(cloud)
    )


def dry_run(cloud: Cloud, name: str) -> list[str]:
    """Names of the versions of ``projects/P/locations/L/repositories/R`` that would go now.

    Raises:
        LookupError: there is no such repository.
    """
    place = repository_of(name)
    document = repository(cloud, place)
    if document is None:
        raise LookupError(f"there is no repository {name}")
    return [_name(place, one) for one in _doomed(cloud, document, cloud.clock.now())]


def _due(cloud: Cloud) -> datetime | None:
    """The midnight after the last round, or after the oldest policies were set."""
    changed = [parse_rfc3339(document["updateTime"]) for document in _with_policies(cloud)]
    if not changed or cloud.addresses.registry is None:
        return None
    last = cloud.store.get(_STATE, "cleanup")
    since = min(changed)
    if last is not None:
        since = max(since, parse_rfc3339(last["at"]))
    return datetime.combine(since.date() + _DAY, time(), UTC)


def _fire(cloud: Cloud, at: datetime) -> None:
    for document in _with_policies(cloud):
        _clean(cloud, document, at)
    with cloud.store.transaction():
        cloud.store.put(_STATE, "cleanup", {"at": rfc3339(at)})


def _clean(cloud: Cloud, document: Document, at: datetime) -> None:
    place = repository_of(document["name"])
    going = _doomed(cloud, document, at)
    if not going:
        return
    validate_only = bool(document.get("cleanupPolicyDryRun"))
    if not validate_only:
        for version in going:
            delete_version(cloud, PackageName(place, version.package), version.digest)
    names = [_name(place, version) for version in going]
    with cloud.store.transaction():
        log(cloud, place, names, at, validate_only=validate_only)


def _with_policies(cloud: Cloud) -> list[Document]:
    return [one for _, one in cloud.store.list(REPOSITORIES) if one.get("cleanupPolicies")]


def _doomed(cloud: Cloud, document: Document, at: datetime) -> list[Version]:
    """In the order in which they can be deleted: indexes before what they name."""
    place = repository_of(document["name"])
    policies = list(document.get("cleanupPolicies", {}).values())
    going = doomed(policies, _candidates(cloud, place), at)
    return sorted(_deletable(cloud, place, going), key=lambda version: not version.children)


def _candidates(cloud: Cloud, place: RepositoryName) -> list[Candidate]:
    index = Index(cloud.store)
    candidates: list[Candidate] = []
    for package_id, _ in index.packages(place):
        package = PackageName(place, package_id)
        tags = index.tags_of(package)
        candidates += [
            Candidate(version, tuple(tags.get(version.digest, ())))
            for version in index.versions(package)
        ]
    return candidates


def _deletable(cloud: Cloud, place: RepositoryName, going: Sequence[Candidate]) -> list[Version]:
    """Without tags that must stay, and without parts of an index that stays."""
    index = Index(cloud.store)
    immutable = has_immutable_tags(cloud, place)
    versions = [one.version for one in going if not (immutable and one.tags)]
    leaving = {(version.package, version.digest) for version in versions}
    return [
        version
        for version in versions
        if all(
            (version.package, parent) in leaving
            for parent in index.parents(PackageName(place, version.package), version.digest)
        )
    ]


def _name(place: RepositoryName, version: Version) -> str:
    return f"{PackageName(place, version.package)}/versions/{version.digest}"
