"""The file of authorities that every tool is given: those trusted anyway, and the gateway's."""

import os
import ssl
from collections.abc import Mapping
from pathlib import Path

from rehearsal.errors import RehearsalError
from rehearsal.running.state import State, write_whole

_KNOWN_PLACES = (
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/cert.pem",
)


def trusted_file(environment: Mapping[str, str] = os.environ) -> Path:
    """The authorities that this user trusts.

    Raises:
        RehearsalError: there is no such file on this machine.
    """
    names = [environment.get("SSL_CERT_FILE"), ssl.get_default_verify_paths().cafile]
    for name in [*names, *_KNOWN_PLACES]:
        if name and Path(name).is_file():
            return Path(name)
    raise RehearsalError(
        "no file of trusted authorities on this machine: apt-get install ca-certificates"
    )


def write_bundle(state: State, trusted: Path) -> None:
    """Writes the bundle, unless it is as it should be: the engine starts anew when it changes."""
    own = (state.authority / "mitmproxy-ca-cert.pem").read_bytes()
    content = trusted.read_bytes().rstrip() + b"\n" + own
    if not state.bundle.is_file() or state.bundle.read_bytes() != content:
        write_whole(state.bundle, content)
        state.bundle.chmod(0o644)
