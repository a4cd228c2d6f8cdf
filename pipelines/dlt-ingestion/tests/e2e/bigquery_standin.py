"""BigQuery on this machine for tests: the stand-in, credentials for it, and a relay before it."""

import http.client
import http.server
import json
import os
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

REPOSITORY = Path(__file__).parents[4]
PROGRAM = REPOSITORY / "rehearsal" / ".venv" / "bin" / "local-bigquery"
AT_TRUE_ADDRESSES = os.environ.get("DLT_INGESTION_TEST_PROJECT")
"""A project whose BigQuery is tested instead, at Google's addresses, with the environment's ADC."""
PROJECT = AT_TRUE_ADDRESSES or "demo"
ACCOUNT = os.environ.get("DLT_INGESTION_TEST_ACCOUNT", f"tests@{PROJECT}.iam.gserviceaccount.com")
"""Whose credentials the tests have."""


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@contextmanager
def standin(folder: Path) -> Iterator[str]:
    """Runs the stand-in with its data in ``folder``; gives its address."""
    home = folder / "home"
    _place_extensions(home)
    port = free_port()
    command = [
        str(PROGRAM), "--host", "127.0.0.1", "--port", str(port), "--grpc-port", str(free_port()),
        "--data-dir", str(folder / "data"), "--project", PROJECT,
    ]  # fmt: skip
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            command, stdout=log, stderr=log, env={**os.environ, "HOME": str(home)}
        )
    try:
        _wait_for(port, process)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.kill()
        process.wait()


def _place_extensions(home: Path) -> None:
    """DuckDB looks below its HOME for the extensions that the stand-in would download."""
    for extension in PROGRAM.parents[1].glob("lib/python*/site-packages/*/extensions/v*/*"):
        target = home / ".duckdb" / "extensions" / extension.parent.name / "linux_amd64"
        target.mkdir(parents=True, exist_ok=True)
        shutil.copy(extension, target)


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError("The BigQuery stand-in did not start; see its log.")


class Server:
    """An HTTP server on a free port, in threads of its own."""

    def __init__(self, handler: type[http.server.BaseHTTPRequestHandler]) -> None:
        self._http = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._http.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._http.server_address[1]}"

    def __enter__(self) -> "Server":
        threading.Thread(target=self._http.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._http.shutdown()
        self._http.server_close()


@contextmanager
def default_credentials(folder: Path) -> Iterator[Path]:
    """A file for GOOGLE_APPLICATION_CREDENTIALS, with a fresh key and a token server for it."""

    class Tokens(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            _send(self, 200, {"access_token": "t", "expires_in": 3600, "token_type": "Bearer"})

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Nothing."""

    key = rsa.generate_private_key(65537, 2048).private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    with Server(Tokens) as server:
        path = folder / "credentials.json"
        path.write_text(
            json.dumps(
                {
                    "type": "service_account",
                    "project_id": PROJECT,
                    "private_key_id": "test",
                    "private_key": key.decode(),
                    "client_email": ACCOUNT,
                    "token_uri": f"{server.url}/token",
                }
            )
        )
        yield path


def _send(handler: http.server.BaseHTTPRequestHandler, status: int, body: object) -> None:
    data = json.dumps(body).encode()
    handler.send_response(status)
    handler.send_header("Content-Type", "application/json")
    handler.send_header("Content-Length", str(len(data)))
    handler.end_headers()
    handler.wfile.write(data)


CONFLICT = "Transaction is aborted due to concurrent update against table ingestion_runs."
Fault = Callable[[str, str, bytes], str | None]
"""(method, path, body) to "before" (drop unsent), "after" (drop the answer), "503", "conflict" (it
lost against another transaction) or None."""


class Relay:
    """Stands before the stand-in, notes each call and loses some on purpose."""

    def __init__(self, upstream: str, fault: Fault = lambda *_: None) -> None:
        self.upstream, self.fault = urlsplit(upstream), fault
        self.calls: list[tuple[str, str]] = []
        self._server = Server(_relay_handler(self))
        self.url = self._server.url

    def __enter__(self) -> "Relay":
        self._server.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.__exit__()


def _relay_handler(relay: Relay) -> type[http.server.BaseHTTPRequestHandler]:
    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def relay(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
            relay.calls.append((self.command, self.path))
            fault = relay.fault(self.command, self.path, body)
            if fault == "before":
                return self.drop()
            if fault == "503":
                error = {"code": 503, "message": "injected", "errors": [{"reason": "backendError"}]}
                return _send(self, 503, {"error": error})
            if fault == "conflict":
                error = {"code": 400, "message": CONFLICT, "errors": [{"reason": "invalidQuery"}]}
                return _send(self, 400, {"error": error})
            upstream = http.client.HTTPConnection(str(relay.upstream.netloc), timeout=60)
            upstream.request(self.command, self.path, body, dict(self.headers.items()))
            answer = upstream.getresponse()
            data = answer.read()
            if fault == "after":
                return self.drop()
            self.send_response(answer.status)
            for name, value in answer.getheaders():
                if name.lower() not in {"transfer-encoding", "content-length", "connection"}:
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)
            return None

        def drop(self) -> None:
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)

        do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = relay  # noqa: N815 - as http.server asks

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Nothing."""

    return Handler
