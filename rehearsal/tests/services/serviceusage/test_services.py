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


@pytest.mark.parametrize(("state", "there"), [("ENABLED", False), ("DISABLED", True)])
def test_a_list_has_those_of_the_state_that_is_asked_for(
    client: Client, state: str, there: bool
) -> None:
    listed = client.get(f"{BASE}?filter=state:{state}&pageSize=200").ok["services"]
    assert {one["state"] for one in listed} == {state}
    assert (RUN in {one["config"]["name"] for one in listed}) is there


def test_a_filter_that_google_does_not_have_is_refused(client: Client) -> None:
    assert client.get(f"{BASE}?filter=name:run").error["status"] == "INVALID_ARGUMENT"


def test_some_are_read_by_their_names(client: Client) -> None:
    names = [f"projects/demo/services/{one}" for one in (RUN, "bigquery.googleapis.com")]
    found = client.get(f"{BASE}:batchGet?names={names[0]}&names={names[1]}").ok["services"]
    assert [(one["config"]["name"], one["state"]) for one in found] == [
        (RUN, "DISABLED"),
        ("bigquery.googleapis.com", "ENABLED"),
    ]
    unknown = f"{BASE}:batchGet?names=projects/demo/services/none.googleapis.com"
    assert client.get(unknown).status == 403


def test_an_api_that_another_needs_is_disabled_with_it_or_not_at_all(client: Client) -> None:
    bigquery, storage = (f"{BASE}/bigquery{kind}.googleapis.com" for kind in ("", "storage"))
    error = client.post(f"{bigquery}:disable", {}).error
    assert error["message"].startswith(
        "The service bigquery.googleapis.com is depended on by the following active service:"
        " bigquerystorage.googleapis.com;"
    )
    assert client.get(bigquery).ok["state"] == "ENABLED"
    client.post(f"{bigquery}:disable", {"disableDependentServices": True}).ok
    assert [client.get(one).ok["state"] for one in (bigquery, storage)] == ["DISABLED"] * 2
    datasets = "https://bigquery.googleapis.com/bigquery/v2/projects/demo/datasets"
    assert client.get(datasets).status == 403
    client.post(f"{bigquery}:enable").ok
    assert [client.get(one).ok["state"] for one in (bigquery, storage)] == ["ENABLED", "DISABLED"]


def test_enabling_twice_names_the_service_agent_once(client: Client) -> None:
    url = "https://cloudresourcemanager.googleapis.com/v1/projects/demo:getIamPolicy"
    client.post(f"{BASE}/{RUN}:enable").ok
    first = client.post(url, {}).ok["bindings"]
    client.post(f"{BASE}/{RUN}:disable", {}).ok
    client.post(f"{BASE}/{RUN}:enable").ok
    assert client.post(url, {}).ok["bindings"] == first


def test_a_viewer_sees_apis_and_enables_none(client: Client) -> None:
    viewer = "user:ann@example.com"
    client.grant(viewer, "roles/serviceusage.serviceUsageViewer")
    assert client.get(f"{BASE}/{RUN}", as_=viewer).status == 200
    error = client.post(f"{BASE}/{RUN}:enable", as_=viewer).error
    assert "serviceusage.services.enable" in error["message"]
