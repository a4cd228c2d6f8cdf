"""The dead-man alert: silence for eight days is told, success and shorter silence are not."""

import json
from typing import Any

import pytest

from rehearsal.documents import Document, encode
from tests.e2e.deployment import JOB, PROJECT, REGION, TRIGGER, Deployment

QUERY = (
    "(sum(count_over_time(run_googleapis_com:job_completed_execution_count"
    f'{{result="succeeded",job_name="{JOB}"}}[8d])) or vector(0)) < 1'
)
EMAIL = "on-call@example.com"


def posted(scheduled: Deployment, path: str, body: Document) -> Document:
    """What Monitoring answers, asked with curl."""
    command = (
        'curl --silent --show-error --fail-with-body -H "Authorization: Bearer'
        ' $(gcloud auth print-access-token)" -H "Content-Type: application/json" --data @-'
        f" https://monitoring.googleapis.com/v3/projects/{PROJECT}/{path}"
    )
    ended = scheduled.rehearsal.run("bash", "-c", command, text=encode(body).decode())
    assert ended.returncode == 0, ended.stdout + ended.stderr
    found: Document = json.loads(ended.stdout)
    return found


@pytest.fixture
def watched(scheduled: Deployment) -> Deployment:
    """A success, and the alert with a channel by email."""
    assert scheduled.execute().returncode == 0, scheduled.said()
    # What has just happened is measured a little later.
    scheduled.own("clock", "advance", "10m")
    scheduled.ok("gcloud", "services", "enable", "monitoring.googleapis.com")
    channel = posted(scheduled, "notificationChannels", {
        "type": "email", "displayName": "On call", "labels": {"email_address": EMAIL},
    })  # fmt: skip
    condition = {"displayName": "No success for eight days",
                 "conditionPrometheusQueryLanguage": {
                     "query": QUERY, "duration": "0s", "evaluationInterval": "3600s"}}  # fmt: skip
    posted(scheduled, "alertPolicies", {
        "displayName": "Dead man", "combiner": "OR", "enabled": True, "conditions": [condition],
        "notificationChannels": [channel["name"]],
        "documentation": {"content": "The breeds are getting old.", "mimeType": "text/markdown"},
    })  # fmt: skip
    return scheduled


def incidents(watched: Deployment) -> list[dict[str, Any]]:
    told = json.loads(watched.own("alerts", "--format=json"))
    assert told["not_evaluated"] == []
    found: list[dict[str, Any]] = told["incidents"]
    return [one for one in found if one["policy"]["displayName"] == "Dead man"]


def test_eight_days_without_success_are_told_once_and_success_ends_it(watched: Deployment) -> None:
    trigger = (TRIGGER, f"--location={REGION}", "--quiet")
    watched.ok("gcloud", "scheduler", "jobs", "pause", *trigger)
    try:
        watched.own("clock", "advance", "7d")
        assert incidents(watched) == []
        watched.own("clock", "advance", "2d")
        opened = incidents(watched)
        assert [one["state"] for one in opened] == ["OPEN"]
        assert [one["to"] for one in opened[0]["sent"]] == [EMAIL]
    finally:
        watched.ok("gcloud", "scheduler", "jobs", "resume", *trigger)
    assert watched.execute().returncode == 0, watched.said()
    watched.own("clock", "advance", "2h")
    assert [one["state"] for one in incidents(watched)] == ["CLOSED"]
