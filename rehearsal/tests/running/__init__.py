"""A whole rehearsal for tests: its real processes, and commands that run in its environment."""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from rehearsal.running import lifecycle
from rehearsal.running.asking import ask
from rehearsal.running.entering import environment_for
from rehearsal.running.parts import ENGINE, PARTS
from rehearsal.running.state import State

OPTIONAL = tuple(part.name for part in PARTS if not part.required)
_TIMEOUT_SECONDS = 1800.0


@dataclass(frozen=True)
class Rehearsal:
    """One that runs."""

    state: State
    _environments: dict[str | None, dict[str, str]] = field(default_factory=dict)

    @property
    def project(self) -> str:
        """The project's id."""
        return self.state.settings().project

    def run(
        self,
        *command: str | Path,
        as_: str | None = None,
        text: str | None = None,
        folder: Path | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> subprocess.CompletedProcess[str]:
        """Runs a command as ``rehearsal run --as`` does; ``text`` is its standard input."""
        return subprocess.run(
            command,
            env=self.environment(as_) | dict(environment or {}),
            input="" if text is None else text,
            capture_output=True,
            text=True,
            cwd=folder,
            timeout=_TIMEOUT_SECONDS,
        )

    def ok(
        self,
        *command: str | Path,
        as_: str | None = None,
        text: str | None = None,
        folder: Path | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> str:
        """The standard output of a command that must succeed."""
        done = self.run(*command, as_=as_, text=text, folder=folder, environment=environment)
        assert done.returncode == 0, f"{command}: {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def command(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Runs the command line itself: ``command("clock", "advance", "8d")``."""
        return rehearsal_command(self.state.folder, *arguments)

    def ask(self, path: str, body: dict[str, object] | None = None) -> dict[str, object]:
        """What a control of the server answers."""
        return ask(self.state, path, body)

    def environment(self, as_: str | None = None) -> dict[str, str]:
        """All variables of a tool."""
        if as_ not in self._environments:
            self._environments[as_] = environment_for(self.state, as_)
        return dict(self._environments[as_])


@contextmanager
def rehearsal_up(
    folder: Path,
    *,
    parts: Sequence[str] = OPTIONAL,
    project: str = "demo",
    allowed: Sequence[str] = (),
) -> Iterator[Rehearsal]:
    """A rehearsal in ``folder`` with these parts beside server and gateway; ends with the block.

    Tests with the engine share its images by REHEARSAL_ENGINE_STATE, and must not run at one time.
    """
    state = State(folder)
    without = [name for name in OPTIONAL if name not in parts]
    environment = dict(os.environ)
    if ENGINE.name not in parts:
        environment.pop(lifecycle.ENGINE_STATE, None)
    try:
        lifecycle.up(
            state, project=project, allowed=allowed, without=without, environment=environment
        )
        yield Rehearsal(state)
    finally:
        lifecycle.down(state)


def rehearsal_command(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Runs the command line on the rehearsal in ``folder``."""
    return subprocess.run(
        [sys.executable, "-m", "rehearsal", "--state", str(folder), *arguments],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=_TIMEOUT_SECONDS,
    )
