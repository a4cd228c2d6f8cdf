"""deploy.yml: a merge that deploys, one that is rolled back, both by hand, tokens that are refused.

What act can't show: it ignores ``concurrency``, so that two deployments never overlap is GitHub's
own promise; it ignores ``permissions``, so that a job without ``id-token: write`` gets no token is,
too.
"""

import json
from dataclasses import dataclass
from typing import Any

import pytest

from tests.delivery.github import GitHub, Repository, Run
from tests.delivery.project import IMAGE, Project

_NOT_OURS = "rejected by the attribute condition"
_NOT_THIS_ACCOUNT = "iam.serviceAccounts.getAccessToken"


@dataclass(frozen=True)
class Merged:
    """A merge, and how its workflow ended."""

    sha: str
    run: Run


def merge(repository: Repository) -> dict[str, Any]:
    return {
        "ref": "refs/heads/main",
        "after": repository.sha,
        "repository": {"full_name": "example/dog-breeds", "default_branch": "main"},
    }


def by_hand_event(action: str, version: str = "") -> dict[str, Any]:
    return {"ref": "refs/heads/main", "inputs": {"action": action, "version": version}}


@pytest.fixture(scope="session")
def first(github: GitHub, repository: Repository, by_hand: str) -> Merged:
    """The first merge after a deployment by hand. The same commit would give the same image."""
    repository.commit("The first merge")
    run = github.run(repository, "deploy.yml", "push", merge(repository))
    return Merged(repository.sha, run)


def test_a_merge_builds_pushes_lists_and_deploys(
    first: Merged, project: Project, github: GitHub, by_hand: str
) -> None:
    first.run.require()
    tags = project.tags()
    digest = tags[first.sha]
    assert digest == project.job_digest() == tags["latest"] == tags["deployed"]
    assert tags["previous"] == by_hand != digest
    assert project.breeds() == 72
    assert "72 breeds, read at" in first.run.output


def test_the_list_of_what_is_in_the_image_is_kept(first: Merged, github: GitHub) -> None:
    (file,) = (github.folder / "artifacts").rglob("*.json")
    listed = json.loads(file.read_text(encoding="utf-8"))
    assert listed["bomFormat"] == "CycloneDX"
    assert {"name": "image", "value": f"{IMAGE}:{first.sha}"} in listed["metadata"]["properties"]
    names = {one["name"] for one in listed["components"]}
    assert {"dlt", "google-cloud-bigquery", "msgspec"} <= names
    assert not {"pytest", "grpcio"} & names


@pytest.fixture(scope="session")
def broken(
    github: GitHub,
    repository: Repository,
    first: Merged,
    tmp_path_factory: pytest.TempPathFactory,
) -> Merged:
    """A merge of a change with which every run fails: it leaves out the first page."""
    changed = repository.copy(tmp_path_factory.mktemp("broken") / "repository")
    changed.edit(
        "pipelines/dlt-ingestion/src/dlt_ingestion/paging.py",
        "for number in range(_MOST_PAGES):",
        "for number in range(1, _MOST_PAGES):",
    )
    return Merged(changed.sha, github.run(changed, "deploy.yml", "push", merge(changed)))


def test_a_merge_whose_smoke_run_fails_is_rolled_back_and_says_why(
    first: Merged, broken: Merged, project: Project, by_hand: str
) -> None:
    assert not broken.run.succeeded
    steps = broken.run.steps
    assert steps["Look whether it works"] == "failure"
    assert steps["Go back to what was deployed"] == "success"
    assert "SourceError" in broken.run.output
    assert "Rolled back to" in broken.run.output
    tags = project.tags()
    digest = tags[first.sha]
    assert project.job_digest() == digest == tags["deployed"] == tags["latest"]
    assert tags[broken.sha] != digest
    assert tags["previous"] == by_hand
    assert project.breeds() == 72


def test_after_going_back_a_plan_with_latest_is_empty(
    broken: Merged, repository: Repository, project: Project
) -> None:
    assert not project.plan_changes_something(repository)


def test_by_hand_it_goes_back_to_what_was_deployed_before(
    github: GitHub,
    repository: Repository,
    broken: Merged,
    first: Merged,
    project: Project,
    by_hand: str,
) -> None:
    event = by_hand_event("rollback")
    run = github.run(repository, "deploy.yml", "workflow_dispatch", event).require()
    assert "Build" not in run.steps
    tags = project.tags()
    assert project.job_digest() == by_hand == tags["deployed"] == tags["latest"]
    assert tags["previous"] == tags[first.sha]


def test_by_hand_a_commit_is_deployed_without_being_built_anew(
    github: GitHub,
    repository: Repository,
    broken: Merged,
    first: Merged,
    project: Project,
    by_hand: str,
) -> None:
    event = by_hand_event("deploy", first.sha)
    run = github.run(repository, "deploy.yml", "workflow_dispatch", event).require()
    assert "Build" not in run.steps
    assert project.job_digest() == project.tags()[first.sha]


@pytest.mark.parametrize(
    ("claims", "step", "reason"),
    [
        ({"repository_id": "987654321"}, "google-github-actions/auth", _NOT_OURS),
        ({"ref": "refs/heads/other"}, "Look for all that is needed", _NOT_THIS_ACCOUNT),
        ({"event": "pull_request"}, "Look for all that is needed", _NOT_THIS_ACCOUNT),
    ],
    ids=["another repository", "another branch", "a pull request"],
)  # fmt: skip
def test_a_token_of_another_is_refused(
    claims: dict[str, str], step: str, reason: str,
    github: GitHub, repository: Repository, project: Project, by_hand: str,
) -> None:  # fmt: skip
    """The event says main, as a forged one could; the token tells the truth, which Google reads."""
    before = project.job_digest()
    event = by_hand_event("rollback")
    run = github.run(repository, "deploy.yml", "workflow_dispatch", event, claims=claims)
    assert not run.succeeded
    failed = [name for name, result in run.steps.items() if result == "failure"]
    assert [name.partition("@")[0] for name in failed] == [step]
    assert reason in run.output
    assert project.job_digest() == before
