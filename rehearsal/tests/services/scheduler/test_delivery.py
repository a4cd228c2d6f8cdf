from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any

import pytest

from rehearsal.cloud import Addresses
from rehearsal.services.scheduler.delivery import Delivery, Reply, through_gateway


@dataclass
class Proxy:
    """A proxy that answers by itself; ``/slow`` only when it is told to end."""

    address: str = ""
    requests: list[tuple[str, str, str, bytes]] = field(default_factory=list)
    ended: Event = field(default_factory=Event)


@pytest.fixture
def proxy() -> Iterator[Proxy]:
    told = Proxy()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            told.requests.append(
                (self.command, self.path, str(self.headers["authorization"]), body)
            )
            if "slow" in self.path:
                told.ended.wait(60)
            self.send_response(403 if "forbidden" in self.path else 200)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    told.address = f"http://127.0.0.1:{server.server_port}"
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield told
    told.ended.set()
    server.shutdown()
    thread.join()
    server.server_close()


def deliver(proxy: str | None, path: str = "", deadline_seconds: float = 60) -> Reply:
    delivery = Delivery(
        "POST", f"http://target.test/{path}", {"Authorization": "Bearer x"}, b"{}", deadline_seconds
    )
    return through_gateway(Addresses(gateway_proxy=proxy))(delivery)


def test_a_call_goes_through_the_gateway(proxy: Proxy) -> None:
    assert deliver(proxy.address) == Reply(200)
    assert proxy.requests == [("POST", "http://target.test/", "Bearer x", b"{}")]


def test_a_refusal_is_told_by_its_status(proxy: Proxy) -> None:
    assert deliver(proxy.address, "forbidden") == Reply(403)


def test_an_answer_after_the_deadline_is_none(proxy: Proxy) -> None:
    assert deliver(proxy.address, "slow", deadline_seconds=0.2) == Reply(0, "timeout")


def test_a_gateway_that_is_not_there_is_an_unreachable_target() -> None:
    assert deliver("http://127.0.0.1:1") == Reply(0, "unreachable")


def test_without_a_gateway_nothing_is_sent() -> None:
    assert deliver(None) == Reply(0, "unreachable")
