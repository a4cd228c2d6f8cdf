"""Rehearsals in which the infrastructure is applied, by its README's commands."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.infrastructure.installation import (
    GITHUB,
    KEY,
    PROJECT,
    Installation,
    readme_commands,
)
from tests.running import rehearsal_up
from tests.terraform import terraform_folder

NEEDED = {
    "terraform": "https://developer.hashicorp.com/terraform/install",
    "gcloud": "https://cloud.google.com/sdk/docs/install",
    "bq": "https://cloud.google.com/sdk/docs/install",
    "skopeo": "apt-get install skopeo",
    "docker-registry": "apt-get install docker-registry",
    "promtool": "apt-get install prometheus",
}


@contextmanager
def installation(folder: Path) -> Iterator[Installation]:
    """A rehearsal with an empty project, and a copy of the infrastructure."""
    missing = [f"{name} ({how})" for name, how in NEEDED.items() if shutil.which(name) is None]
    if missing:
        pytest.skip(f"not installed: {', '.join(missing)}")
    root = folder / "repository"
    root.mkdir()
    terraform_folder(root)
    parts = ("registry", "bigquery")
    with rehearsal_up(folder / "state", parts=parts, project=PROJECT) as rehearsal:
        yield Installation(rehearsal, root)


def bootstrap(made: Installation, *arguments: str) -> None:
    """The README's first deployment, up to the image: there is no container engine here."""
    for line in readme_commands("## The first deployment"):
        if line.startswith("docker "):
            continue
        answers = f"{KEY}\n" if line.startswith("read ") else "yes\n"
        quoted = " ".join(f"'{argument}'" for argument in arguments)
        made.typed(line, answers=answers, more=quoted)


@pytest.fixture(scope="session")
def bootstrapped(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """A project after bootstrap, with workflows of a repository let in; nothing is deployed."""
    with installation(tmp_path_factory.mktemp("bootstrapped")) as made:
        bootstrap(made, GITHUB)
        yield made
