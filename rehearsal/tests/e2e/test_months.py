"""Weeks of operation in a minute: the schedule fires, runs fail and recover, alerts go out."""

import json
import time
from collections.abc import Iterator

import pytest

from tests.e2e.deployment import ACCOUNT, JOB, KEY, PROJECT, REGION, Deployment
from tests.e2e.test_failures import without


def advance(scheduled: Deployment, by: str) -> None:
    """Moves the clock; what was due on the way has ended when this returns."""
    scheduled.own("clock", "advance", by)


def add_key(scheduled: Deployment, value: str) -> None:
    scheduled.typed(f"printf %s {value} | gcloud secrets versions add dog-api-key --data-file=-")


@pytest.fixture(autouse=True)
def _no_faults_left(scheduled: Deployment) -> Iterator[None]:
    yield
    scheduled.own("fault", "clear")


def test_four_weeks_are_four_executions_with_rows_each_time(scheduled: Deployment) -> None:
    before, published = len(scheduled.executions()), scheduled.breeds()
    for _ in range(4):
        advance(scheduled, "1w")
        assert scheduled.breeds() == published
    executions = scheduled.executions()[before:]
    assert [one["status"].get("succeededCount") for one in executions] == [1] * 4, scheduled.said()
    started = [one["metadata"]["creationTimestamp"][:16] for one in executions]
    assert all(moment.endswith("T04:00") for moment in started), started


def test_a_week_without_the_right_to_run_the_job_is_seen_at_the_scheduler(
    scheduled: Deployment,
) -> None:
    before = len(scheduled.executions())
    region = f"--region={REGION}"
    change = ("gcloud", "run", "jobs")
    binding = (JOB, region, f"--member=serviceAccount:{ACCOUNT}", "--role=roles/run.invoker")
    scheduled.ok(*change, "remove-iam-policy-binding", *binding)
    try:
        advance(scheduled, "1w")
    finally:
        scheduled.ok(*change, "add-iam-policy-binding", *binding)
    assert len(scheduled.executions()) == before
    described = json.loads(
        scheduled.ok("gcloud", "scheduler", "jobs", "describe", "dlt-dog-breeds-weekly-trigger",
                     "--location=europe-west1", "--format=json")
    )  # fmt: skip
    assert described["status"]["code"] == 7


def test_a_week_with_the_api_down_leaves_the_tables_and_is_told(scheduled: Deployment) -> None:
    before = scheduled.breeds()
    scheduled.own("fault", "add", "--host", "api.thedogapi.com", "--drop", "before")
    advance(scheduled, "1w")
    assert scheduled.completed()["status"] == "False", scheduled.said()
    assert scheduled.breeds() == before
    scheduled.own("fault", "clear")
    advance(scheduled, "1w")
    assert scheduled.completed()["status"] == "True", scheduled.said()


def test_a_week_with_a_key_that_is_refused_leaves_the_tables(scheduled: Deployment) -> None:
    before = scheduled.breeds()
    add_key(scheduled, "expired")
    try:
        advance(scheduled, "1w")
        assert scheduled.completed()["status"] == "False"
        assert "403" in scheduled.logs()
        assert scheduled.breeds() == before
    finally:
        add_key(scheduled, KEY)
    advance(scheduled, "1w")
    assert scheduled.completed()["status"] == "True", scheduled.said()


def test_two_triggers_at_once_leave_whole_tables(scheduled: Deployment) -> None:
    before, count = scheduled.breeds(), len(scheduled.executions())
    for _ in range(2):
        scheduled.ok("gcloud", "run", "jobs", "execute", JOB, f"--region={REGION}", "--async",
                     "--quiet")  # fmt: skip
    ended = _ended(scheduled, count + 2)[count:]
    assert [one["status"].get("succeededCount", 0) for one in ended] == [1, 1], scheduled.said()
    assert scheduled.breeds() == before


def _ended(scheduled: Deployment, count: int) -> list[dict[str, dict[str, object]]]:
    deadline = time.monotonic() + 240
    while time.monotonic() < deadline:
        executions = scheduled.executions()
        if len(executions) == count and all(
            one["status"].get("completionTime") for one in executions
        ):
            return executions
        time.sleep(1)
    raise AssertionError(f"not ended in time: {scheduled.said()}")


def test_an_outage_of_a_service_for_a_week_is_survived(scheduled: Deployment) -> None:
    before = scheduled.breeds()
    with without(scheduled, "projects", PROJECT, "roles/bigquery.jobUser"):
        advance(scheduled, "1w")
        assert scheduled.completed()["status"] == "False"
    advance(scheduled, "1w")
    assert scheduled.completed()["status"] == "True", scheduled.said()
    assert [row["breed_id"] for row in scheduled.breeds()] == [row["breed_id"] for row in before]
