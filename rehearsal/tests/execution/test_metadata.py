import socket
import threading
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
import requests
import uvicorn
from google.auth.compute_engine import Credentials
from google.auth.transport.requests import Request

from rehearsal.execution.metadata import Identity, application

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


@pytest.fixture
def server(tokens: Tokens) -> Iterator[httpx.Client]:
    identity = Identity(
        service_account=ACCOUNT,
        project="demo",
        project_number="123456789012",
        region="europe-west1",
        instance_id="00ab",
    )
    configuration = uvicorn.Config(application(identity, tokens), lifespan="off", log_config=None)
    serving = uvicorn.Server(configuration)
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
