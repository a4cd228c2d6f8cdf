"""pr-validation.yml and sweep.yml: pull requests that pass, fail, come from a fork; leftovers.

Three jobs are made smaller by ordinary variables and act's ``--matrix``, for what they call is run
by itself elsewhere: lint to the workflows' own checks (``LINTS``), the tests to a file of the
delivery's (``PYTEST_ADDOPTS``), Terraform to the root module (``TERRAFORM_FOLDERS``).

What act can't show: it does not run a job with ``if: always()`` after a cancellation. The datasets
are removed by a step, which it does run.
"""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.delivery.github import GitHub, Repository, pull_request
from tests.delivery.project import TESTS, Project

_NARROWED = {
    "LINTS": "workflows-lint",
    "PYTEST_ADDOPTS": "-k test_system",
    "TERRAFORM_FOLDERS": ".",
}
_EVERYTHING = {"lint", "workflows", "test", "terraform", "sample", "gate"}


@pytest.fixture
def small(github: GitHub) -> GitHub:
    """GitHub, with the heavy jobs made smaller."""
    return replace(github, narrowed=_NARROWED, options=("--matrix", "part:delivery"))


def test_a_pull_request_that_passes_leaves_nothing_behind(
    small: GitHub, repository: Repository, project: Project
) -> None:
    event = pull_request(7, repository)
    run = small.run(repository, "pr-validation.yml", "pull_request", event).require()
    assert run.jobs == dict.fromkeys(_EVERYTHING | {"bigquery"}, "success")
    assert "72 breeds are in dog_breeds_pr_7." in run.output
    assert not {name for name in project.datasets() if name.startswith("dog_breeds_pr_")}


def test_a_pull_request_that_fails_leaves_nothing_behind_either(
    small: GitHub, repository: Repository, project: Project, tmp_path: Path
) -> None:
    changed = repository.copy(tmp_path / "changed")
    changed.edit(
        "pipelines/dlt-ingestion/src/dlt_ingestion/paging.py",
        "for number in range(_MOST_PAGES):",
        "for number in range(1, _MOST_PAGES):",
    )
    event = pull_request(8, changed)
    run = small.run(changed, "pr-validation.yml", "pull_request", event, job="bigquery")
    assert not run.succeeded
    assert run.steps["make pr-run"] == "failure"
    assert run.steps["Remove the pull request's datasets"] == "success"
    assert not {name for name in project.datasets() if name.startswith("dog_breeds_pr_")}


def test_one_that_is_cancelled_leaves_nothing_behind_either(
    github: GitHub, repository: Repository, project: Project
) -> None:
    event = pull_request(10, repository)
    run = github.run(
        repository, "pr-validation.yml", "pull_request", event,
        job="bigquery", cancelled_at="secrets versions access",
    )  # fmt: skip
    assert not run.succeeded
    assert "72 breeds are in" not in run.output
    assert run.steps["Remove the pull request's datasets"] == "success"
    assert not {name for name in project.datasets() if name.startswith("dog_breeds_pr_")}


def test_a_fork_gets_no_credentials_and_still_a_useful_check(
    small: GitHub, repository: Repository, project: Project
) -> None:
    event = pull_request(9, repository, head="stranger/dog-breeds")
    run = small.run(repository, "pr-validation.yml", "pull_request", event).require()
    assert {job for job, result in run.jobs.items() if result == "success"} == _EVERYTHING
    assert "google-github-actions/auth" not in " ".join(run.steps)


def test_what_a_killed_run_left_is_swept_at_night(
    github: GitHub, repository: Repository, project: Project
) -> None:
    for dataset, label in (
        ("dog_breeds_pr_5", "purpose:pull-request"),
        ("dog_breeds_pr_5_staging", "purpose:pull-request"),
        ("dog_breeds_pr_6_own", "purpose:pull-request"),
        ("dog_breeds_pr_4", "purpose:keep"),
    ):
        project.rehearsal.ok("bq", "mk", f"--label={label}", "--dataset", dataset, as_=TESTS)
    hourly = replace(github, narrowed={"SWEEP_HOURS": "0"})
    event = {"schedule": "17 2 * * *", "repository": {"default_branch": "main"}}
    run = hourly.run(repository, "sweep.yml", "schedule", event).require()
    assert "Removed 2 datasets" in run.output
    left = {name for name in project.datasets() if name.startswith("dog_breeds_pr_")}
    assert left == {"dog_breeds_pr_6_own", "dog_breeds_pr_4"}
