"""Starts all parts at once, tells how they are, and ends them together; restarts none."""

import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from rehearsal.child_process import ask_to_end, end, start
from rehearsal.environment import without_credentials
from rehearsal.running import status
from rehearsal.running.parts import PARTS, Part, World
from rehearsal.running.state import State
from rehearsal.running.status import SETTLED, PartStatus, Status

_LOOK_SECONDS = 0.05
_LOOK_SECONDS_AT_REST = 0.5
_ASKED_TO_END = frozenset({signal.SIGTERM, signal.SIGINT, signal.SIGHUP})
AWAITED = _ASKED_TO_END | {signal.SIGCHLD}
"""Signals that must be blocked before a supervisor runs: it takes them one by one."""


@dataclass
class _Run:
    part: Part
    status: PartStatus
    process: subprocess.Popen[bytes] | None = None
    deadline: float = 0.0
    """On the monotonic clock: when it must be ready."""


class Supervisor:
    """One thread does it all: a part is killed when the thread that started it is gone."""

    def __init__(self, world: World, parts: tuple[Part, ...] = PARTS) -> None:
        self._world = world
        self._runs = [_Run(part, _at_first(part, world)) for part in parts]
        self._told: Status | None = None

    def run(self) -> None:
        """Until it is asked to end by a signal, which the caller has blocked."""
        try:
            while True:
                for run in self._runs:
                    self._look(run)
                self._tell()
                received = signal.sigtimedwait(AWAITED, self._pause())
                if received is not None and received.si_signo in _ASKED_TO_END:
                    return
        finally:
            self._end()

    def _look(self, run: _Run) -> None:
        """Brings a part one step further, if it is time for it."""
        if run.status.condition == "waiting" and self._awaits_nothing(run.part):
            self._start(run)
        if run.process is not None and run.process.poll() is not None:
            self._gone(run, run.process.returncode)
        elif run.status.condition == "starting":
            self._greet(run)

    def _awaits_nothing(self, part: Part) -> bool:
        return all(
            run.status.condition in SETTLED for run in self._runs if run.part.name in part.after
        )

    def _start(self, run: _Run) -> None:
        part, log = run.part, self._world.state.log(run.part.name)
        log.unlink(missing_ok=True)
        part.before(self._world)
        variables = without_credentials(os.environ) | dict(part.environment(self._world))
        # Compiling everything again at each start would take half of the time that it has.
        variables.pop("PYTHONDONTWRITEBYTECODE", None)
        try:
            run.process = start(
                part.command(self._world), log=log, environment=variables, parting=part.parting
            )
        except OSError as error:
            run.status.condition, run.status.detail = "failed", str(error)
            return
        run.deadline = time.monotonic() + part.ready_within_seconds
        run.status.condition, run.status.pid = "starting", run.process.pid

    def _greet(self, run: _Run) -> None:
        if run.part.ready(self._world):
            run.part.then(self._world)
            run.status.condition = "ready"
        elif time.monotonic() > run.deadline and run.process is not None:
            end(run.process, run.part.ends_within_seconds)
            run.process = None
            run.status.condition, run.status.pid = "failed", None
            run.status.detail = f"not ready after {run.part.ready_within_seconds:g} s"

    def _gone(self, run: _Run, code: int) -> None:
        was_ready = run.status.condition == "ready"
        run.process, run.status.pid = None, None
        run.status.condition = "ended" if was_ready else "failed"
        run.status.detail = _how_it_ended(code)

    def _tell(self) -> None:
        told = Status(pid=os.getpid(), parts=[run.status for run in self._runs])
        if told != self._told:
            status.write(self._world.state, told)
            self._told = status.copy(told)

    def _pause(self) -> float:
        settled = all(run.status.condition in SETTLED for run in self._runs)
        return _LOOK_SECONDS_AT_REST if settled else _LOOK_SECONDS

    def _end(self) -> None:
        """All are asked at once; those that others count on are waited for last."""
        for run in self._runs:
            if run.process is not None:
                ask_to_end(run.process)
        for run in reversed(self._runs):
            if run.process is not None:
                end(run.process, run.part.ends_within_seconds)
        self._world.state.status_file.unlink(missing_ok=True)


def _at_first(part: Part, world: World) -> PartStatus:
    missing = part.missing()
    if part.name in world.settings.without:
        return PartStatus(name=part.name, condition="left out", required=part.required)
    if missing:
        detail = f"no {' and no '.join(missing)}: {part.remedy}"
        return PartStatus(
            name=part.name, condition="missing", detail=detail, required=part.required
        )
    return PartStatus(name=part.name, condition="waiting", required=part.required)


def _how_it_ended(code: int) -> str:
    if code < 0:
        return f"ended by {signal.Signals(-code).name}"
    return f"ended with exit code {code}"


def supervise(world: World, parts: tuple[Part, ...] = PARTS) -> None:
    """Runs a supervisor; it is the only one of its folder.

    Raises:
        RehearsalError: there is one already.
    """
    with status.supervising(world.state):
        world.state.status_file.unlink(missing_ok=True)
        Supervisor(world, parts).run()


def main() -> None:
    """Supervises the rehearsal in the folder that is the argument."""
    signal.pthread_sigmask(signal.SIG_BLOCK, AWAITED)
    state = State(Path(sys.argv[1]))
    supervise(World(state, state.settings()))


if __name__ == "__main__":
    main()
