"""A real gateway before a small server."""

from collections.abc import Iterator

import pytest

from tests.gateway.running_gateway import Gateway, run_gateway
from tests.servers import Echo, echo


@pytest.fixture(scope="package")
def server() -> Iterator[Echo]:
    with echo() as running:
        yield running


@pytest.fixture(scope="package")
def gateway(server: Echo, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    with run_gateway(tmp_path_factory.mktemp("gateway"), server.port) as running:
        yield running
