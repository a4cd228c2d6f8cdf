"""The report from BigQuery into a bucket, by the commands of its page, as the job's own account."""

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest

from tests.running import Rehearsal, rehearsal_up

PROJECT = "dog-breeds-demo"
BUCKET = f"{PROJECT}-report"
RUNNER = f"dlt-runner@{PROJECT}.iam.gserviceaccount.com"
MEMBER = f"--member=serviceAccount:{RUNNER}"
REPOSITORY = Path(__file__).parents[3]
PYTHON = REPOSITORY / "pipelines" / "dlt-ingestion" / ".venv" / "bin" / "python"


def commands() -> list[str]:
    """Every command of the page: bucket, right to write, right to read; and a reader's copy."""
    text = (REPOSITORY / "docs" / "report.md").read_text(encoding="utf-8")
    lines = "".join(re.findall(r"```bash\n(.*?)```", text, re.S)).splitlines()
    return [
        line.replace("<project-id>", PROJECT).replace("<readers>", "readers@example.com")
        for line in lines
    ]


@pytest.fixture(scope="module")
def rehearsal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rehearsal]:
    """A project with BigQuery and an account that may load data."""
    if not PYTHON.exists():
        pytest.skip("the pipeline's environment is not installed: make setup")
    if shutil.which("gcloud") is None:
        pytest.skip("gcloud is not installed: https://cloud.google.com/sdk/docs/install")
    folder = tmp_path_factory.mktemp("rehearsal")
    with rehearsal_up(folder, parts=["bigquery"], project=PROJECT) as started:
        # More than ten requests in this minute, which is what the free plan allows.
        started.ask("dog-api", {"requests_per_minute": 1000})
        for service in ("bigquery", "storage", "iam"):
            started.ok("gcloud", "services", "enable", f"{service}.googleapis.com")
        started.ok("gcloud", "iam", "service-accounts", "create", "dlt-runner")
        for role in ("roles/bigquery.dataEditor", "roles/bigquery.jobUser"):
            started.ok("gcloud", "projects", "add-iam-policy-binding", PROJECT, MEMBER,
                       f"--role={role}")  # fmt: skip
        yield started


def ingest(rehearsal: Rehearsal, folder: Path, command: str = "run") -> CompletedProcess[str]:
    """A command of the pipeline as the job's account, with a bucket for its report."""
    return rehearsal.run(
        PYTHON, "-m", "dlt_ingestion", command,
        as_=RUNNER, folder=folder,
        environment={
            "GCP_PROJECT_ID": PROJECT, "ENVIRONMENT": "production", "REPORT_BUCKET": BUCKET,
            "DOG_API_KEY": "live_rehearsal-0123456789abcdef",
        },
    )  # fmt: skip


def events(ended: CompletedProcess[str]) -> dict[str, dict[str, Any]]:
    lines = [json.loads(line) for line in ended.stderr.splitlines() if line.startswith("{")]
    return {line["message"]: line for line in lines}


@pytest.mark.timeout(600)
def test_a_run_writes_its_report_once_its_account_may(rehearsal: Rehearsal, tmp_path: Path) -> None:
    create, may_write, may_read, copy = commands()
    rehearsal.ok("bash", "-c", create)
    refused = ingest(rehearsal, tmp_path)
    assert refused.returncode == 0, refused.stderr[-2000:]
    said = events(refused)["report_unwritten"]
    assert said["severity"] == "ERROR"
    assert "storage.objects.create" in said["error"]
    assert "roles/storage.objectUser on the bucket" in said["error"]
    assert events(refused)["run_finished"]["status"] == "published"

    looked = ingest(rehearsal, tmp_path, "check")
    assert looked.returncode == 6, looked.stdout[-2000:]
    assert "storage.objects.create and storage.objects.delete is not granted" in looked.stderr

    rehearsal.ok("bash", "-c", may_write)
    rehearsal.ok("bash", "-c", may_read)
    for _ in range(2):  # the second one replaces an object, which takes another permission
        written = ingest(rehearsal, tmp_path)
        assert written.returncode == 0, written.stderr[-2000:]
        assert events(written)["run_finished"]["status"] == "unchanged"
        assert events(written)["report_written"]["address"] == f"gs://{BUCKET}/dog-breeds.html"

    looked = ingest(rehearsal, tmp_path, "check")
    assert looked.returncode == 0, looked.stdout[-2000:]

    about = json.loads(rehearsal.ok("gcloud", "storage", "objects", "describe",
                                    f"gs://{BUCKET}/dog-breeds.html", "--format=json"))  # fmt: skip
    assert about["content_type"] == "text/html; charset=utf-8"
    assert about["cache_control"] == "no-cache"
    rehearsal.ok("bash", "-c", copy, folder=tmp_path)
    page = (tmp_path / "dog-breeds.html").read_text(encoding="utf-8")
    assert page.startswith("<!doctype html>")
    assert page.count('"status":"unchanged"') == 2
    assert f"bigquery {PROJECT}.dog_breeds_raw" in page
