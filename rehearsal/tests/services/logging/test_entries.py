from datetime import timedelta
from typing import Any

import pytest
from google.auth.credentials import AnonymousCredentials
from google.cloud.logging import Client as LoggingClient

from tests.client import NUMBER, START, Client
from tests.google_clients import session

LIST = "https://logging.googleapis.com/v2/entries:list"
WRITE = "https://logging.googleapis.com/v2/entries:write"
LOG = "projects/demo/logs/run.googleapis.com%2Fstdout"
RESOURCE = {
    "type": "cloud_run_job",
    "labels": {"project_id": "demo", "job_name": "dog-ingest", "location": "europe-west1"},
}


def entry(text: str, hours: float = 0, **more: Any) -> dict[str, Any]:
    moment = (START - timedelta(hours=hours)).isoformat()
    return {"textPayload": text, "timestamp": moment, **more}


def written(client: Client, *entries: dict[str, Any], log: str = LOG) -> None:
    client.post(WRITE, {"logName": log, "resource": RESOURCE, "entries": list(entries)}).ok


def texts(client: Client, expression: str = "", **more: Any) -> list[str]:
    asked = {"resourceNames": ["projects/demo"], "filter": expression, **more}
    found = client.post(LIST, asked).ok.get("entries", [])
    return [one["textPayload"] for one in found if "textPayload" in one]


def test_an_entry_is_read_as_gcloud_needs_it() -> None:
    client = Client()
    written(client, entry("starting", severity="INFO", labels={"a": "b"}))
    (found,) = client.post(LIST, {"resourceNames": ["projects/demo"], "filter": "starting"}).ok[
        "entries"
    ]
    assert found.pop("insertId")
    assert found == {
        "logName": LOG,
        "resource": RESOURCE,
        "severity": "INFO",
        "labels": {"a": "b"},
        "textPayload": "starting",
        "timestamp": "2026-01-05T00:00:00.000000Z",
        "receiveTimestamp": "2026-01-05T00:00:00.000000Z",
    }


def test_the_filter_of_run_jobs_logs_read_works() -> None:
    client = Client()
    written(client, entry("mine"), entry("old", hours=30))
    expression = (
        "resource.type = cloud_run_job \n AND resource.labels.job_name = dog-ingest \n AND"
        " resource.labels.location = europe-west1 \n AND severity >= DEFAULT \n AND"
        ' timestamp>="2026-01-04T00:00:00.266489Z"'
    )
    assert texts(client, expression, orderBy="timestamp desc", pageSize=20) == ["mine"]


def test_order_and_pages() -> None:
    client = Client()
    written(client, *(entry(str(n), hours=n) for n in range(5)))
    assert texts(client, "cloud_run_job") == ["4", "3", "2", "1", "0"]
    asked: dict[str, Any] = {
        "resourceNames": ["projects/demo"],
        "filter": "resource.type=cloud_run_job",
        "orderBy": "timestamp desc",
        "pageSize": 2,
    }
    pages = []
    while True:
        answer = client.post(LIST, asked).ok
        pages.append([one["textPayload"] for one in answer["entries"]])
        if "nextPageToken" not in answer:
            break
        asked["pageToken"] = answer["nextPageToken"]
    assert pages == [["0", "1"], ["2", "3"], ["4"]]
    refused = client.post(LIST, asked | {"filter": "resource.type=global"})
    assert refused.error["message"] == "page_token doesn't match arguments from the request"


def test_a_project_may_be_named_by_its_number() -> None:
    client = Client()
    written(client, entry("x"))
    asked = {"resourceNames": [f"projects/{NUMBER}"], "filter": "cloud_run_job"}
    assert len(client.post(LIST, asked).ok["entries"]) == 1


def test_who_may_not_read_entries_is_refused() -> None:
    client = Client()
    answer = client.post(LIST, {"resourceNames": ["projects/demo"]}, as_="user:eve@example.com")
    assert answer.status == 403
    assert "logging.logEntries.list" in answer.content.decode()
    client.grant("user:eve@example.com", "roles/logging.viewer")
    assert (
        client.post(LIST, {"resourceNames": ["projects/demo"]}, as_="user:eve@example.com").status
        == 200
    )


def test_a_writer_may_write_and_not_read() -> None:
    client = Client()
    client.grant("user:eve@example.com", "roles/logging.logWriter")
    body = {"logName": LOG, "resource": RESOURCE, "entries": [entry("x")]}
    assert client.post(WRITE, body, as_="user:eve@example.com").status == 200
    asked = {"resourceNames": ["projects/demo"]}
    assert client.post(LIST, asked, as_="user:eve@example.com").status == 403


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"resourceNames": ["projects/demo"], "filter": "a = = b"},
         "Unparseable filter: syntax error at line 1, column 5, token '='"),
        ({"resourceNames": ["projects/demo"], "orderBy": "severity"}, "is not supported"),
        ({"resourceNames": ["projects/demo"], "pageToken": "?"}, "Invalid page_token."),
        ({"resourceNames": ["folders/1"]}, "is missing the"),
        ({}, "At least one resource name"),
        ({"resourceNames": ["projects/demo"], "pageSize": -1}, "page_size must be positive"),
    ],
)  # fmt: skip
def test_questions_that_are_refused(body: dict[str, Any], message: str) -> None:
    error = Client().post(LIST, body).error
    assert (error["code"], error["status"]) == (400, "INVALID_ARGUMENT")
    assert message in error["message"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"logName": "stdout"}, "is invalid"),
        ({"resource": {}}, "must have a monitored resource"),
        ({"entries": [{"textPayload": "x", "jsonPayload": {}}]}, "at most one payload"),
        ({"entries": [{"textPayload": "x" * 300_000}]}, "exceeds maximum size of 256.0K"),
        ({"entries": [{"textPayload": "x", "timestamp": "noon"}]}, "entries.timestamp"),
    ],
)
def test_entries_that_are_refused(change: dict[str, Any], message: str) -> None:
    body = {"logName": LOG, "resource": RESOURCE, "entries": [entry("x")]} | change
    client = Client()
    assert message in client.post(WRITE, body).error["message"]
    assert texts(client, "x") == []


def test_partial_success_writes_the_good_and_tells_of_the_bad() -> None:
    client = Client()
    entries = [entry("good"), entry("x", jsonPayload={})]
    body = {"logName": LOG, "resource": RESOURCE, "entries": entries, "partialSuccess": True}
    assert client.post(WRITE, body).error["details"][0]["logEntryErrors"]["1"]["code"] == 3
    assert texts(client, "good") == ["good"]


def test_a_dry_run_and_entries_of_another_age_leave_nothing() -> None:
    client = Client()
    body = {"logName": LOG, "resource": RESOURCE, "entries": [entry("x")], "dryRun": True}
    assert client.post(WRITE, body).ok == {}
    written(client, entry("old", hours=31 * 24), entry("ahead", hours=-25))
    assert texts(client, "cloud_run_job") == []


def test_logs_are_listed_and_deleted() -> None:
    client = Client()
    written(client, entry("a"))
    written(client, entry("b"), log="projects/demo/logs/other")
    logs = "https://logging.googleapis.com/v2/projects/demo/logs"
    assert LOG in client.get(logs).ok["logNames"]
    assert client.delete(f"{logs}/run.googleapis.com%2Fstdout").ok == {}
    assert texts(client, "cloud_run_job") == ["b"]
    assert client.delete(f"{logs}/run.googleapis.com%2Fstdout").status == 404
    assert client.get(logs, as_="user:eve@example.com").status == 403


def test_googles_client_writes_and_reads() -> None:
    client = Client()
    credentials = AnonymousCredentials()  # type: ignore[no-untyped-call]
    google = LoggingClient(  # type: ignore[no-untyped-call]
        project="demo", credentials=credentials, _http=session(client), _use_grpc=False
    )
    google._http.headers["authorization"] = f"Bearer {client.token('user:owner@example.com')}"
    logger = google.logger("mine")  # type: ignore[no-untyped-call]
    logger.log_struct({"rows": 172}, severity="WARNING")
    expression = 'timestamp>="2026-01-01" jsonPayload.rows=172'
    (found,) = google.list_entries(filter_=expression)  # type: ignore[no-untyped-call]
    assert (found.payload, found.severity) == ({"rows": 172}, "WARNING")
