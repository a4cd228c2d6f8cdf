"""The gateway, by real clients through real sockets."""

import socket
import ssl
import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.gateway.running_gateway import Gateway, run_gateway
from tests.servers import Echo, counting_proxy, echo

_MEGABYTE = 1024 * 1024


@pytest.mark.parametrize(
    "host",
    [
        "bigquery.googleapis.com",
        "europe-west1-run.googleapis.com",
        "europe-west1-docker.pkg.dev",
        "accounts.google.com",
        "token.actions.githubusercontent.com",
        "api.thedogapi.com",
    ],
)
def test_a_known_host_is_answered_by_the_server_under_its_own_name(
    gateway: Gateway, host: str
) -> None:
    with gateway.client() as client:
        got = client.get(f"https://{host}/a%2Fb?c=d").json()

    assert got["path"] == "/a%2Fb?c=d"
    assert got["headers"]["host"] == host
    assert got["headers"]["x-forwarded-proto"] == "https"


def test_a_client_with_http2_is_answered(gateway: Gateway) -> None:
    shown = subprocess.run(
        ["curl", "-sS", "--http2", "--noproxy", "", "-x", gateway.proxy,
         "--cacert", gateway.bundle, "https://storage.googleapis.com/b"],
        capture_output=True, text=True, timeout=60,
    )  # fmt: skip

    assert '"host": "storage.googleapis.com"' in shown.stdout, shown.stderr


def test_a_body_of_unknown_length_keeps_its_bytes_where_it_leaves_http2(
    gateway: Gateway,
) -> None:
    shown = subprocess.run(
        ["curl", "-sS", "--http2", "--noproxy", "", "-x", gateway.proxy, "--cacert",
         gateway.bundle, "-H", "transfer-encoding: chunked", "-T", "-",
         "https://storage.googleapis.com/b"],
        input="x" * 100_000, capture_output=True, text=True, timeout=60,
    )  # fmt: skip

    assert '"length": 100000' in shown.stdout, shown.stderr


def test_an_unknown_host_is_refused_with_the_way_to_allow_it(gateway: Gateway) -> None:
    with gateway.client() as client:
        refused = client.get("https://example.com/")

    assert refused.status_code == 403
    assert "rehearsal up --allow example.com" in refused.json()["error"]["message"]


@pytest.mark.parametrize("host", ["metadata.google.internal", "rehearsal.internal"])
def test_an_unknown_host_is_refused_without_tls_too(gateway: Gateway, host: str) -> None:
    with gateway.client() as client:
        assert client.get(f"http://{host}/status").status_code == 403


def test_a_host_that_only_ends_like_a_known_one_is_refused(gateway: Gateway) -> None:
    with gateway.client() as client:
        assert client.get("https://evilgoogleapis.com/").status_code == 403


def test_a_tunnel_to_another_port_is_refused(gateway: Gateway) -> None:
    with gateway.client() as client, pytest.raises(httpx.ProxyError, match="403"):
        client.get("https://bigquery.googleapis.com:22/")


def test_an_answer_that_the_server_drops_is_a_closed_connection_for_the_client(
    gateway: Gateway,
) -> None:
    with gateway.client() as client, pytest.raises(httpx.RemoteProtocolError):
        client.get("https://run.googleapis.com/drop")


def test_the_client_may_call_again_after_a_dropped_answer(gateway: Gateway) -> None:
    with gateway.client() as client:
        with pytest.raises(httpx.RemoteProtocolError):
            client.get("https://run.googleapis.com/drop")
        assert client.get("https://run.googleapis.com/again").status_code == 200


def test_a_large_body_goes_through_whole_and_is_not_kept(gateway: Gateway) -> None:
    before = _most_memory(gateway.pid)

    def pieces() -> Iterator[bytes]:
        for _ in range(100):
            yield b"x" * _MEGABYTE

    with gateway.client() as client:
        got = client.put("https://europe-west1-docker.pkg.dev/v2/blob", content=pieces()).json()

    assert got["length"] == 100 * _MEGABYTE
    assert _most_memory(gateway.pid) - before < 50 * _MEGABYTE


def test_the_connection_to_the_server_is_kept(gateway: Gateway, server: Echo) -> None:
    with gateway.client() as client:
        client.get("https://run.googleapis.com/first")
        server.connections.clear()
        for _ in range(20):
            client.get("https://run.googleapis.com/more")

    assert len(server.connections) == 1


def test_a_client_that_goes_away_leaves_the_gateway_working(gateway: Gateway) -> None:
    context = ssl.create_default_context(cafile=str(gateway.bundle))
    with (
        socket.create_connection(("127.0.0.1", gateway.tls_port), timeout=30) as plain,
        context.wrap_socket(plain, server_hostname="run.googleapis.com") as connection,
    ):
        connection.sendall(
            b"POST / HTTP/1.1\r\nHost: run.googleapis.com\r\nContent-Length: 9\r\n\r\n1"
        )

    with gateway.client() as client:
        assert client.get("https://run.googleapis.com/").status_code == 200


def test_a_container_that_finds_every_name_at_the_gateway_is_answered(gateway: Gateway) -> None:
    shown = _as_a_container(gateway, "secretmanager.googleapis.com")

    assert '"host": "secretmanager.googleapis.com"' in shown


def test_a_container_that_asks_for_an_unknown_host_is_refused(gateway: Gateway) -> None:
    assert "rehearsal up --allow example.com" in _as_a_container(gateway, "example.com")


def test_a_named_host_is_reached_for_real_and_its_tls_is_left_alone(
    server: Echo, tmp_path: Path
) -> None:
    with (
        echo(tmp_path, "localhost") as real,
        run_gateway(tmp_path / "state", server.port, allowed=[f"localhost:{real.port}"]) as gateway,
        gateway.client(trusted=real.certificate) as client,
    ):
        got = client.get(f"https://localhost:{real.port}/simple").json()

    assert got["path"] == "/simple"
    assert "x-forwarded-proto" not in got["headers"]


def test_a_named_host_is_reached_by_the_users_own_proxy(server: Echo, tmp_path: Path) -> None:
    with (
        echo(tmp_path, "packages.test") as real,
        counting_proxy({"packages.test": real.port}) as own,
        run_gateway(
            tmp_path / "state",
            server.port,
            allowed=["packages.test"],
            upstream_proxy=f"http://127.0.0.1:{own.port}",
        ) as gateway,
        gateway.client(trusted=real.certificate) as client,
    ):
        got = client.get("https://packages.test/simple").json()

    assert got["headers"]["host"] == "packages.test"
    assert own.targets == ["packages.test:443"]


def test_a_tunnel_to_an_unknown_host_is_not_let_through_for_a_named_one_inside(
    server: Echo, tmp_path: Path
) -> None:
    with (
        echo(tmp_path, "packages.test") as real,
        counting_proxy({"packages.test": real.port, "evil.test": real.port}) as own,
        run_gateway(
            tmp_path / "state",
            server.port,
            allowed=["packages.test"],
            upstream_proxy=f"http://127.0.0.1:{own.port}",
        ) as gateway,
    ):
        subprocess.run(
            ["curl", "-sS", "--noproxy", "", "-x", gateway.proxy, "-k",
             "--connect-to", "packages.test:443:evil.test:443", "https://packages.test/"],
            capture_output=True, timeout=60,
        )  # fmt: skip

    assert "evil.test:443" not in own.targets


def _as_a_container(gateway: Gateway, host: str) -> str:
    return subprocess.run(
        ["curl", "-sS", "--noproxy", "*", "--connect-to", f"::127.0.0.1:{gateway.tls_port}",
         "--cacert", gateway.bundle, f"https://{host}/v1"],
        capture_output=True, text=True, timeout=60,
    ).stdout  # fmt: skip


def _most_memory(pid: int) -> int:
    """In bytes, since the process has started."""
    status = Path(f"/proc/{pid}/status").read_text()
    line = next(line for line in status.splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) * 1024
