"""Bootstrap applied to an empty project: it repeats itself, and gives nobody too much."""

import json

import pytest

from tests.infrastructure.installation import (
    BUCKET,
    DEPLOY,
    GITHUB,
    KEY,
    PROJECT,
    Installation,
    account,
)

pytestmark = [pytest.mark.xdist_group("infrastructure"), pytest.mark.timeout(900)]


def test_a_second_apply_has_nothing_to_do(bootstrapped: Installation) -> None:
    bootstrapped.bootstrap("plan", "-detailed-exitcode", f"-var=project_id={PROJECT}", GITHUB)


def test_its_outputs_are_files_as_terraform_formats_them(bootstrapped: Installation) -> None:
    names = ("backend.tf", "secrets.tfvars")
    assert (
        bootstrapped.rehearsal.run(
            "terraform", "fmt", "-check", *names, folder=bootstrapped.folder
        ).stdout
        == ""
    )


def test_what_the_workflows_need_is_an_output(bootstrapped: Installation) -> None:
    told = json.loads(bootstrapped.bootstrap("output", "-json", "github_variables"))
    assert told["GCP_PROJECT_ID"] == PROJECT
    assert told["GCP_DEPLOY_SERVICE_ACCOUNT"] == DEPLOY
    assert told["GCP_PULL_REQUEST_SERVICE_ACCOUNT"] == account("github-pull-request")
    assert told["GCP_WORKLOAD_IDENTITY_PROVIDER"].endswith(
        "/locations/global/workloadIdentityPools/github/providers/github-actions"
    )


def test_no_state_has_the_key(bootstrapped: Installation) -> None:
    states = list(bootstrapped.folder.rglob("*.tfstate*"))
    assert states
    assert [path for path in states if KEY in path.read_text(encoding="utf-8")] == []


def test_its_own_state_moves_into_the_bucket(bootstrapped: Installation) -> None:
    text = bootstrapped.bootstrap("output", "-raw", "bootstrap_backend")
    (bootstrapped.folder / "bootstrap" / "backend.tf").write_text(text, encoding="utf-8")
    bootstrapped.bootstrap("init", "-migrate-state", "-force-copy", "-input=false")
    bootstrapped.bootstrap("plan", "-detailed-exitcode", f"-var=project_id={PROJECT}", GITHUB)
    assert "google_project_iam_member" in bootstrapped.gcloud(
        "storage", "cat", f"gs://{BUCKET}/bootstrap/default.tfstate"
    )


def test_the_deploying_account_does_not_get_at_bootstraps_state(bootstrapped: Installation) -> None:
    for name in ("bootstrap/default.tfstate", "bootstrap/default.tflock"):
        command = ("gcloud", "storage", "cp", "-", f"gs://{BUCKET}/{name}")
        ended = bootstrapped.rehearsal.run(*command, as_=DEPLOY, text="{}")
        assert ended.returncode != 0
        assert "storage.objects" in ended.stderr


@pytest.mark.parametrize("name", ["terraform-deploy", "dlt-runner", "github-pull-request"])
def test_no_account_sets_the_projects_policy(bootstrapped: Installation, name: str) -> None:
    ended = bootstrapped.rehearsal.run(
        "gcloud", "projects", "add-iam-policy-binding", PROJECT, "--role=roles/owner",
        f"--member=serviceAccount:{account(name)}", as_=account(name),
    )  # fmt: skip
    assert ended.returncode != 0
    assert "resourcemanager.projects" in ended.stderr or "permission" in ended.stderr.lower()
