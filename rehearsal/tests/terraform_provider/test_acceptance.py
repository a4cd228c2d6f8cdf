"""A whole configuration against a whole rehearsal: made, unchanged, changed in place, gone.

The real terraform starts the provider that it gets here (the report's header says which) and
calls the true addresses through the gateway.
"""

import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.running import Rehearsal, rehearsal_up
from tests.terraform import require_terraform
from tests.terraform_provider.pushing import client_of, push
from tests.traffic.recordings import FOLDER

pytestmark = pytest.mark.timeout(1200)

_PROJECT = "demo-pipeline"
_IMAGE = f"europe-west1-docker.pkg.dev/{_PROJECT}/pipelines/ingest"
_CONFIGURATION = FOLDER.parent / "main.tf"
_DATASET = (
    f"https://bigquery.googleapis.com/bigquery/v2/projects/{_PROJECT}/datasets/dog_breeds_raw"
)
_BREEDS = {
    "tableReference": {"tableId": "breeds"},
    "schema": {"fields": [{"name": "breed", "type": "STRING"}]},
}


@dataclass(frozen=True)
class Stack:
    rehearsal: Rehearsal
    folder: Path

    def terraform(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return self.rehearsal.run("terraform", *arguments, folder=self.folder)

    def ok(self, *arguments: str) -> str:
        done = self.terraform(*arguments)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def is_settled(self, *variables: str) -> bool:
        """Whether a plan finds nothing to do."""
        done = self.terraform("plan", "-no-color", "-detailed-exitcode", *variables)
        assert done.returncode in (0, 2), done.stdout + done.stderr
        return done.returncode == 0


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    require_terraform()
    if shutil.which("docker-registry") is None:
        pytest.skip("not installed: docker-registry (ENGINE_OWN=1 rehearsal/engine/install)")
    if not _CONFIGURATION.exists():
        pytest.skip(f"the recorded configuration is not here: {_CONFIGURATION}")
    folder = tmp_path_factory.mktemp("stack")
    shutil.copy(_CONFIGURATION, folder)
    with rehearsal_up(
        tmp_path_factory.mktemp("state"), parts=("bigquery", "registry"), project=_PROJECT
    ) as rehearsal:
        made = Stack(rehearsal, folder)
        made.ok("init", "-no-color")
        yield made


def test_a_whole_configuration_is_made_kept_changed_and_destroyed(stack: Stack) -> None:
    # The job's image and the table that the view reads come from people, not from terraform.
    stack.ok(
        "apply", "-auto-approve",
        "-target=google_bigquery_dataset.raw", "-target=google_artifact_registry_repository.images",
    )  # fmt: skip
    with client_of(stack.rehearsal) as client:
        client.post(f"{_DATASET}/tables", json=_BREEDS).raise_for_status()
        for tag in ("v1", "v2"):
            push(client, f"{_IMAGE}:{tag}")

    stack.ok("apply", "-auto-approve")
    assert stack.is_settled()

    revision = ("-var=rev=2", f"-var=image={_IMAGE}:v2")
    changed = stack.ok("apply", "-auto-approve", "-no-color", *revision)
    # Another version of a secret is another resource; everything else is changed in place.
    assert "1 added, 16 changed, 1 destroyed" in changed
    assert stack.is_settled(*revision)

    destroyed = stack.ok("destroy", "-auto-approve", "-no-color", *revision)
    assert "39 destroyed" in destroyed
