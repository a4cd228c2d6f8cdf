"""A rehearsal of server and gateway alone, for commands."""

from collections.abc import Iterator

import pytest

from tests.running import Rehearsal, rehearsal_up


@pytest.fixture(scope="package")
def rehearsal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rehearsal]:
    with rehearsal_up(tmp_path_factory.mktemp("rehearsal"), parts=()) as running:
        yield running
