"""Runs one container from its start to its end, and passes its output on line by line."""

import os
import selectors
import subprocess
import threading
from typing import cast

from rehearsal.execution.container import Container
from rehearsal.execution.engine import last_words
from rehearsal.execution.lines import Lines
from rehearsal.execution.task import Outcome, Stream, Write
from rehearsal.execution.watch import Watch

_LOOK_SECONDS = 0.05
_PIECE_BYTES = 65536


class Attempt:
    """One container, followed by the thread that calls ``run``."""

    def __init__(self, container: Container, write: Write, cancelled: threading.Event) -> None:
        self._container, self._write = container, write
        self._watch = Watch(container, cancelled)
        self._podman_says: list[bytes] = []

    def run(self) -> Outcome:
        """Blocks until the container has ended and podman has removed it.

        What ``write`` raises ends the container and is passed on.
        """
        arguments = self._container.prepare()
        podman = self._container.start(arguments)
        try:
            self._follow(podman)
            return self._outcome(podman.wait())
        except BaseException:
            self._watch.kill()
            podman.communicate()
            raise
        finally:
            self._watch.close()

    def _follow(self, podman: subprocess.Popen[bytes]) -> None:
        """Until both outputs are at their end, which is when podman has ended."""
        lines: dict[Stream, Lines] = {"stdout": Lines(), "stderr": Lines()}
        with selectors.DefaultSelector() as outputs:
            outputs.register(podman.stdout, selectors.EVENT_READ, "stdout")
            outputs.register(podman.stderr, selectors.EVENT_READ, "stderr")
            while outputs.get_map():
                ready = outputs.select(_LOOK_SECONDS)
                self._watch.look()
                for key, _ in ready:
                    piece = os.read(key.fd, _PIECE_BYTES)
                    self._pass_on(key.data, lines[key.data], piece)
                    if not piece:
                        outputs.unregister(key.fileobj)

    def _pass_on(self, stream: Stream, lines: Lines, piece: bytes) -> None:
        for line in lines.feed(piece) if piece else lines.end():
            if self._watch.started:
                self._write(stream, line)
            else:
                self._podman_says.append(line)
