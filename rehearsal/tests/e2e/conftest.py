"""One rehearsal with the system deployed by the README's commands, shared by the tests."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.deployment import PROJECT, Deployment, commands
from tests.running import rehearsal_up

NEEDED = {
    "gcloud": "https://cloud.google.com/sdk/docs/install",
    "bq": "https://cloud.google.com/sdk/docs/install",
    "docker": "rehearsal/engine/install",
    "podman": "ENGINE_OWN=1 rehearsal/engine/install",
    "docker-registry": "ENGINE_OWN=1 rehearsal/engine/install",
    "promtool": "ENGINE_OWN=1 rehearsal/engine/install",
}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All in one process, for they share one rehearsal; each may wait long for the tools."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.xdist_group("engine"))
            if item.get_closest_marker("timeout") is None:
                item.add_marker(pytest.mark.timeout(1200))


@pytest.fixture(scope="session")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    """A rehearsal that is up, with every part, and nothing in its project."""
    missing = [f"{name} ({how})" for name, how in NEEDED.items() if shutil.which(name) is None]
    if missing:
        pytest.skip(f"not installed: {', '.join(missing)}")
    with rehearsal_up(tmp_path_factory.mktemp("rehearsal"), project=PROJECT) as rehearsal:
        # Weeks pass in a minute here, and containers keep real time.
        rehearsal.ask("dog-api", {"requests_per_minute": 1000})
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
