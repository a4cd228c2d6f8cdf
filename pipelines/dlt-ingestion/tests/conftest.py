"""What the tests share: settings, time that passes only by sleeping, the API's real records."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import hypothesis
import pytest

from dlt_ingestion.config import Settings, load_settings
from tests.fake_time import FakeTime

KEY = "live_tests-0123456789abcdef"
_REPOSITORY = Path(__file__).parents[3]
_RECORDS = Path(os.environ.get("DOG_API_RECORDS") or _REPOSITORY.parent / "shared" / "dog_api")

hypothesis.settings.register_profile("tests", max_examples=100, deadline=None)
hypothesis.settings.load_profile("tests")

MakeSettings = Callable[..., Settings]


@pytest.fixture(scope="session", autouse=True)
def no_proxy_on_this_machine() -> Iterator[None]:
    """Requests to the tests' own servers go to them, whatever proxy is set."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NO_PROXY", "127.0.0.1,localhost")
        patch.setenv("no_proxy", "127.0.0.1,localhost")
        yield


@pytest.fixture
def make_settings(tmp_path: Path) -> MakeSettings:
    """Settings for real data into a DuckDB file of the test's own, changed by variables."""

    def make(**variables: str) -> Settings:
        environ = {"DOG_API_KEY": KEY, "DUCKDB_PATH": str(tmp_path / "dogs.duckdb")}
        return load_settings({**environ, **variables}, dotenv=None)

    return make


@pytest.fixture
def fake_time() -> FakeTime:
    """Time that passes only by sleeping."""
    return FakeTime()


@pytest.fixture(scope="session")
def records_of_2025() -> bytes:
    """All 172 breeds as the API answered them until mid-2026."""
    return _record("breeds-2025-11.json")


@pytest.fixture(scope="session")
def records_of_2026() -> bytes:
    """Five breeds as the API answers them since."""
    return _record("breeds-2026-07-sample.json")


def _record(name: str) -> bytes:
    path = _RECORDS / name
    if not path.is_file():
        pytest.skip(f"{name} is not here: set DOG_API_RECORDS to the folder that has it")
    return path.read_bytes()
