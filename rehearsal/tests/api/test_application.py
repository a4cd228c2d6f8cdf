"""What every call passes: route, caller, checks, permission, handler, record."""

import pytest

from rehearsal.documents import Document
from rehearsal.faults import Fault
from tests.client import Client

SECRETS = "https://secretmanager.googleapis.com/v1/projects/demo/secrets"


@pytest.fixture
def client() -> Client:
    return Client()


def test_a_method_that_google_has_and_we_have_not_is_named(client: Client) -> None:
    error = client.get("https://run.googleapis.com/v2/projects/demo/locations/l/services").error
    assert error["code"] == 404
    assert "run.projects.locations.services.list" in error["message"]


def test_what_google_does_not_have_is_said_so(client: Client) -> None:
    error = client.get("https://run.googleapis.com/v7/none").error
    assert "GET run.googleapis.com/v7/none is no method" in error["message"]


def test_nobody_known_is_401_and_a_stranger_403(client: Client) -> None:
    assert client.get(SECRETS, as_=None).error["status"] == "UNAUTHENTICATED"
    assert client.get(SECRETS, headers={"authorization": "Bearer none"}).status == 401
    assert client.get(SECRETS, as_="user:x@example.com").status == 403


def test_a_body_that_is_no_json_or_has_unknown_fields_is_refused(client: Client) -> None:
    url = f"{SECRETS}?secretId=s"
    assert "Invalid JSON payload" in client.post(url, content=b"{").error["message"]
    assert "Invalid JSON payload" in client.post(url, content=b"[1]").error["message"]
    assert 'Unknown name "x"' in client.post(url, {"x": 1}).error["message"]
    assert client.get(SECRETS).ok == {}


def test_calls_are_on_record_with_permission_and_verdict(client: Client) -> None:
    client.get(SECRETS, as_="user:x@example.com")
    record = client.cloud.calls.list(method="secretmanager")[-1]
    assert record["method"] == "secretmanager.projects.secrets.list"
    assert (record["principal"], record["status"]) == ("user:x@example.com", 403)
    assert record["permissions"] == [
        {
            "permission": "secretmanager.secrets.list",
            "resource": "//secretmanager.googleapis.com/projects/demo",
            "granted": False,
        }
    ]


def test_refusals_are_audited(client: Client) -> None:
    client.get(SECRETS, as_="user:x@example.com")
    entries = [one for _, one in client.cloud.store.list("entries") if "protoPayload" in one]
    assert entries[-1]["severity"] == "ERROR"
    assert entries[-1]["protoPayload"]["status"]["code"] == 7
    assert entries[-1]["protoPayload"]["authenticationInfo"] == {"principalEmail": "x@example.com"}


def test_the_number_of_a_project_is_as_good_as_its_id(client: Client) -> None:
    assert client.get(SECRETS.replace("demo", "123456789012")).ok == {}


def test_only_the_fields_that_are_asked_for_are_answered(client: Client) -> None:
    url = "https://cloudresourcemanager.googleapis.com/v1/projects/demo?fields=projectId"
    assert client.get(url).ok == {"projectId": "demo"}


def test_a_fault_refuses_before_anything_is_done(client: Client) -> None:
    client.cloud.faults.add(Fault(method="secretmanager.*", status=503, times=1))
    body: Document = {"replication": {"automatic": {}}}
    assert client.post(f"{SECRETS}?secretId=s", body).error["status"] == "UNAVAILABLE"
    assert client.cloud.calls.list()[-1]["fault"] == "#1 status 503"
    assert client.post(f"{SECRETS}?secretId=s", body).status == 200


@pytest.mark.parametrize(("drop", "there"), [("before", False), ("after", True)])
def test_an_answer_is_dropped_before_or_after_the_effect(
    client: Client, drop: str, there: bool
) -> None:
    client.cloud.faults.add(Fault(method="*.create", drop=drop))  # type: ignore[arg-type]
    answer = client.post(f"{SECRETS}?secretId=s", {"replication": {"automatic": {}}})
    assert answer.headers["x-rehearsal-drop"] == "1"
    assert (client.get(f"{SECRETS}/s").status == 200) is there
