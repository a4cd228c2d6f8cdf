import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import Programs


def delivery(
    *arguments: str, environment: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "delivery", *arguments],
        env=os.environ | (environment or {}),
        capture_output=True,
        text=True,
    )


def test_without_a_project_it_says_what_to_set_and_nothing_of_python() -> None:
    done = delivery("smoke")
    assert done.returncode == 2
    assert "GCP_PROJECT_ID is not set" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("number", ["", "twelve", "0", "-1"])
def test_a_pull_request_has_a_number(number: str) -> None:
    done = delivery("pr-remove", "--", number)
    assert done.returncode == 2
    assert "is no number of a pull request" in done.stderr


def test_a_program_that_fails_is_told_with_its_last_words(programs: Programs) -> None:
    programs.answer("bq rm", "Access Denied: Dataset dog_breeds_pr_3", status=1)
    done = delivery("pr-remove", "3", environment={"GCP_PROJECT_ID": "dog-breeds-demo"})
    assert done.returncode == 1
    assert "Access Denied: Dataset dog_breeds_pr_3" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_program_that_is_missing_is_told_with_where_it_comes_from(tmp_path: Path) -> None:
    environment = {"GCP_PROJECT_ID": "dog-breeds-demo", "PATH": str(tmp_path)}
    done = delivery("smoke", environment=environment)
    assert done.returncode == 2
    assert "gcloud is not on the PATH" in done.stderr


def test_in_github_an_error_is_an_annotation_and_in_the_summary(tmp_path: Path) -> None:
    summary = tmp_path / "summary.md"
    done = delivery(
        "smoke", environment={"GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": str(summary)}
    )
    assert "::error title=delivery::GCP_PROJECT_ID is not set" in done.stdout
    assert "**Failed.** GCP_PROJECT_ID" in summary.read_text()
