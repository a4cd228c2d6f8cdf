from datetime import timedelta
from typing import Any

import jwt
import pytest

from rehearsal.documents import Document
from rehearsal.faults import Fault
from rehearsal.services.github.keys import public_keys
from rehearsal.services.scheduler.attempts import install
from rehearsal.services.scheduler.delivery import Reply
from tests.client import START
from tests.services.scheduler.world import ACCOUNT, ACCOUNTS, BASE, URI, World, job

RETRIES: Document = {
    "retryCount": 5,
    "minBackoffDuration": "10s",
    "maxBackoffDuration": "300s",
    "maxDoublings": 3,
}


def world(**changes: Any) -> World:
    made = World()
    made.client.post(BASE, job(**changes)).ok
    return made


def test_a_job_fires_at_each_of_its_moments() -> None:
    w = world()
    w.advance(days=3)
    assert w.times == ["01-05 05:00:00", "01-06 05:00:00", "01-07 05:00:00"]
    assert w.get()["scheduleTime"] == "2026-01-08T05:00:00.000000Z"


def test_a_call_is_the_target_with_a_token_of_the_jobs_account() -> None:
    w = world()
    w.advance(hours=5.5)
    (call,) = w.deliveries
    assert (call.http_method, call.uri, call.deadline_seconds) == ("POST", URI, 180)
    token = call.headers["Authorization"].removeprefix("Bearer ")
    principal = w.client.cloud.tokens.principal_of(token)
    assert principal is not None
    assert principal.member == f"serviceAccount:{ACCOUNT}"
    assert call.headers["User-Agent"] == "Google-Cloud-Scheduler"
    assert call.headers["X-CloudScheduler-JobName"] == "daily"


def test_an_identity_token_is_signed_for_its_audience() -> None:
    oidc = {"serviceAccountEmail": ACCOUNT, "audience": "mine"}
    w = world(httpTarget={"uri": "https://example.com/", "oidcToken": oidc})
    w.advance(hours=5.5)
    token = w.deliveries[0].headers["Authorization"].removeprefix("Bearer ")
    published = public_keys(w.client.cloud, "https://accounts.google.com")
    key = jwt.PyJWKSet.from_dict(published).keys[0]
    claims = jwt.decode(
        token,
        key,
        algorithms=["RS256"],
        audience="mine",
        options={"verify_exp": False, "verify_iat": False},
    )
    assert (claims["email"], claims["iss"]) == (ACCOUNT, "https://accounts.google.com")


@pytest.mark.parametrize(("verb", "path"), [("DELETE", ACCOUNT), ("POST", f"{ACCOUNT}:disable")])
def test_an_account_that_is_gone_or_disabled_gives_no_token(verb: str, path: str) -> None:
    w = world()
    w.client.request(verb, f"{ACCOUNTS}/{path}", {} if verb == "POST" else None).ok
    w.advance(hours=6)
    assert w.deliveries == []
    assert w.get()["status"] == {"code": 16}


def test_a_body_is_sent_as_bytes() -> None:
    w = world(httpTarget={"uri": "https://example.com/", "body": "eyJhIjoxfQ=="})
    w.advance(hours=6)
    assert w.deliveries[0].body == b'{"a":1}'
    assert w.deliveries[0].headers["Content-Type"] == "application/octet-stream"
    assert "Authorization" not in w.deliveries[0].headers


def test_a_success_shows_in_the_job() -> None:
    w = world()
    w.advance(hours=6)
    assert w.get()["status"] == {}
    assert w.get()["lastAttemptTime"] == "2026-01-05T05:00:00.000000Z"


def test_a_refusal_shows_in_the_job_as_a_code_of_rpc() -> None:
    w = world()
    w.replies = [Reply(403)]
    w.advance(hours=6)
    assert w.get()["status"] == {"code": 7}


def test_a_deadline_that_passes_is_an_error_of_its_own() -> None:
    w = world()
    w.replies = [Reply(0, "timeout")]
    w.advance(hours=6)
    assert w.get()["status"] == {"code": 4}


def test_a_failure_is_not_retried_unless_asked_for() -> None:
    w = world()
    w.replies = [Reply(500)]
    w.advance(hours=6)
    assert len(w.deliveries) == 1


def test_retries_wait_doubling_then_by_equal_steps_up_to_the_maximum() -> None:
    w = world(retryConfig=RETRIES)
    w.replies = [Reply(503)] * 6
    w.advance(hours=6)
    assert w.times == [
        "01-05 05:00:00", "01-05 05:00:10", "01-05 05:00:30", "01-05 05:01:10", "01-05 05:02:30",
        "01-05 05:05:10",
    ]  # fmt: skip
    assert w.get()["status"] == {"code": 14}


def test_a_retry_that_succeeds_is_the_last() -> None:
    w = world(retryConfig=RETRIES)
    w.replies = [Reply(503), Reply(200)]
    w.advance(hours=6)
    assert len(w.deliveries) == 2
    assert w.get()["status"] == {}


def test_retries_can_be_limited_by_time() -> None:
    w = world(retryConfig=RETRIES | {"retryCount": 0, "maxRetryDuration": "60s"})
    w.replies = [Reply(503)] * 10
    w.advance(hours=6)
    assert w.times[-1] == "01-05 05:01:10"


def test_the_next_moment_ends_the_retries_of_the_one_before() -> None:
    slow = {"retryCount": 5, "minBackoffDuration": "3000s", "maxBackoffDuration": "3600s"}
    w = world(schedule="0 * * * *", retryConfig=slow)
    w.replies = [Reply(500), Reply(500)]
    w.advance(hours=2)
    assert w.times == ["01-05 01:00:00", "01-05 01:50:00", "01-05 02:00:00"]


def test_a_paused_job_does_not_fire_and_a_resumed_one_does_not_catch_up() -> None:
    w = world()
    w.client.post(f"{BASE}/daily:pause")
    w.advance(days=2)
    w.client.post(f"{BASE}/daily:resume")
    w.advance(days=1)
    assert w.times == ["01-07 05:00:00"]


def test_a_run_that_is_asked_for_fires_once_and_leaves_the_schedule() -> None:
    w = world()
    w.client.post(f"{BASE}/daily:run").ok
    assert w.deliveries == []
    w.client.cloud.timeline.run()
    assert w.times == ["01-05 00:00:00"]
    assert w.get()["scheduleTime"] == "2026-01-05T05:00:00.000000Z"


def test_a_deleted_job_does_not_fire() -> None:
    w = world()
    w.client.post(f"{BASE}/daily:run")
    w.client.delete(f"{BASE}/daily")
    w.advance(days=2)
    assert w.deliveries == []


def test_a_job_can_be_made_to_fire_twice_at_a_moment() -> None:
    w = world()
    w.copies = 1
    w.advance(hours=6)
    assert w.times == ["01-05 05:00:00"] * 2


def test_a_fault_makes_a_job_fire_twice() -> None:
    w = world()
    w.client.cloud.faults.add(Fault(method="cloudscheduler.fire", drop="after", times=1))
    install(w.client.cloud, w._deliver)
    w.advance(days=2)
    assert w.times == ["01-05 05:00:00", "01-05 05:00:00", "01-06 05:00:00"]


def test_moments_that_passed_while_it_was_down_are_left_out() -> None:
    w = world()
    w.client.clock.advance(timedelta(days=8))
    install(w.client.cloud, w._deliver)
    w.client.cloud.timeline.run()
    assert w.deliveries == []
    assert w.get()["scheduleTime"] == "2026-01-13T05:00:00.000000Z"


def test_an_attempt_is_logged_when_it_starts_and_when_it_has_ended() -> None:
    w = world()
    w.replies = [Reply(403)]
    w.advance(hours=6)
    started, finished = (
        entry
        for entry in w.client.cloud.journal.between(START, START + timedelta(days=1))
        if entry["logName"] == "projects/demo/logs/cloudscheduler.googleapis.com%2Fexecutions"
    )
    assert started["jsonPayload"]["@type"].endswith("AttemptStarted")
    assert started["severity"] == "INFO"
    assert finished["severity"] == "ERROR"
    assert finished["jsonPayload"]["status"] == "PERMISSION_DENIED"
    assert finished["jsonPayload"]["debugInfo"] == (
        "URL_ERROR-ERROR_OTHER. Original HTTP response code number = 403"
    )
    assert finished["httpRequest"] == {"status": 403}
    assert finished["resource"] == {
        "type": "cloud_scheduler_job",
        "labels": {"project_id": "demo", "location": "europe-west1", "job_id": "daily"},
    }


def test_without_a_gateway_nothing_is_sent_anywhere() -> None:
    w = world()
    install(w.client.cloud)
    w.advance(hours=6)
    assert w.get()["status"] == {"code": 14}
