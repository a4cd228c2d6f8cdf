"""Which versions cleanup policies delete: every condition, and what keeps a version."""

from datetime import UTC, datetime, timedelta

import pytest

from rehearsal.clock import rfc3339
from rehearsal.documents import Document
from rehearsal.services.artifactregistry.index import Version
from rehearsal.services.artifactregistry.policies import Candidate, doomed

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def candidate(digest: str, days: float, *tags: str, package: str = "ingest") -> Candidate:
    moment = rfc3339(NOW - timedelta(days=days))
    version = Version(package, f"sha256:{digest}", "", 1, {}, [], moment, moment)
    return Candidate(version, tags)


NEW = candidate("aa", 1)
OLD = candidate("ab", 40)
TAGGED = candidate("bb", 40, "release-1", "v1")
OTHER = candidate("cc", 40, "pr-7", package="team/other")
ALL = (NEW, OLD, TAGGED, OTHER)


def going(*policies: Document) -> set[str]:
    return {one.version.digest.removeprefix("sha256:") for one in doomed(policies, ALL, NOW)}


def delete(**condition: object) -> Document:
    return {"action": "DELETE", "condition": condition}


def keep(**condition: object) -> Document:
    return {"action": "KEEP", "condition": condition}


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ({}, {"aa", "ab", "bb", "cc"}),
        ({"tagState": "ANY"}, {"aa", "ab", "bb", "cc"}),
        ({"tagState": "UNTAGGED"}, {"aa", "ab"}),
        ({"tagState": "TAGGED"}, {"bb", "cc"}),
        ({"olderThan": "2592000s"}, {"ab", "bb", "cc"}),
        ({"newerThan": "2592000s"}, {"aa"}),
        ({"olderThan": "86400s", "newerThan": "4000000s"}, {"ab", "bb", "cc"}),
        ({"tagState": "TAGGED", "tagPrefixes": ["pr-", "x"]}, {"cc"}),
        ({"tagState": "TAGGED", "tagPrefixes": ["v"]}, {"bb"}),
        ({"versionNamePrefixes": ["sha256:a"]}, {"aa", "ab"}),
        ({"packageNamePrefixes": ["team/"]}, {"cc"}),
        ({"tagState": "UNTAGGED", "olderThan": "2592000s"}, {"ab"}),
    ],
)
def test_a_version_goes_if_all_of_a_condition_holds(
    condition: Document, expected: set[str]
) -> None:
    assert going(delete(**condition)) == expected


def test_an_age_of_exactly_the_limit_is_not_older() -> None:
    assert going(delete(olderThan=f"{40 * 86_400}s")) == set()


def test_what_one_policy_keeps_no_other_deletes() -> None:
    assert going(delete(), keep(tagState="TAGGED", tagPrefixes=["release-"])) == {"aa", "ab", "cc"}


def test_to_keep_something_deletes_nothing_else() -> None:
    assert going(keep(tagState="TAGGED")) == set()


def test_the_newest_of_each_package_are_kept() -> None:
    recent = {"action": "KEEP", "mostRecentVersions": {"keepCount": 1}}
    assert going(delete(), recent) == {"ab", "bb"}


def test_the_newest_of_some_packages_are_kept() -> None:
    some = {"keepCount": 5, "packageNamePrefixes": ["team/"]}
    assert going(delete(), {"action": "KEEP", "mostRecentVersions": some}) == {"aa", "ab", "bb"}


def test_two_deleting_policies_add_up() -> None:
    assert going(delete(newerThan="172800s"), delete(packageNamePrefixes=["team"])) == {"aa", "cc"}
