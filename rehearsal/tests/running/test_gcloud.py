"""The real gcloud, unmodified, against a whole rehearsal."""

import json
import shutil
from collections.abc import Iterator

import pytest

from tests.running import Rehearsal, rehearsal_up

pytestmark = pytest.mark.skipif(
    shutil.which("gcloud") is None,
    reason="no gcloud: https://cloud.google.com/sdk/docs/install",
)


@pytest.fixture(scope="module")
def rehearsal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rehearsal]:
    with rehearsal_up(tmp_path_factory.mktemp("rehearsal"), parts=()) as running:
        yield running


def test_gcloud_finds_the_project_as_its_owner(rehearsal: Rehearsal) -> None:
    shown = rehearsal.ok("gcloud", "projects", "describe", "demo", "--format=json")

    assert json.loads(shown)["lifecycleState"] == "ACTIVE"


def test_gcloud_is_refused_as_an_account_without_a_role(rehearsal: Rehearsal) -> None:
    worker = "worker@demo.iam.gserviceaccount.com"

    refused = rehearsal.run("gcloud", "projects", "describe", "demo", as_=worker)

    assert refused.returncode == 1
    assert "resourcemanager.projects.get" in refused.stderr


def test_gcloud_as_nobody_has_no_account(rehearsal: Rehearsal) -> None:
    refused = rehearsal.run("gcloud", "projects", "describe", "demo", as_="nobody")

    assert refused.returncode == 1
    assert "active account" in refused.stderr
