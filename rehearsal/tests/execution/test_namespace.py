import os
import socket
import threading
from collections.abc import Iterator
from contextlib import suppress

import pytest

from rehearsal.errors import RehearsalError
from rehearsal.execution.namespace import GATEWAY_ADDRESS, Namespace, open_namespace


@pytest.fixture
def namespace() -> Iterator[Namespace]:
    try:
        made = open_namespace()
    except RehearsalError as error:
        pytest.skip(str(error))
    yield made
    made.close()


def _inside(namespace: Namespace, address: tuple[str, int]) -> int:
    """The error number of a connection that is made inside."""
    results: list[int] = []

    def connect() -> None:
        os.setns(namespace.descriptor, os.CLONE_NEWNET)
        with socket.socket() as client:
            results.append(client.connect_ex(address))

    thread = threading.Thread(target=connect)
    thread.start()
    thread.join()
    return results[0]


def test_its_listeners_are_found_inside_and_only_there(namespace: Namespace) -> None:
    assert _inside(namespace, (GATEWAY_ADDRESS, 443)) == 0
    namespace.gateway.settimeout(60)
    namespace.gateway.accept()[0].close()
    with socket.socket() as outside:
        outside.settimeout(0)
        with suppress(OSError):
            outside.connect((GATEWAY_ADDRESS, 443))
        namespace.gateway.settimeout(0)
        with pytest.raises(BlockingIOError):
            namespace.gateway.accept()


def test_the_rest_of_the_link_local_network_is_not_there(namespace: Namespace) -> None:
    assert _inside(namespace, ("169.254.1.1", 443)) != 0


def test_the_process_stays_where_it_was(namespace: Namespace) -> None:
    ours = os.stat("/proc/self/ns/net").st_ino  # noqa: PTH116 - of the link's target
    assert os.fstat(namespace.descriptor).st_ino != ours
    assert os.stat("/proc/thread-self/ns/net").st_ino == ours  # noqa: PTH116


def test_its_path_leads_to_it(namespace: Namespace) -> None:
    assert os.stat(namespace.path).st_ino == os.fstat(namespace.descriptor).st_ino  # noqa: PTH116
