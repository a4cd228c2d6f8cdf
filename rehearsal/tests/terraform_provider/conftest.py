"""Terraform with the stand-in, on an empty project; and a real stand-in of BigQuery behind it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.client import Client
from tests.services.bigquery.conftest import upstream
from tests.terraform import require_terraform
from tests.terraform_provider.reattached import Terraform, reattached

__all__ = ["upstream"]


@pytest.fixture(autouse=True)
def _own_credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    """The in-memory world asks for no token of the provider's: it is told whose calls they are."""
    monkeypatch.setenv("GOOGLE_OAUTH_ACCESS_TOKEN", "in-memory")
    for name in ("GOOGLE_CREDENTIALS", "GOOGLE_PROJECT", "GOOGLE_CLOUD_PROJECT", "GOOGLE_REGION"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def terraform(tmp_path: Path) -> Iterator[Terraform]:
    require_terraform()
    with reattached(Client(tmp_path / "cloud"), tmp_path) as made:
        yield made
