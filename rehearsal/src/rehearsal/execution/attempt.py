"""Runs one container from its start to its end, and passes its output on line by line."""

import os
import selectors
import subprocess

from rehearsal.execution.container import Container
from rehearsal.execution.engine import last_words
from rehearsal.execution.lines import Lines
from rehearsal.execution.task import Outcome, Stream, Write
from rehearsal.execution.watch import Watch

_LOOK_SECONDS = 0.05
_PIECE_BYTES = 65536


class Attempt:
    """One container, followed by the thread that calls ``run``."""

    def __init__(self, container: Container, write: Write, watch: Watch) -> None:
        self._container, self._write, self._watch = container, write, watch
        self._podman_says: list[bytes] = []

    def run(self) -> Outcome:
        """Blocks until the container has ended and podman has removed it.

        What ``write`` raises ends the container and is passed on.
        """
        try:
            with self._container.start() as podman:
                try:
                    self._follow(podman)
                except BaseException:
                    self._give_up(podman)
                    raise
            return self._outcome(podman.returncode)
        finally:
            self._watch.close()

    def _follow(self, podman: subprocess.Popen[bytes]) -> None:
        """Until both outputs are at their end, which is when podman has ended."""
        lines: dict[Stream, Lines] = {"stdout": Lines(), "stderr": Lines()}
        with selectors.DefaultSelector() as outputs:
            for stream in lines:
                outputs.register(getattr(podman, stream), selectors.EVENT_READ, stream)
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
            if self._watch.has_started():
                self._write(stream, line)
            else:
                self._podman_says.append(line)

    def _give_up(self, podman: subprocess.Popen[bytes]) -> None:
        if self._watch.has_started():
            self._watch.kill()
        else:
            podman.kill()

    def _outcome(self, code: int) -> Outcome:
        if not self._watch.has_started():
            message = last_words(b"\n".join(self._podman_says))
            return Outcome(started=False, exit_code=None, message=message)
        if code < 0:
            # Somebody has killed podman itself, so that nobody followed the container any more.
            self._watch.kill()
            code = 128 - code
        return Outcome(
            started=True,
            exit_code=code,
            out_of_memory=self._watch.out_of_memory,
            timed_out=self._watch.reason == "timed out",
            cancelled=self._watch.reason == "cancelled",
        )
