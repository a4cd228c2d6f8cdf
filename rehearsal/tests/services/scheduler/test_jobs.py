from typing import Any

import pytest

from tests.client import Client
from tests.services.scheduler.world import ACCOUNT, BASE, NAME, URI, World, job


@pytest.fixture
def client() -> Client:
    return World().client


def test_a_new_job_has_googles_defaults(client: Client) -> None:
    made = client.post(BASE, job()).ok
    assert made["state"] == "ENABLED"
    assert made["scheduleTime"] == "2026-01-05T05:00:00.000000Z"
    assert made["attemptDeadline"] == "180s"
    assert made["retryConfig"] == {
        "maxRetryDuration": "0s",
        "minBackoffDuration": "5s",
        "maxBackoffDuration": "3600s",
        "maxDoublings": 5,
    }
    target = made["httpTarget"]
    assert target["httpMethod"] == "POST"
    assert target["headers"] == {"User-Agent": "Google-Cloud-Scheduler"}
    assert target["oauthToken"]["scope"] == "https://www.googleapis.com/auth/cloud-platform"


def test_a_job_is_found_by_the_projects_number(client: Client) -> None:
    client.post(BASE, job(name=NAME.replace("demo", "123456789012")))
    assert client.get(BASE.replace("demo", "123456789012") + "/daily").ok["name"] == NAME


def test_a_job_is_made_once(client: Client) -> None:
    client.post(BASE, job())
    answer = client.post(BASE, job())
    assert (answer.status, answer.error["status"]) == (409, "ALREADY_EXISTS")


def test_a_missing_job_is_not_found(client: Client) -> None:
    answer = client.get(f"{BASE}/nope")
    assert (answer.status, answer.error["message"]) == (404, "Job not found.")


def test_a_job_without_a_name_is_given_one(client: Client) -> None:
    body = job()
    del body["name"]
    assert client.post(BASE, body).ok["name"].startswith(NAME.rpartition("/")[0])


def test_jobs_are_listed_by_location(client: Client) -> None:
    client.post(BASE, job())
    assert [one["name"] for one in client.get(BASE).ok["jobs"]] == [NAME]
    assert client.get(BASE.replace("europe-west1", "us-central1")).ok == {}


def test_an_unknown_location_is_not_found(client: Client) -> None:
    assert client.get(BASE.replace("europe-west1", "atlantis")).status == 404


@pytest.mark.parametrize(
    "changes",
    [
        {"schedule": "never"},
        {"schedule": ""},
        {"timeZone": "Europe/Atlantis"},
        {"attemptDeadline": "14s"},
        {"attemptDeadline": "1801s"},
        {"attemptDeadline": "soon"},
        {"retryConfig": {"retryCount": 6}},
        {"retryConfig": {"retryCount": -1}},
        {"retryConfig": {"maxDoublings": 17}},
        {"retryConfig": {"minBackoffDuration": "10s", "maxBackoffDuration": "5s"}},
        {"httpTarget": {"uri": "ftp://example.com"}},
        {"httpTarget": {"uri": "example.com"}},
        {"httpTarget": {"uri": ""}},
        {"httpTarget": {"uri": URI, "httpMethod": "GET", "body": "e30="}},
        {"httpTarget": {"uri": URI, "oauthToken": {}}},
        {"name": "projects/demo/locations/europe-west1/jobs/a.b"},
        {"name": "projects/other/locations/europe-west1/jobs/a"},
        {"colour": "red"},
    ],
)
def test_a_job_that_cannot_be_is_refused(client: Client, changes: dict[str, Any]) -> None:
    answer = client.post(BASE, job(**changes))
    assert (answer.status, answer.error["status"]) == (400, "INVALID_ARGUMENT")
    assert client.get(BASE).ok == {}


def test_a_patch_changes_only_what_the_mask_names(client: Client) -> None:
    client.post(BASE, job())
    body = {"schedule": "5 6 * * *", "timeZone": "Etc/UTC", "httpTarget": {"httpMethod": "POST"}}
    changed = client.patch(f"{BASE}/daily?updateMask=schedule", body).ok
    assert changed["schedule"] == "5 6 * * *"
    assert changed["timeZone"] == "Europe/Berlin"
    assert changed["httpTarget"]["uri"] == URI
    assert changed["scheduleTime"] == "2026-01-05T05:05:00.000000Z"


def test_a_patch_without_a_mask_replaces_all_that_can_be_set(client: Client) -> None:
    client.post(BASE, job(description="old", retryConfig={"retryCount": 3}))
    body = job(schedule="0 7 * * *")
    del body["name"]
    changed = client.patch(f"{BASE}/daily", body).ok
    assert "description" not in changed
    assert "retryCount" not in changed["retryConfig"]
    assert changed["state"] == "ENABLED"


def test_a_job_is_paused_and_resumed(client: Client) -> None:
    client.post(BASE, job())
    assert client.post(f"{BASE}/daily:pause").ok["state"] == "PAUSED"
    assert client.post(f"{BASE}/daily:resume").ok["state"] == "ENABLED"


def test_an_enabled_job_may_be_resumed_as_terraform_does(client: Client) -> None:
    client.post(BASE, job())
    assert client.post(f"{BASE}/daily:resume").ok["state"] == "ENABLED"


def test_a_deleted_job_is_gone(client: Client) -> None:
    client.post(BASE, job())
    assert client.delete(f"{BASE}/daily").ok == {}
    assert client.get(f"{BASE}/daily").status == 404


def test_whoever_makes_a_job_must_be_allowed_to_act_as_its_account(client: Client) -> None:
    admin = "user:admin@example.com"
    client.grant(admin, "roles/cloudscheduler.admin")
    refused = client.post(BASE, job(), as_=admin)
    assert refused.status == 403
    assert "iam.serviceAccounts.actAs" in refused.content.decode()
    client.grant(
        admin,
        "roles/iam.serviceAccountUser",
        f"//iam.googleapis.com/projects/demo/serviceAccounts/{ACCOUNT}",
    )
    assert client.post(BASE, job(), as_=admin).status == 200


def test_an_account_that_is_not_there_is_refused_as_one_that_may_not_be_used(
    client: Client,
) -> None:
    target = {"uri": URI, "oauthToken": {"serviceAccountEmail": f"no-{ACCOUNT}"}}
    answer = client.post(BASE, job(httpTarget=target))
    assert (answer.status, "or it may not exist" in answer.error["message"]) == (403, True)


def test_a_viewer_may_not_run_a_job(client: Client) -> None:
    client.post(BASE, job())
    client.grant("user:viewer@example.com", "roles/cloudscheduler.viewer")
    assert client.get(f"{BASE}/daily", as_="user:viewer@example.com").status == 200
    refused = client.post(f"{BASE}/daily:run", as_="user:viewer@example.com")
    assert "cloudscheduler.jobs.run" in refused.error["message"]


def test_locations_are_listed(client: Client) -> None:
    url = BASE.removesuffix("/europe-west1/jobs")
    assert "europe-west1" in {one["locationId"] for one in client.get(url).ok["locations"]}
    assert client.get(f"{url}/europe-west1").ok["locationId"] == "europe-west1"
