"""One docker-registry for all tests here; each test has a world of its own before it."""

from collections.abc import Iterator
from uuid import uuid4

import pytest

from tests.services.artifactregistry.world import World, docker_registry


@pytest.fixture(scope="session")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a registry that keeps what it is given until the tests end."""
    with docker_registry(tmp_path_factory.mktemp("registry")) as address:
        yield address


@pytest.fixture
def world(registry: str) -> World:
    """An empty repository; the registry behind may have blobs of other tests."""
    return World(registry)


@pytest.fixture
def unique() -> str:
    """A text that no other test has."""
    return uuid4().hex
