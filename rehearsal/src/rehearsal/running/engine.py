"""A process that has the container engine as long as it lives: starts it, waits, takes it down.

The engine's own process leaves this process's group, so that nothing but its ``down`` ends it.
"""

import signal
import socket
import subprocess
import sys
from pathlib import Path

from rehearsal.running.state import PROJECT_FOLDER, State

_LOOK_SECONDS = 2.0
_GONE = 3
_SCRIPTS = PROJECT_FOLDER / "engine"


def environment(state: State, proxy_port: int) -> dict[str, str]:
    """The variables with which the engine's scripts start an engine of the rehearsal's own."""
    proxy = f"http://127.0.0.1:{proxy_port}"
    return {
        "ENGINE_OWN": "1",
        "ENGINE_STATE": str(state.engine),
        "DOCKER_HOST": state.engine_address,
        "HTTPS_PROXY": proxy,
        "https_proxy": proxy,
        "HTTP_PROXY": proxy,
        "http_proxy": proxy,
        "NO_PROXY": "localhost,127.0.0.1",
        "no_proxy": "localhost,127.0.0.1",
        "SSL_CERT_FILE": str(state.bundle),
    }


def is_ready(state: State) -> bool:
    """Whether the engine has been started and answered."""
    return _readiness(state).exists()


def forget_readiness(state: State) -> None:
    """Before a start."""
    _readiness(state).unlink(missing_ok=True)


def _readiness(state: State) -> Path:
    return state.folder / "engine.ready"


def main() -> int:
    """Runs the engine until SIGTERM; not 0 if it does not start, or is gone by itself."""
    state = State(Path(sys.argv[1]))
    awaited = {signal.SIGTERM, signal.SIGINT}
    # Blocked, not handled: one that comes while the engine starts is found afterwards.
    signal.pthread_sigmask(signal.SIG_BLOCK, awaited)
    started = _script("up")
    try:
        if started == 0:
            _readiness(state).touch()
            while signal.sigtimedwait(awaited, _LOOK_SECONDS) is None:
                if not _listens(state):
                    return _GONE
    finally:
        forget_readiness(state)
        _script("down")
    return started


def _listens(state: State) -> bool:
    with socket.socket(socket.AF_UNIX) as connection:
        try:
            connection.connect(state.engine_address.removeprefix("unix://"))
        except OSError:
            return False
    return True


def _script(name: str) -> int:
    def unblocked() -> None:
        signal.pthread_sigmask(signal.SIG_SETMASK, ())

    return subprocess.run(
        [_SCRIPTS / name], stdin=subprocess.DEVNULL, preexec_fn=unblocked, check=False
    ).returncode


if __name__ == "__main__":
    sys.exit(main())
