import socket
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from rehearsal.execution.engine import Engine
from rehearsal.execution.podman import PodmanExecutor
from rehearsal.faults import Fault, Faults, Hit
from rehearsal.store import Store
from tests.execution.world import ACCOUNT, ImagesAlreadyHere, neighbours, run, shell_task
from tests.servers import Echo, echo

pytestmark = pytest.mark.xdist_group("engine")


@pytest.fixture
def gateway() -> Iterator[Echo]:
    with echo() as server:
        yield server


@pytest.fixture
def connected(engine: Engine, tmp_path: Path, gateway: Echo) -> PodmanExecutor:
    there = neighbours(("127.0.0.1", gateway.port))
    return PodmanExecutor(engine, tmp_path / "tasks", there, ImagesAlreadyHere())


def test_the_metadata_server_is_at_its_name_and_at_its_address(executor: PodmanExecutor) -> None:
    script = """
        get() { wget -q -O - --header "Metadata-Flavor: Google" "$1"; echo; }
        base=computeMetadata/v1/instance/service-accounts/default
        get http://metadata.google.internal/$base/email
        get http://169.254.169.254/$base/token
        get http://metadata/computeMetadata/v1/project/project-id
    """
    email, token, project = run(executor, shell_task(script)).out()
    assert email == ACCOUNT
    assert f'"access_token": "token-of-{ACCOUNT}"' in token
    assert project == "demo"


def test_a_task_meets_the_faults_of_its_metadata_server(engine: Engine, tmp_path: Path) -> None:
    faults = Faults(Store())
    faults.add(Fault(method="metadata.token", status=503, times=1))
    faults.add(Fault(method="metadata.token", drop="before", times=1))

    def meet(account: str, method: str, path: str) -> Hit | None:
        return faults.meet(method, f"serviceAccount:{account}", "metadata.google.internal")

    there = replace(neighbours(), metadata_fault=meet)
    script = """
        token=http://metadata/computeMetadata/v1/instance/service-accounts/default/token
        for try in 1 2 3; do
            wget -q -O - --header "Metadata-Flavor: Google" $token && echo || echo none
        done
    """
    executor = PodmanExecutor(engine, tmp_path / "tasks", there, ImagesAlreadyHere())
    first, second, third = run(executor, shell_task(script)).out()
    assert (first, second) == ("none", "none")
    assert f"token-of-{ACCOUNT}" in third


def test_every_name_at_port_443_is_the_gateway(connected: PodmanExecutor, gateway: Echo) -> None:
    # The gateway speaks TLS, of which the relay knows nothing: plain HTTP comes through as well.
    hosts = ["bigquery.googleapis.com", "api.thedogapi.com", "anything"]
    script = "\n".join(f"wget -q -O /dev/null http://{host}:443/path" for host in hosts)
    ran = run(connected, shell_task(script))
    assert ran.outcome.exit_code == 0, ran.err()
    assert [request["headers"]["host"] for request in gateway.requests] == [
        f"{host}:443" for host in hosts
    ]


def test_a_large_upload_arrives_complete(connected: PodmanExecutor, gateway: Echo) -> None:
    script = """
        busybox yes | busybox head -c 20000000 >/tmp/body
        wget -q -O - --post-file /tmp/body http://storage.googleapis.com:443/upload
    """
    ran = run(connected, shell_task(script, memory_bytes=256 * 1024**2))
    assert ran.outcome.exit_code == 0, ran.err()
    assert gateway.requests[0]["length"] == 20_000_000


def test_a_gateway_that_is_gone_ends_the_connection(engine: Engine, tmp_path: Path) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))  # bound, and not listening: connections are refused
        there = neighbours(unused.getsockname())
        executor = PodmanExecutor(engine, tmp_path / "tasks", there, ImagesAlreadyHere())
        ran = run(executor, shell_task("wget -q -O - http://bigquery.googleapis.com:443/"))
    assert ran.outcome.exit_code == 1


def test_nothing_of_this_machine_is_reached(executor: PodmanExecutor) -> None:
    with socket.create_server(("0.0.0.0", 0)) as server:
        port = server.getsockname()[1]
        targets = [f"127.0.0.1 {port}", f"{_own_address()} {port}", "169.254.169.253 80"]
        script = "\n".join(f"nc -w 5 {target} </dev/null && echo {target}" for target in targets)
        assert run(executor, shell_task(script)).out() == []
        server.settimeout(0)
        with pytest.raises(BlockingIOError):
            server.accept()


@pytest.mark.parametrize("target", ["8.8.8.8 53", "1.1.1.1 443", "169.254.169.252 80"])
def test_no_address_outside_has_a_route(executor: PodmanExecutor, target: str) -> None:
    ran = run(executor, shell_task(f"nc -w 5 {target} </dev/null"))
    assert ran.outcome.exit_code == 1
    assert "unreachable" in ran.err()[0]


def test_a_task_cannot_change_its_network(executor: PodmanExecutor) -> None:
    ran = run(executor, shell_task("busybox ip address add 169.254.169.252/32 dev lo"))
    assert ran.outcome.exit_code != 0
    assert "not permitted" in ran.err()[0]


def test_tasks_do_not_see_each_other(connected: PodmanExecutor) -> None:
    listens = threading.Event()
    cancelled = threading.Event()

    def listen() -> None:
        task = shell_task("trap exit TERM; nc -l -p 8080 & echo; wait")
        connected.run(task, lambda stream, line: listens.set(), cancelled)

    thread = threading.Thread(target=listen)
    thread.start()
    try:
        assert listens.wait(120)
        ran = run(connected, shell_task("nc -w 5 127.0.0.1 8080 </dev/null"))
    finally:
        cancelled.set()
        thread.join()
    assert ran.outcome.exit_code == 1


def test_a_thread_and_its_descriptors_are_gone_after_the_task(executor: PodmanExecutor) -> None:
    run(executor, shell_task("exit"))
    for thread in threading.enumerate():
        if thread.name == "task-network":
            thread.join(60)
            assert not thread.is_alive()


def _own_address() -> str:
    """This machine's address towards the rest of the world; nothing is sent."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
        except OSError:
            return "127.0.0.2"
        return str(probe.getsockname()[0])
