"""APIs are enabled, disabled, and refused where they are not enabled."""

import pytest

from tests.client import NUMBER, Client

BASE = "https://serviceusage.googleapis.com/v1/projects/demo/services"
RUN = "run.googleapis.com"
JOBS = "https://run.googleapis.com/v2/projects/demo/locations/europe-west1/jobs"


@pytest.fixture
def client() -> Client:
    return Client(enabled=False)


def test_an_api_that_is_not_enabled_refuses_and_says_how(client: Client) -> None:
    error = client.get(JOBS).error
    assert error["code"] == 403
    assert f"Cloud Run Admin API has not been used in project {NUMBER}" in error["message"]
    assert error["details"][0]["reason"] == "SERVICE_DISABLED"
    client.post(f"{BASE}/{RUN}:enable").ok
    assert client.get(JOBS).ok == {}
    client.post(f"{BASE}/{RUN}:disable", {}).ok
    assert client.get(JOBS).status == 403


def test_enabling_is_an_operation_that_can_be_read_and_a_second_time_none(client: Client) -> None:
    operation = client.post(f"{BASE}/{RUN}:enable").ok
    assert operation["response"]["service"]["state"] == "ENABLED"
    url = f"https://serviceusage.googleapis.com/v1/{operation['name']}"
    assert client.get(url).ok == operation
    assert client.post(f"{BASE}/{RUN}:enable").ok["name"] == "operations/noop.DONE_OPERATION"


def test_several_are_enabled_at_once_or_none(client: Client) -> None:
    wrong = client.post(f"{BASE}:batchEnable", {"serviceIds": [RUN, "none.googleapis.com"]})
    assert "none.googleapis.com" in wrong.error["message"]
    assert client.get(f"{BASE}/{RUN}").ok["state"] == "DISABLED"
    both = {"serviceIds": [RUN, "secretmanager.googleapis.com"]}
    states = [one["state"] for one in
              client.post(f"{BASE}:batchEnable", both).ok["response"]["services"]]  # fmt: skip
    assert states == ["ENABLED", "ENABLED"]


def test_a_list_is_filtered_and_cut_to_its_fields(client: Client) -> None:
    client.post(f"{BASE}/{RUN}:enable").ok
    listed = client.get(
        f"{BASE}?filter=state:ENABLED&fields=services/name,nextPageToken&pageSize=200"
    ).ok
    assert {"name": f"projects/{NUMBER}/services/{RUN}"} in listed["services"]


def test_enabling_run_welcomes_its_service_agent(client: Client) -> None:
    client.post(f"{BASE}/{RUN}:enable").ok
    policy = client.post("https://cloudresourcemanager.googleapis.com/v1/projects/demo"
                         ":getIamPolicy", {}).ok  # fmt: skip
    member = f"serviceAccount:service-{NUMBER}@serverless-robot-prod.iam.gserviceaccount.com"
    assert {"role": "roles/run.serviceAgent", "members": [member]} in policy["bindings"]
