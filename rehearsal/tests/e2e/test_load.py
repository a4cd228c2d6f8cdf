"""Twenty clients at once for a minute, through the gateway: no write is lost, none is doubled."""

import base64
import ssl
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from rehearsal.documents import Document
from tests.running import Rehearsal, rehearsal_up

CLIENTS = 20
SECONDS = 60.0
SECRETS = "https://secretmanager.googleapis.com/v1/projects/demo/secrets"
PAYLOAD = {"payload": {"data": base64.b64encode(b"value").decode()}}


@pytest.fixture
def rehearsal(tmp_path: Path) -> Iterator[Rehearsal]:
    """Server and gateway alone."""
    with rehearsal_up(tmp_path, parts=()) as up:
        yield up


def client(rehearsal: Rehearsal) -> httpx.Client:
    environment = rehearsal.environment()
    token = Path(environment["CLOUDSDK_AUTH_ACCESS_TOKEN_FILE"]).read_text().strip()
    trusted = ssl.create_default_context(cafile=environment["SSL_CERT_FILE"])
    return httpx.Client(
        proxy=environment["HTTPS_PROXY"],
        verify=trusted,
        headers={"authorization": f"Bearer {token}"},
        timeout=60,
    )


def test_no_write_is_lost_and_none_is_doubled(rehearsal: Rehearsal) -> None:
    with client(rehearsal) as one:
        enable = "https://serviceusage.googleapis.com/v1/projects/demo/services"
        one.post(f"{enable}/secretmanager.googleapis.com:enable").raise_for_status()
        body: Document = {"replication": {"automatic": {}}}
        one.post(SECRETS, params={"secretId": "shared"}, json=body).raise_for_status()
    end = time.monotonic() + SECONDS

    def write(_: int) -> list[str]:
        names = []
        with client(rehearsal) as own:
            while time.monotonic() < end:
                answer = own.post(f"{SECRETS}/shared:addVersion", json=PAYLOAD)
                answer.raise_for_status()
                names.append(str(answer.json()["name"]))
        return names

    with ThreadPoolExecutor(CLIENTS) as pool:
        written = [name for names in pool.map(write, range(CLIENTS)) for name in names]

    assert len(written) > CLIENTS
    assert len(set(written)) == len(written)
    with client(rehearsal) as one:
        listed, token = [], ""
        while True:
            answer = one.get(f"{SECRETS}/shared/versions",
                             params={"pageSize": 1000, "pageToken": token}).json()  # fmt: skip
            listed += [version["name"] for version in answer["versions"]]
            token = answer.get("nextPageToken", "")
            if not token:
                break
    assert sorted(listed) == sorted(written)
