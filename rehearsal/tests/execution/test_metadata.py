import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import requests
import uvicorn
from google.auth.compute_engine import Credentials
from google.auth.transport.requests import Request

from rehearsal.clock import Clock
from rehearsal.cloud import build
from rehearsal.execution.metadata import Identity, application, method_of
from rehearsal.execution.network import configuration
from rehearsal.faults import Fault, Hit
from rehearsal.running.executing import metadata_fault
from rehearsal.store import Store

ACCOUNT = "loader@demo.iam.gserviceaccount.com"
_SCOPE = "https://www.googleapis.com/auth/cloud-platform"


class Tokens:
    """Numbers what it issues."""

    def __init__(self) -> None:
        self.issued = 0

    def __call__(self, account: str) -> str:
        self.issued += 1
        return f"{account}-{self.issued}"


@pytest.fixture
def tokens() -> Tokens:
    return Tokens()


class Given:
    """Faults as an operator has added them, and what met them."""

    def __init__(self) -> None:
        self.cloud = build(Store(), Clock(), Path())

    def add(self, **how: Any) -> None:
        self.cloud.faults.add(Fault(**how))

    def meet(self, method: str, path: str) -> Hit | None:
        return metadata_fault(self.cloud, ACCOUNT, method, path)


@pytest.fixture
def faults() -> Given:
    return Given()


@pytest.fixture
def server(tokens: Tokens, faults: Given) -> Iterator[httpx.Client]:
    identity = Identity(
        service_account=ACCOUNT,
        project="demo",
        project_number="123456789012",
        region="europe-west1",
        instance_id="00ab",
    )
    serving = uvicorn.Server(configuration(application(identity, tokens, faults.meet)))
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serving.run, kwargs={"sockets": [listener]})
        thread.start()
        address = f"http://127.0.0.1:{listener.getsockname()[1]}"
        with httpx.Client(base_url=address, headers={"Metadata-Flavor": "Google"}) as client:
            yield client
        serving.should_exit = True
        thread.join()


def _get(server: httpx.Client, path: str) -> httpx.Response:
    return server.get(f"/computeMetadata/v1/{path}", follow_redirects=False)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("project/project-id", "demo"),
        ("project/numeric-project-id", "123456789012"),
        ("instance/region", "projects/123456789012/regions/europe-west1"),
        ("instance/id", "00ab"),
        ("instance/service-accounts/default/email", ACCOUNT),
        (f"instance/service-accounts/{ACCOUNT}/email", ACCOUNT),
        ("instance/service-accounts/default/scopes", f"{_SCOPE}\n"),
        ("instance/service-accounts/default/aliases", "default\n"),
        ("instance/service-accounts/", f"default/\n{ACCOUNT}/\n"),
        ("instance/service-accounts/default/", "aliases\nemail\nscopes\ntoken\n"),
        ("universe/universe-domain", "googleapis.com"),
        ("", "instance/\nproject/\nuniverse/\n"),
    ],
)
def test_a_value_is_plain_text(server: httpx.Client, path: str, value: str) -> None:
    answer = _get(server, path)
    assert (answer.status_code, answer.text) == (200, value)
    assert answer.headers["Content-Type"] == "application/text"
    assert answer.headers["Metadata-Flavor"] == "Google"


def test_a_token_is_new_each_time_and_json(server: httpx.Client) -> None:
    path = "instance/service-accounts/default/token"
    answer = _get(server, path)
    assert answer.json() == {
        "access_token": f"{ACCOUNT}-1",
        "expires_in": 3599,
        "token_type": "Bearer",
    }
    assert answer.headers["Content-Type"] == "application/json"
    assert _get(server, path).json()["access_token"] == f"{ACCOUNT}-2"


def test_everything_below_comes_at_once_without_a_token(
    server: httpx.Client, tokens: Tokens
) -> None:
    account = {"aliases": ["default"], "email": ACCOUNT, "scopes": [_SCOPE]}
    assert _get(server, "instance/service-accounts/default/?recursive=true").json() == account
    everything = _get(server, "?recursive=true").json()
    assert everything["project"] == {"numericProjectId": 123456789012, "projectId": "demo"}
    assert everything["instance"]["serviceAccounts"] == {"default": account, ACCOUNT: account}
    assert tokens.issued == 0


def test_everything_below_may_be_text(server: httpx.Client) -> None:
    answer = _get(server, "project/?recursive=true&alt=text")
    assert answer.text == "numeric-project-id 123456789012\nproject-id demo\n"


def test_a_value_may_be_json(server: httpx.Client) -> None:
    assert _get(server, "project/project-id?alt=json").text == '"demo"'


@pytest.mark.parametrize(
    "headers", [{"Metadata-Flavor": "google"}, {"Metadata-Flavor": ""}, {"X-Forwarded-For": "::1"}]
)
def test_who_does_not_say_that_it_wants_metadata_is_refused(
    server: httpx.Client, tokens: Tokens, headers: dict[str, str]
) -> None:
    path = "/computeMetadata/v1/instance/service-accounts/default/token"
    answer = server.get(path, headers=headers)
    assert answer.status_code == 403
    assert answer.headers["Metadata-Flavor"] == "Google"
    assert tokens.issued == 0


def test_the_root_answers_anyone(server: httpx.Client) -> None:
    answer = server.get("/", headers={"Metadata-Flavor": ""})
    assert (answer.status_code, answer.text) == (200, "computeMetadata/\n")
    assert answer.headers["Metadata-Flavor"] == "Google"


@pytest.mark.parametrize(
    "path",
    [
        "instance/service-accounts/default/identity?audience=x",
        "instance/service-accounts/other@demo.iam.gserviceaccount.com/email",
        "instance/zone/more",
        "project/project-id/more",
    ],
)
def test_what_is_not_there_is_not_found(server: httpx.Client, path: str) -> None:
    assert _get(server, path).status_code == 404


def test_a_folder_is_found_behind_its_slash(server: httpx.Client) -> None:
    answer = _get(server, "project?recursive=true")
    assert answer.status_code == 301
    assert answer.headers["Location"] == "/computeMetadata/v1/project/?recursive=true"


def test_nothing_can_be_written(server: httpx.Client) -> None:
    assert server.post("/computeMetadata/v1/project/project-id").status_code == 405


class AtTheServer(requests.adapters.HTTPAdapter):
    """Sends Google's library, which knows only the true address, to the server of this test."""

    def __init__(self, base_url: httpx.URL) -> None:
        super().__init__()
        self._base_url = base_url

    def send(self, request: requests.PreparedRequest, *args: Any, **more: Any) -> requests.Response:
        request.url = str(self._base_url.join(request.path_url))
        return super().send(request, *args, **more)


def test_googles_library_gets_its_credentials(server: httpx.Client) -> None:
    credentials: Any = Credentials
    credentials = credentials()
    with requests.Session() as session:
        session.trust_env = False
        session.mount("http://", AtTheServer(server.base_url))
        request = Request(session)
        credentials.refresh(request)
    assert credentials.token == f"{ACCOUNT}-1"
    assert credentials.service_account_email == ACCOUNT


TOKEN = "instance/service-accounts/default/token"


def test_a_token_fails_as_often_as_an_operator_asks(
    server: httpx.Client, tokens: Tokens, faults: Given
) -> None:
    faults.add(method="metadata.token", status=503, times=2)
    assert [_get(server, TOKEN).status_code for _ in range(3)] == [503, 503, 200]
    assert tokens.issued == 1
    assert _get(server, "project/project-id").status_code == 200


def test_a_fault_is_recorded_with_the_call(server: httpx.Client, faults: Given) -> None:
    faults.add(method="metadata.token", status=429, principal=f"serviceAccount:{ACCOUNT}")
    assert _get(server, TOKEN).headers["Metadata-Flavor"] == "Google"
    (call,) = faults.cloud.calls.list("metadata.token")
    assert call["principal"] == f"serviceAccount:{ACCOUNT}"
    assert call["request"] == f"GET metadata.google.internal/computeMetadata/v1/{TOKEN}"
    assert (call["status"], call["fault"]) == (429, "#1 status 429")


def test_an_answer_waits(server: httpx.Client, faults: Given) -> None:
    faults.add(method="metadata.token", delay_seconds=0.3, times=1)
    began = time.monotonic()
    assert _get(server, TOKEN).status_code == 200
    assert time.monotonic() - began >= 0.3


@pytest.mark.parametrize(("drop", "issued"), [("before", 0), ("after", 1)])
def test_a_connection_is_dropped_before_or_after_a_token_is_made(
    server: httpx.Client, tokens: Tokens, faults: Given, drop: str, issued: int
) -> None:
    faults.add(method="metadata.token", drop=drop, times=1)
    with pytest.raises(httpx.TransportError):
        _get(server, TOKEN)
    assert tokens.issued == issued
    assert _get(server, TOKEN).status_code == 200


@pytest.mark.parametrize(
    ("path", "method"),
    [
        ("", "metadata.ping"),
        ("computeMetadata/v1/project/project-id", "metadata.project-id"),
        ("computeMetadata/v1/instance/service-accounts/default/", "metadata.service-account"),
        (f"computeMetadata/v1/instance/service-accounts/{ACCOUNT}/token", "metadata.token"),
    ],
)
def test_a_call_has_the_name_of_what_it_asks_for(path: str, method: str) -> None:
    assert method_of(path) == method


@pytest.mark.parametrize("fault", [{"status": 503}, {"drop": "before"}, {"drop": "after"}])
def test_googles_library_tries_again(
    server: httpx.Client, faults: Given, fault: dict[str, Any]
) -> None:
    faults.add(method="metadata.*", times=1, **fault)
    credentials: Any = Credentials
    credentials = credentials()
    with requests.Session() as session:
        session.trust_env = False
        session.mount("http://", AtTheServer(server.base_url))
        credentials.refresh(Request(session))
    assert credentials.token
    assert faults.cloud.faults.list()[0]["used"] == 1
