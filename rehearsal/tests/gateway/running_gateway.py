"""Starts a gateway as the supervisor does, before any server."""

import ssl
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from rehearsal.child_process import end, start
from rehearsal.running.parts import GATEWAY, World
from rehearsal.running.state import Settings, State, choose_ports
from rehearsal.running.trust import trusted_file


@dataclass(frozen=True)
class Gateway:
    """Where a running gateway is."""

    proxy: str
    tls_port: int
    bundle: Path
    pid: int

    def client(self, trusted: Path | None = None) -> httpx.Client:
        """A client that goes through it and trusts it, or only those in ``trusted``."""
        context = ssl.create_default_context(cafile=str(trusted or self.bundle))
        return httpx.Client(proxy=self.proxy, verify=context, timeout=60, trust_env=False)


@contextmanager
def run_gateway(
    folder: Path, server_port: int, allowed: Sequence[str] = (), upstream_proxy: str = ""
) -> Iterator[Gateway]:
    state = State(folder)
    settings = Settings(
        allowed=tuple(allowed),
        upstream_proxy=upstream_proxy,
        trusted=str(trusted_file()),
        ports=choose_ports({}) | {"server": server_port},
    )
    world = World(state, settings)
    process = start(GATEWAY.command(world), log=state.log("gateway"))
    try:
        deadline = time.monotonic() + GATEWAY.ready_within_seconds
        while not GATEWAY.ready(world):
            assert process.poll() is None, state.log("gateway").read_text()
            assert time.monotonic() < deadline, state.log("gateway").read_text()
            time.sleep(0.05)
        GATEWAY.then(world)
        proxy = f"http://127.0.0.1:{world.port('proxy')}"
        yield Gateway(proxy, world.port("tls"), state.bundle, process.pid)
    finally:
        end(process)
