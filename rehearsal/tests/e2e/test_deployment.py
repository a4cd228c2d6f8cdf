"""The README's first deployment, with the real gcloud, bq and docker."""

import json

from tests.e2e.deployment import ACCOUNT, IMAGE, JOB, PROJECT, REGION, Deployment


def test_the_run_has_published_the_sample(deployed: Deployment) -> None:
    assert len(deployed.breeds()) == 72
    assert [run["status"] for run in deployed.runs()][:1] == ["published"]
    assert deployed.completed()["status"] == "True"


def test_the_logs_are_there_with_their_severity_and_fields(deployed: Deployment) -> None:
    entries = json.loads(deployed.logs())
    read = [one for one in entries
            if one.get("jsonPayload", {}).get("message") == "content_read"]  # fmt: skip
    assert read, entries
    assert read[0]["severity"] == "INFO"
    assert read[0]["jsonPayload"]["breeds"] == 72
    assert read[0]["resource"]["labels"]["job_name"] == JOB


def test_a_run_without_news_publishes_nothing(deployed: Deployment) -> None:
    before = deployed.breeds()
    ended = deployed.execute()
    assert ended.returncode == 0, ended.stderr + deployed.said()
    assert deployed.breeds() == before
    assert deployed.runs()[-1]["status"] == "unchanged"


def test_the_job_runs_the_digest_that_was_pushed(deployed: Deployment) -> None:
    listed = json.loads(
        deployed.ok("gcloud", "artifacts", "docker", "images", "list", IMAGE, "--format=json")
    )
    digests = {one["version"] for one in listed}
    execution = deployed.executions()[-1]
    image = execution["spec"]["template"]["spec"]["containers"][0]["image"]
    assert image.partition("@")[2] in digests or image.endswith(":latest")


def test_everything_that_was_called_is_on_record(deployed: Deployment) -> None:
    calls = json.loads(deployed.own("calls", "--method", "bigquery.jobs.insert", "--format=json"))
    by_account = [one for one in calls if one["principal"] == f"serviceAccount:{ACCOUNT}"]
    assert by_account
    assert all(one["status"] == 200 for one in by_account), by_account


def test_a_job_that_does_not_exist_is_said_so(deployed: Deployment) -> None:
    ended = deployed.gcloud("run", "jobs", "describe", "other", f"--region={REGION}")
    assert ended.returncode == 1
    assert "Cannot find job [other]" in ended.stderr


def test_nobody_may_do_anything(deployed: Deployment) -> None:
    ended = deployed.gcloud("run", "jobs", "list", f"--region={REGION}",
                            as_=f"stranger@{PROJECT}.iam.gserviceaccount.com")  # fmt: skip
    assert ended.returncode != 0
