"""Which versions a repository's cleanup policies delete: those that none of them keeps.

https://cloud.google.com/artifact-registry/docs/repositories/cleanup-policy
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from rehearsal.api.durations import duration
from rehearsal.clock import parse_rfc3339
from rehearsal.documents import Document
from rehearsal.services.artifactregistry.index import Version


@dataclass(frozen=True)
class Candidate:
    """A version with its tags."""

    version: Version
    tags: tuple[str, ...]


def doomed(
    policies: Sequence[Document], candidates: Sequence[Candidate], at: datetime
) -> list[Candidate]:
    """Those that go as of ``at``."""
    kept = set(_kept_as_recent(policies, candidates))
    return [
        one
        for one in candidates
        if (one.version.package, one.version.digest) not in kept
        and _meets_any(policies, "DELETE", one, at)
        and not _meets_any(policies, "KEEP", one, at)
    ]


def _meets_any(
    policies: Sequence[Document], action: str, candidate: Candidate, at: datetime
) -> bool:
    return any(
        policy["action"] == action
        and "condition" in policy
        and _meets(policy["condition"], candidate, at)
        for policy in policies
    )


def _meets(condition: Document, candidate: Candidate, at: datetime) -> bool:
    """Whether all that the condition names holds; one that names nothing holds for all."""
    version = candidate.version
    age = at - parse_rfc3339(version.created)
    older, newer = condition.get("olderThan"), condition.get("newerThan")
    return (
        _has_state(condition.get("tagState", "ANY"), candidate.tags)
        and (older is None or age > duration(older, "older_than"))
        and (newer is None or age < duration(newer, "newer_than"))
        and _starts(condition.get("tagPrefixes"), *candidate.tags)
        and _starts(condition.get("versionNamePrefixes"), version.digest)
        and _starts(condition.get("packageNamePrefixes"), version.package)
    )


def _has_state(state: str, tags: Sequence[str]) -> bool:
    if state == "TAGGED":
        return bool(tags)
    return not tags if state == "UNTAGGED" else True


def _starts(prefixes: Sequence[str] | None, *texts: str) -> bool:
    """Whether one of the texts starts with one of the prefixes, if there are any."""
    return not prefixes or any(text.startswith(tuple(prefixes)) for text in texts)


def _kept_as_recent(
    policies: Sequence[Document], candidates: Sequence[Candidate]
) -> Iterator[tuple[str, str]]:
    """Package and digest of the newest of each package, as many as a policy says."""
    newest = sorted((one.version for one in candidates), key=lambda one: one.created, reverse=True)
    for policy in policies:
        rule = policy.get("mostRecentVersions")
        if rule is None:
            continue
        for package in {version.package for version in newest}:
            if _starts(rule.get("packageNamePrefixes"), package):
                digests = [one.digest for one in newest if one.package == package]
                yield from ((package, digest) for digest in digests[: rule["keepCount"]])
