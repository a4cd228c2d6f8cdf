"""The built image as Cloud Run would run it, against BigQuery's stand-in: a real load job."""

import os
import subprocess
import uuid

import pytest

from tests.e2e.system import System, assert_whole

CLOUD_RUN_LIMITS = (
    "--read-only", "--tmpfs", "/tmp", "--memory", "512m", "--memory-swap", "512m", "--cpus", "1",
)  # fmt: skip


def docker(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["docker", *arguments], capture_output=True, text=True, timeout=100)


@pytest.fixture
def image() -> str:
    name = os.environ.get("DLT_INGESTION_IMAGE")
    if not name:
        pytest.skip("DLT_INGESTION_IMAGE names no image: make image, then make image-test")
    return name


def test_the_image_publishes_into_bigquery_within_cloud_runs_limits(
    image: str, bigquery_system: System
) -> None:
    system = bigquery_system
    if "GOOGLE_APPLICATION_CREDENTIALS" not in system.variables:
        pytest.skip("at true addresses the rehearsal runs the image as a job")
    for expected in ("published", "unchanged"):
        ended, printed = _run(image, system)
        assert ended == 0, printed
        assert_whole(system)
        assert system.last_run()["status"] == expected
    assert len(system.rows("breeds")) == 40


def _run(image: str, system: System) -> tuple[int, str]:
    names = ("DOG_API_KEY", "DOG_API_BASE_URL", "LOG_FORMAT", *system.variables)
    environment = system.environment(GOOGLE_APPLICATION_CREDENTIALS="/run/credentials.json")
    options = [option for name in names for option in ("--env", f"{name}={environment[name]}")]
    credentials = system.variables["GOOGLE_APPLICATION_CREDENTIALS"]
    os.chmod(credentials, 0o644)  # noqa: PTH101 - a throw-away key, read by the image's own user
    container = f"image-run-{uuid.uuid4().hex[:12]}"
    try:
        ended = docker(
            "run", "--name", container, "--network", "host", *CLOUD_RUN_LIMITS, *options,
            "--volume", f"{credentials}:/run/credentials.json:ro", image,
        )  # fmt: skip
        return ended.returncode, ended.stdout + ended.stderr
    finally:
        docker("rm", "--force", container)
