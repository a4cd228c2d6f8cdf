"""Ends a run within two seconds of SIGTERM or SIGINT, whatever its main thread is doing.

A thread of its own waits for the signals, which are blocked everywhere else: a long query or a
library's own handler can't delay the end, and Cloud Run's ten seconds are never used up.
"""

import logging
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from dlt_ingestion.errors import IngestionError
from dlt_ingestion.events import emit

_SIGNALS = (signal.SIGTERM, signal.SIGINT)
_RECORD_SECONDS = 1.5


@contextmanager
def ended_by_signals(record: Callable[[str], None]) -> Iterator[None]:
    """While inside, a signal calls ``record`` with its name and ends the process at 128 + number.

    ``record`` gets 1.5 seconds; what it can't do by then the next run settles.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    done = threading.Event()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS)
    threading.Thread(target=_wait, args=(record, done), daemon=True, name="signals").start()
    try:
        yield
    finally:
        done.set()
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _wait(record: Callable[[str], None], done: threading.Event) -> None:
    while not done.is_set():
        received = signal.sigtimedwait(_SIGNALS, 0.2)
        if received is not None and not done.is_set():
            _end(signal.Signals(received.si_signo), record)


def _end(received: signal.Signals, record: Callable[[str], None]) -> None:
    emit("interrupted", level=logging.WARNING, signal=received.name)
    recorder = threading.Thread(target=_record, args=(record, received.name), daemon=True)
    recorder.start()
    recorder.join(_RECORD_SECONDS)
    sys.stderr.flush()
    sys.stdout.flush()
    os._exit(128 + received)


def _record(record: Callable[[str], None], name: str) -> None:
    try:
        record(name)
    except IngestionError as error:
        emit("interruption_unrecorded", level=logging.WARNING, error=error)
