"""Small servers on free ports, for tests: HTTP that tells what it got, a proxy that counts."""

import http.server
import json
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


@dataclass
class Echo:
    """An HTTP server that answers with what it was asked, and does what the path says.

    ``/drop`` asks the gateway to drop the answer, ``/size`` tells only how long the body was.
    """

    port: int = 0
    requests: list[dict[str, Any]] = field(default_factory=list)
    connections: set[Any] = field(default_factory=set)
    certificate: Path | None = None
    """Its own, where it is served by TLS."""


@contextmanager
def echo(folder: Path | None = None, host: str = "") -> Iterator[Echo]:
    """``host`` and a folder for its certificate make it speak TLS."""
    told = Echo(certificate=_self_signed(folder, host) if folder else None)

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        # Headers and body in one segment: else the client's delayed acknowledgement costs 40 ms.
        wbufsize = -1

        def answer(self) -> None:
            length = sum(len(piece) for piece in self._body())
            request = {
                "method": self.command,
                "path": self.path,
                "length": length,
                "headers": {name.lower(): value for name, value in self.headers.items()},
            }
            told.requests.append(request)
            told.connections.add(self.client_address)
            body = json.dumps(request).encode()
            self.send_response(502 if self.path == "/drop" else 200)
            if self.path == "/drop":
                self.send_header("x-rehearsal-drop", "1")
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)

        def _body(self) -> Iterator[bytes]:
            if self.headers.get("Transfer-Encoding") == "chunked":
                while size := int(self.rfile.readline(), 16):
                    yield self.rfile.read(size)
                    self.rfile.readline()
                self.rfile.readline()
            left = int(self.headers.get("Content-Length", "0"))
            while left:
                piece = self.rfile.read(min(left, 65536))
                left -= len(piece)
                yield piece

        do_GET = do_POST = do_PUT = do_HEAD = answer  # noqa: N815 - as http.server asks

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Nothing."""

    with _serving(Handler, told.certificate) as port:
        told.port = port
        yield told


@dataclass
class CountingProxy:
    """A proxy that takes CONNECT and notes where to."""

    port: int = 0
    targets: list[str] = field(default_factory=list)


@contextmanager
def counting_proxy(resolve: dict[str, int]) -> Iterator[CountingProxy]:
    """``resolve``: the port on 127.0.0.1 at which a host is."""
    told = CountingProxy()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_CONNECT(self) -> None:
            told.targets.append(self.path)
            host = self.path.partition(":")[0]
            with socket.create_connection(("127.0.0.1", resolve[host])) as target:
                self.send_response(200)
                self.end_headers()
                self.wfile.flush()
                back = threading.Thread(target=_carry, args=(target, self.connection), daemon=True)
                back.start()
                _carry(self.connection, target)
                back.join(10)
            self.close_connection = True

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Nothing."""

    with _serving(Handler) as port:
        told.port = port
        yield told


def _carry(source: socket.socket, target: socket.socket) -> None:
    try:
        while data := source.recv(65536):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)
    except OSError:
        return  # one side has gone


def _self_signed(folder: Path, host: str) -> Path:
    """A file with a key and a certificate for ``host`` that nobody else has signed."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    file = folder / f"{host}.pem"
    file.write_bytes(private + certificate.public_bytes(serialization.Encoding.PEM))
    return file


@contextmanager
def _serving(
    handler: type[http.server.BaseHTTPRequestHandler], certificate: Path | None = None
) -> Iterator[int]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    if certificate is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield int(server.server_address[1])
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)
