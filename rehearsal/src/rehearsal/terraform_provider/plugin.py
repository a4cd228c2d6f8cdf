"""The process that Terraform starts: a gRPC server on a socket of its own, found by one line.

https://github.com/hashicorp/go-plugin/blob/main/docs/guide-plugin-write-non-go.md
"""

import base64
import os
import signal
import sys
import tempfile
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import grpc
from tf.gen import grpc_controller_pb2 as controller
from tf.gen import tfplugin_pb2 as pb

from rehearsal.terraform_provider.resources import DATA_SOURCES, RESOURCES
from rehearsal.terraform_provider.servicer import Servicer

_COOKIE = ("TF_PLUGIN_MAGIC_COOKIE",
           "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2")  # fmt: skip
"""By which Terraform tells a plugin that it was started by it."""
_LOOK_SECONDS = 2.0
_CORE_PROTOCOL, _PROTOCOL = 1, 6
_THREADS = 64
"""Terraform asks for ten resources at once, or for more if told so; some wait for each other."""


def serve() -> int:
    """Serves until Terraform says that it is done; gives the process's exit code."""
    if os.environ.get(_COOKIE[0]) != _COOKIE[1]:
        sys.stderr.write("This is a Terraform provider: terraform starts it, not a person.\n")
        return 1
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Terraform tells when to stop
    done = threading.Event()
    server = server_of(Servicer(RESOURCES, DATA_SOURCES), done)
    with tempfile.TemporaryDirectory(prefix="terraform-provider-") as folder:
        socket = f"{folder}/socket"
        certificate, credentials = _identity()
        server.add_secure_port(f"unix:{socket}", credentials)
        server.start()
        told = base64.b64encode(certificate).decode().rstrip("=")
        sys.stdout.write(f"{_CORE_PROTOCOL}|{_PROTOCOL}|unix|{socket}|grpc|{told}\n")
        sys.stdout.flush()
        parent = os.getppid()
        while not done.wait(_LOOK_SECONDS) and os.getppid() == parent:
            pass  # a terraform that was killed says nothing
        server.stop(grace=1).wait()
    return 0


def server_of(provider: Servicer, done: threading.Event) -> grpc.Server:
    """A server that has no port yet; ``done`` is set when Terraform has no more to ask."""
    server = grpc.server(
        ThreadPoolExecutor(_THREADS), options=[("grpc.max_receive_message_length", -1)]
    )
    requests = {
        name: _unary(act, getattr(pb, name).Request) for name, act in provider.methods().items()
    }
    server.add_generic_rpc_handlers(
        [
            grpc.method_handlers_generic_handler("tfplugin6.Provider", requests),
            grpc.method_handlers_generic_handler("plugin.GRPCController", _controller(done)),
            grpc.method_handlers_generic_handler("plugin.GRPCStdio", _stdio()),
        ]
    )
    return server


def _unary(act: Callable[[Any], Any], request: Any) -> grpc.RpcMethodHandler:
    """A method that answers one message of this kind with one message."""
    return grpc.unary_unary_rpc_method_handler(
        lambda message, _: act(message),
        request_deserializer=request.FromString,
        response_serializer=_serialized,
    )


def _serialized(message: Any) -> bytes:
    content: bytes = message.SerializeToString()
    return content


def _controller(done: threading.Event) -> dict[str, grpc.RpcMethodHandler]:
    """By which Terraform ends the process."""

    def shut_down(_: controller.Empty) -> controller.Empty:
        done.set()
        return controller.Empty()

    return {"Shutdown": _unary(shut_down, controller.Empty)}


def _stdio() -> dict[str, grpc.RpcMethodHandler]:
    """What the process prints goes to Terraform's log by itself."""
    return {
        "StreamStdio": grpc.unary_stream_rpc_method_handler(
            lambda _message, _context: iter(()), response_serializer=_serialized
        )
    }


def _identity() -> tuple[bytes, grpc.ServerCredentials]:
    """A certificate for this process alone, as DER; Terraform insists on TLS."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    public = certificate.public_bytes(serialization.Encoding.PEM)
    credentials = grpc.ssl_server_credentials([(private, public)])
    return certificate.public_bytes(serialization.Encoding.DER), credentials
