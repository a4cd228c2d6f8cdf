"""The server's controls, and that only their own name leads to them."""

import asyncio
from pathlib import Path

import httpx
import pytest
from starlette.types import ASGIApp

from rehearsal.cloud import Cloud
from rehearsal.documents import Document
from rehearsal.errors import RehearsalError, not_found
from rehearsal.running import control
from rehearsal.running.credentials import Credentials
from rehearsal.running.server import build_application
from tests.client import OWNER, Client


def _echo(_: Cloud, body: Document) -> Document:
    if "error" in body:
        raise RehearsalError(body["error"])
    if "missing" in body:
        raise not_found("Not here.")
    return {"got": body}


@pytest.fixture(scope="module")
def client() -> Client:
    return Client()


@pytest.fixture(scope="module")
def controls(client: Client) -> ASGIApp:
    return control.application(client.cloud, {"echo": _echo})


def _ask(application: ASGIApp, method: str, url: str, content: bytes = b"") -> httpx.Response:
    async def asked() -> httpx.Response:
        transport = httpx.ASGITransport(application)
        async with httpx.AsyncClient(transport=transport) as asking:
            return await asking.request(method, url, content=content)

    return asyncio.run(asked())


def test_a_control_gets_the_object_that_was_sent(controls: ASGIApp) -> None:
    assert _ask(controls, "POST", "http://x/echo", b'{"a": 1}').json() == {"got": {"a": 1}}


def test_a_control_that_is_only_looked_at_gets_nothing(controls: ASGIApp) -> None:
    assert _ask(controls, "GET", "http://x/echo").json() == {"got": {}}


@pytest.mark.parametrize(
    ("sent", "told"),
    [(b'{"error": "Do this."}', "Do this."), (b'{"missing": 1}', "Not here."), (b"[]", "Expected")],
)
def test_what_a_control_refuses_is_told(controls: ASGIApp, sent: bytes, told: str) -> None:
    refused = _ask(controls, "POST", "http://x/echo", sent)

    assert refused.status_code == 400
    assert told in refused.json()["error"]


def test_a_path_has_one_control() -> None:
    assert "status" in control.controls()

    with pytest.raises(ValueError, match="taken"):
        control.route("status")(_echo)


def test_the_name_decides_between_controls_and_services(tmp_path: Path) -> None:
    cloud = Client().cloud
    application = build_application(cloud, "another", Credentials(cloud, tmp_path))

    status = _ask(application, "GET", "http://rehearsal.internal/status")
    service = _ask(application, "GET", "http://run.googleapis.com/status")

    assert status.json()["projects"] == ["another", "demo"]
    assert "is no method" in service.json()["error"]["message"]


def test_the_project_that_is_made_is_owned_by_the_owner(tmp_path: Path) -> None:
    client = Client()
    build_application(client.cloud, "another", Credentials(client.cloud, tmp_path))

    shown = client.get(
        "https://cloudresourcemanager.googleapis.com/v1/projects/another", as_=OWNER
    ).ok

    assert len(shown["projectNumber"]) == 12
