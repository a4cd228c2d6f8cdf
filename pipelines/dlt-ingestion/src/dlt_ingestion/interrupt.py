"""Ends a run within two seconds of SIGTERM or SIGINT, whatever its main thread is doing.

A thread of its own waits for the signals, which are blocked everywhere else: a long query or a
library's own handler can't delay the end, and Cloud Run's ten seconds are never used up.
"""

import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from dlt_ingestion.errors import IngestionError
from dlt_ingestion.events import emit

_SIGNALS = (signal.SIGTERM, signal.SIGINT)
_RECORD_SECONDS = 1.5


_recorders: list[Callable[[str], None]] = []


@contextmanager
def ended_by_signals() -> Iterator[None]:
    """While inside, a signal ends the process at 128 + its number.

    Enter before any thread is started and any library is imported that starts some: a thread takes
    over the blocked signals of the one that makes it, and one that does not would get the signal.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    done = threading.Event()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS)
    threading.Thread(target=_wait, args=(done,), daemon=True, name="signals").start()
    try:
        yield
    finally:
        done.set()
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextmanager
def recorded_by(record: Callable[[str], None]) -> Iterator[None]:
    """While inside, ``record`` is called with the signal's name before the process ends.

    It gets 1.5 seconds; what it can't do by then the next run settles.
    """
    _recorders.append(record)
    try:
        yield
    finally:
        _recorders.remove(record)


def _wait(done: threading.Event) -> None:
    while not done.is_set():
        received = signal.sigtimedwait(_SIGNALS, 0.2)
        if received is not None and not done.is_set():
            _end(signal.Signals(received.si_signo))


def _end(received: signal.Signals) -> None:
    emit("interrupted", level=logging.WARNING, signal=received.name)
    deadline = time.monotonic() + _RECORD_SECONDS
    for record in tuple(_recorders):
        recorder = threading.Thread(target=_record, args=(record, received.name), daemon=True)
        recorder.start()
        recorder.join(max(0.0, deadline - time.monotonic()))
    sys.stderr.flush()
    sys.stdout.flush()
    os._exit(128 + received)


def _record(record: Callable[[str], None], name: str) -> None:
    try:
        record(name)
    except IngestionError as error:
        emit("interruption_unrecorded", level=logging.WARNING, error=error)
