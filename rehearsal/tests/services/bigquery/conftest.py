"""A real local-bigquery for the whole session, and Google's client over the application."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from google.auth.transport.requests import AuthorizedSession
from google.cloud import bigquery
from google.oauth2.credentials import Credentials

from rehearsal.cloud import Addresses
from rehearsal.running.bigquery import command, home, place_extensions
from rehearsal.running.state import State
from tests.client import OWNER, PROJECT, Client
from tests.google_clients import InMemory

PROGRAM = Path(sys.executable).parent / "local-bigquery"

BigQuery = Callable[..., bigquery.Client]


@pytest.fixture(scope="session")
def upstream(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a local-bigquery with data of its own."""
    if not PROGRAM.exists():
        pytest.skip("local-bigquery is not installed: `make rehearsal-setup` (needs Python 3.13)")
    folder = tmp_path_factory.mktemp("local-bigquery")
    state, port = State(folder), _free_port()
    place_extensions(state)
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            command(str(PROGRAM), state, PROJECT, port, _free_port()),
            stdout=log,
            stderr=log,
            env={**os.environ, "HOME": str(home(state))},
        )
    try:
        _wait_for(port, process, folder / "log")
        yield f"http://127.0.0.1:{port}"
    finally:
        process.kill()
        process.wait()


@pytest.fixture
def client(upstream: str, tmp_path: Path) -> Iterator[Client]:
    """The application in front of it; datasets that a test leaves are removed."""
    made = Client(tmp_path, Addresses(bigquery=upstream))
    yield made
    address = f"https://bigquery.googleapis.com/bigquery/v2/projects/{PROJECT}/datasets"
    for dataset in made.get(address).ok.get("datasets", []):
        name = dataset["datasetReference"]["datasetId"]
        assert made.delete(f"{address}/{name}?deleteContents=true").status == 204


@pytest.fixture
def as_member(client: Client) -> BigQuery:
    """Google's Python client of a principal, the owner unless said."""

    def make(member: str = OWNER, location: str | None = None) -> bigquery.Client:
        credentials = Credentials(token=client.token(member))  # type: ignore[no-untyped-call]
        session = AuthorizedSession(credentials)  # type: ignore[no-untyped-call]
        session.mount("https://", InMemory(client))
        return bigquery.Client(PROJECT, _http=session, location=location)

    return make


@pytest.fixture
def owner(as_member: BigQuery) -> bigquery.Client:
    """Google's Python client of the project's owner."""
    return as_member()


@pytest.fixture
def dogs(owner: bigquery.Client) -> str:
    """A dataset ``dogs`` with a table ``breeds`` of two rows."""
    owner.create_dataset("dogs")
    owner.query_and_wait("CREATE TABLE dogs.breeds (id INT64 NOT NULL, name STRING)")
    owner.query_and_wait("INSERT dogs.breeds VALUES (1, 'akita'), (2, 'boxer')")
    return "dogs"


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def _wait_for(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError(f"local-bigquery did not start: {log.read_text()[-2000:]}")
