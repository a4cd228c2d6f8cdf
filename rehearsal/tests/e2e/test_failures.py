"""What goes wrong in production, seen once here: each fails as Cloud Run words it."""

import shlex
from collections.abc import Iterator
from contextlib import contextmanager

from tests.e2e.deployment import ACCOUNT, IMAGE, JOB, PROJECT, REGION, Deployment

MEMBER = f"--member=serviceAccount:{ACCOUNT}"


@contextmanager
def without(deployed: Deployment, *binding: str) -> Iterator[None]:
    """Removes a binding for a while; ``binding``: the group of commands, the target, the role."""
    *group, target, role = binding
    change = [*group, "%s-iam-policy-binding", target, MEMBER, f"--role={role}"]
    deployed.ok("gcloud", *[part.replace("%s", "remove") for part in change])
    try:
        yield
    finally:
        deployed.ok("gcloud", *[part.replace("%s", "add") for part in change])


@contextmanager
def updated(deployed: Deployment, change: str, back: str) -> Iterator[None]:
    """Updates the job for a while."""
    update = ("gcloud", "run", "jobs", "update", JOB, f"--region={REGION}")
    deployed.ok(*update, *shlex.split(change))
    try:
        yield
    finally:
        deployed.ok(*update, *shlex.split(back))


def failed(deployed: Deployment) -> str:
    """The message of an execution that must fail; the tables stay as they were."""
    before = deployed.breeds()
    ended = deployed.execute()
    assert ended.returncode == 1, ended.stdout + ended.stderr
    assert deployed.breeds() == before
    assert deployed.completed()["status"] == "False"
    return str(deployed.completed()["message"])


def test_without_the_right_to_make_jobs_nothing_is_touched(deployed: Deployment) -> None:
    with without(deployed, "projects", PROJECT, "roles/bigquery.jobUser"):
        failed(deployed)
        assert "bigquery.jobs.create" in deployed.logs()
    assert deployed.execute().returncode == 0


def test_without_access_to_its_secret_the_job_does_not_start(deployed: Deployment) -> None:
    with without(deployed, "secrets", "dog-api-key", "roles/secretmanager.secretAccessor"):
        assert "Permission denied on secret" in failed(deployed)
    assert deployed.execute().returncode == 0


def test_too_little_memory_ends_the_task_and_is_named(deployed: Deployment) -> None:
    hog = "--command=python --args=-c,x=bytearray(900000000)"
    with updated(deployed, f"{hog} --max-retries=0", "--command= --args= --max-retries=1"):
        assert "Memory limit of 512 MiB exceeded" in failed(deployed) + deployed.logs()


def test_a_task_that_takes_too_long_is_ended(deployed: Deployment) -> None:
    sleeper = "--command=sleep --args=600 --task-timeout=3s --max-retries=0"
    back = "--command= --args= --task-timeout=1800s --max-retries=1"
    with updated(deployed, sleeper, back):
        assert "timeout" in failed(deployed)


def test_a_crash_is_tried_again_as_often_as_the_job_says(deployed: Deployment) -> None:
    crash = "--command=false --args= --max-retries=2"
    with updated(deployed, crash, "--command= --args= --max-retries=1"):
        failed(deployed)
        execution = deployed.executions()[-1]
        assert execution["status"]["failedCount"] == 1
        assert execution["status"].get("retriedCount", 0) == 2


def test_a_running_execution_is_cancelled(deployed: Deployment) -> None:
    back = "--command= --args="
    with updated(deployed, "--command=sleep --args=600", back):
        deployed.ok("gcloud", "run", "jobs", "execute", JOB, f"--region={REGION}", "--quiet")
        name = deployed.executions()[-1]["metadata"]["name"]
        deployed.ok("gcloud", "run", "jobs", "executions", "cancel", name, f"--region={REGION}",
                    "--quiet")  # fmt: skip
        assert deployed.completed()["reason"] == "Cancelled"


def test_nothing_but_the_gateway_can_be_reached(deployed: Deployment) -> None:
    code = "import socket; socket.create_connection(('93.184.216.34', 80), 3)"
    arguments = shlex.quote(f"--args=^@^-c@{code}")
    with updated(deployed, f"--command=python {arguments} --max-retries=0",
                 "--command= --args= --max-retries=1"):  # fmt: skip
        failed(deployed)
        assert "unreachable" in deployed.said()


def test_a_missing_image_is_said_when_the_job_is_made(deployed: Deployment) -> None:
    update = ("run", "jobs", "update", JOB, f"--region={REGION}")
    ended = deployed.gcloud(*update, f"--image={IMAGE}:none")
    try:
        assert ended.returncode == 1
        assert "not found" in ended.stderr.lower()
    finally:
        deployed.ok("gcloud", *update, f"--image={IMAGE}:latest")


def test_a_dataset_elsewhere_is_named_and_left_alone(deployed: Deployment) -> None:
    with updated(deployed, "--update-env-vars=BIGQUERY_LOCATION=EU",
                 "--remove-env-vars=BIGQUERY_LOCATION"):  # fmt: skip
        failed(deployed)
        logs = deployed.logs()
        assert "BIGQUERY_LOCATION" in logs
        assert "US" in logs


def test_nobody_can_write(deployed: Deployment) -> None:
    ended = deployed.rehearsal.run(
        "bq", "query", "--use_legacy_sql=false", "DELETE FROM dog_breeds_raw.breeds WHERE TRUE",
        as_="nobody",
    )  # fmt: skip
    assert ended.returncode != 0
