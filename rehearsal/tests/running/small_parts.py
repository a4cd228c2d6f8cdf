"""A supervisor with small parts in place of the real ones: ``python -m ... FOLDER NAMES``."""

import signal
import sys
from pathlib import Path

from rehearsal.running import supervisor
from rehearsal.running.parts import Part, World
from rehearsal.running.state import Settings, State

_ASLEEP = "import time; time.sleep(600)"
_WITH_A_CHILD = (
    "import subprocess, sys, time;"
    "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)']);"
    "print('child', child.pid, flush=True); time.sleep(600)"
)
_DEAF = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); " + _ASLEEP


def _python(text: str) -> list[str | Path]:
    return [sys.executable, "-c", text]


def _printed(world: World, name: str) -> bool:
    log = world.state.log(name)
    return log.is_file() and b"child" in log.read_bytes()


PARTS = {
    part.name: part
    for part in (
        Part(
            name="asleep",
            purpose="",
            command=lambda _: _python(_ASLEEP),
            ready=lambda _: True,
        ),
        Part(
            name="parent",
            purpose="",
            command=lambda _: _python(_WITH_A_CHILD),
            ready=lambda world: _printed(world, "parent"),
        ),
        Part(
            name="deaf",
            purpose="",
            command=lambda _: _python(_DEAF),
            ready=lambda _: True,
            ends_within_seconds=0.2,
        ),
        Part(
            name="never",
            purpose="",
            command=lambda _: _python(_ASLEEP),
            ready=lambda _: False,
            ready_within_seconds=0.2,
        ),
        Part(
            name="failing",
            purpose="",
            required=True,
            command=lambda _: _python("raise SystemExit('no port')"),
            ready=lambda _: False,
        ),
        Part(
            name="after-never",
            purpose="",
            after=("never",),
            command=lambda _: _python(_ASLEEP),
            ready=lambda _: True,
        ),
        Part(
            name="absent",
            purpose="",
            programs=("no-such-program",),
            remedy="apt-get install it",
            command=lambda _: ["no-such-program"],
            ready=lambda _: True,
        ),
    )
}

if __name__ == "__main__":
    signal.pthread_sigmask(signal.SIG_BLOCK, supervisor.AWAITED)
    chosen = tuple(PARTS[name] for name in sys.argv[2:])
    supervisor.supervise(World(State(Path(sys.argv[1])), Settings()), chosen)
