"""Systems to test: the same pipeline over DuckDB and over BigQuery's stand-in."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from google.cloud import bigquery

from dlt_ingestion.sample.server import SampleServer, sample_breeds
from tests.e2e import bigquery_standin
from tests.e2e.system import KEY, System


@pytest.fixture(scope="session")
def standin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """The variables that lead to a running BigQuery stand-in; none at true addresses."""
    if bigquery_standin.AT_TRUE_ADDRESSES:
        yield {}
        return
    if not bigquery_standin.PROGRAM.exists():
        pytest.skip(
            "the BigQuery stand-in is not installed: `make rehearsal-setup` (needs Python 3.13)"
        )
    folder = tmp_path_factory.mktemp("bigquery")
    with (
        bigquery_standin.standin(folder) as url,
        bigquery_standin.default_credentials(folder) as credentials,
    ):
        yield {
            "BIGQUERY_EMULATOR_HOST": url,
            "GOOGLE_APPLICATION_CREDENTIALS": str(credentials),
        }


@pytest.fixture
def api() -> Iterator[SampleServer]:
    """The API with 40 breeds of the sample, 25 a page, and no limit on requests."""
    with serve(sample_breeds()[:40]) as server:
        yield server


def serve(breeds: list[Any], **options: Any) -> SampleServer:
    """The API with these breeds."""
    return SampleServer(breeds, key=KEY, requests_per_minute=1_000_000, **options)


@pytest.fixture
def duckdb_system(api: SampleServer, tmp_path: Path) -> System:
    """A system over DuckDB."""
    return System(tmp_path, api, {"DUCKDB_PATH": str(tmp_path / "data" / "dogs.duckdb")})


@pytest.fixture
def bigquery_system(
    api: SampleServer,
    tmp_path: Path,
    standin: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[System]:
    """A system over BigQuery's stand-in, in datasets of its own."""
    dataset = f"dogs_{tmp_path.name.replace('-', '_')}"
    variables = {
        "GCP_PROJECT_ID": bigquery_standin.PROJECT,
        "BIGQUERY_DATASET": dataset,
        **standin,
    }
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    yield System(tmp_path, api, variables)
    # The stand-in gets slower with every table that it has.
    client = bigquery.Client(bigquery_standin.PROJECT)
    for name in (dataset, f"{dataset}_staging"):
        client.delete_dataset(name, delete_contents=True, not_found_ok=True)


@pytest.fixture(params=["duckdb", "bigquery"])
def system(request: pytest.FixtureRequest) -> System:
    """A system over each warehouse in turn."""
    found: System = request.getfixturevalue(f"{request.param}_system")
    return found
