"""The pipeline's own BigQuery tests at true addresses, as an account with two roles."""

import base64
import json
from pathlib import Path

import pytest

from tests.e2e.deployment import PROJECT, REPOSITORY, Deployment

PIPELINE = REPOSITORY / "pipelines" / "dlt-ingestion"
ACCOUNT = f"pipeline-tests@{PROJECT}.iam.gserviceaccount.com"


@pytest.fixture(scope="module")
def key_file(fresh: Deployment, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The key of an account that may write data and run jobs, and nothing else."""
    file = tmp_path_factory.mktemp("key") / "key.json"
    fresh.ok("gcloud", "services", "enable", "iam.googleapis.com", "bigquery.googleapis.com")
    fresh.ok("gcloud", "iam", "service-accounts", "create", "pipeline-tests")
    for role in ("roles/bigquery.dataEditor", "roles/bigquery.jobUser"):
        fresh.ok("gcloud", "projects", "add-iam-policy-binding", PROJECT,
                 f"--member=serviceAccount:{ACCOUNT}", f"--role={role}")  # fmt: skip
    fresh.ok("gcloud", "iam", "service-accounts", "keys", "create", str(file),
             f"--iam-account={ACCOUNT}")  # fmt: skip
    return file


def test_the_key_is_the_accounts_and_in_no_log(fresh: Deployment, key_file: Path) -> None:
    key = json.loads(key_file.read_text())
    assert key["client_email"] == ACCOUNT
    secret = key["private_key"].splitlines()[1]
    assert secret not in fresh.own("logs", "server", "--lines", "10000")
    assert base64.b64decode(secret)


@pytest.mark.timeout(2000)
def test_every_bigquery_test_of_the_pipeline_passes(fresh: Deployment, key_file: Path) -> None:
    python = PIPELINE / ".venv" / "bin" / "python"
    if not python.exists():
        pytest.skip("the pipeline's environment is not installed: make setup")
    ended = fresh.rehearsal.run(
        python, "-m", "pytest", "tests/e2e", "-k", "bigquery", "--timeout", "600",
        folder=PIPELINE,
        environment={
            "GOOGLE_APPLICATION_CREDENTIALS": str(key_file),
            "DLT_INGESTION_TEST_PROJECT": PROJECT,
            "DLT_INGESTION_TEST_ACCOUNT": ACCOUNT,
        },
    )  # fmt: skip
    assert ended.returncode == 0, ended.stdout[-8000:] + ended.stderr[-2000:]
    assert " passed" in ended.stdout
