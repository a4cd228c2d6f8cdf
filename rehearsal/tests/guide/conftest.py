"""One rehearsal in which the guide is followed from its first block to its last."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.conftest import NEEDED
from tests.e2e.deployment import PROJECT, Deployment
from tests.guide.clone import repository
from tests.guide.pages import GUIDE
from tests.guide.person import Person
from tests.guide.placeholders import LEARNED, table
from tests.guide.terminal import Terminal
from tests.running import rehearsal_up

_ALSO_NEEDED = {
    "git": "your package manager",
    "terraform": "https://developer.hashicorp.com/terraform/install",
}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Those that follow the guide: all in one process, for they share one rehearsal."""
    for item in items:
        if Path(__file__).parent in item.path.parents and "person" in fixtures_of(item):
            item.add_marker(pytest.mark.xdist_group("engine"))
            if item.get_closest_marker("timeout") is None:
                item.add_marker(pytest.mark.timeout(1200))


def fixtures_of(item: pytest.Item) -> list[str]:
    """The names of a test's fixtures."""
    names: list[str] = getattr(item, "fixturenames", [])
    return names


@pytest.fixture(scope="package")
def person(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Person]:
    """Somebody with a new project and the tools, and nothing else."""
    needed = NEEDED | _ALSO_NEEDED
    missing = [f"{name} ({how})" for name, how in needed.items() if shutil.which(name) is None]
    if missing:
        pytest.skip(f"not installed: {', '.join(missing)}")
    folder = tmp_path_factory.mktemp("guide")
    home = folder / "home"
    home.mkdir()
    with rehearsal_up(folder / "state", project=PROJECT) as rehearsal:
        # Weeks pass in a minute here, and containers keep real time.
        rehearsal.ask("dog-api", {"requests_per_minute": 1000})
        deployment = Deployment(rehearsal)
        deployment.typed("rehearsal/engine/base-image")
        values = {name: text for name, text in table(GUIDE).items() if name not in LEARNED}
        values["<repository-url>"] = str(repository(folder / "repository.git"))
        yield Person(deployment, Terminal(rehearsal, home), values)
