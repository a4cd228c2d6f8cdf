"""One rehearsal with the system deployed by the README's commands, shared by the tests."""

from collections.abc import Iterator

import pytest

from tests.e2e.deployment import Deployment, commands
from tests.running import missing_parts, rehearsal_up


@pytest.fixture(scope="session")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    """A rehearsal that is up, with every part, and nothing in its project."""
    missing = missing_parts("gcloud", "bq", "docker", "podman", "docker-registry")
    if missing:
        pytest.skip(missing)
    with rehearsal_up(tmp_path_factory.mktemp("rehearsal")) as rehearsal:
        yield Deployment(rehearsal)


@pytest.fixture(scope="session")
def deployed(fresh: Deployment) -> Deployment:
    """The README's first deployment, typed line by line; one run has been made."""
    fresh.typed("rehearsal/engine/base-image")
    for command in commands("## A first deployment"):
        fresh.typed(command)
    return fresh


@pytest.fixture(scope="session")
def scheduled(deployed: Deployment) -> Deployment:
    """With the weekly trigger."""
    for command in commands("Every week, by itself:"):
        deployed.typed(command)
    return deployed
