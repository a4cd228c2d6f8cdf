"""Starts programs that never outlive whoever started them, and ends them with all they started."""

import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def start(
    command: Sequence[str | Path],
    *,
    log: Path,
    environment: Mapping[str, str] | None = None,
    folder: Path | None = None,
    parting: signal.Signals = signal.SIGKILL,
) -> subprocess.Popen[bytes]:
    """Starts a program in a process group of its own; what it prints is added to ``log``.

    It is sent ``parting`` when the thread that started it is gone, however that came about
    (Linux; elsewhere nobody does). ``environment`` is its whole environment; None: one's own.

    Raises:
        OSError: there is no such program, or it can't be started.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as output:
        return subprocess.Popen(
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            env=None if environment is None else dict(environment),
            cwd=folder,
            process_group=0,
            preexec_fn=_bound_to(os.getpid(), parting),  # noqa: PLW1509 - it only calls the kernel
        )


def ask_to_end(process: subprocess.Popen[bytes]) -> None:
    """Asks a program and its process group to end, and waits for nothing."""
    _signal_group(process, signal.SIGTERM)


def end(process: subprocess.Popen[bytes], patience_seconds: float = 10.0) -> int:
    """Asks a program and its process group to end, then makes them; gives its exit code."""
    _signal_group(process, signal.SIGTERM)
    try:
        process.wait(patience_seconds)
    except subprocess.TimeoutExpired:
        _signal_group(process, signal.SIGKILL)
        process.wait()
    # Children that it left behind are still in its group.
    _signal_group(process, signal.SIGKILL)
    return process.returncode


def _signal_group(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    try:
        os.killpg(process.pid, number)
    except ProcessLookupError:
        return  # nobody is left in the group


def _bound_to(parent: int, parting: signal.Signals) -> Callable[[], None]:
    def bind() -> None:
        signal.pthread_sigmask(signal.SIG_SETMASK, ())
        if _libc is None:
            return
        _libc.prctl(_PR_SET_PDEATHSIG, int(parting), 0, 0, 0)
        # The parent may have ended before the kernel was asked.
        if os.getppid() != parent:
            os.kill(os.getpid(), parting)

    return bind
