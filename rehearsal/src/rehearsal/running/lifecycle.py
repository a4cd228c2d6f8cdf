"""Up, down, reset: what the commands do, apart from what they print."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

import msgspec

from rehearsal.environment import REHEARSING_AS
from rehearsal.errors import RehearsalError
from rehearsal.gateway.hosts import NEEDED_BY_BUILDS, NEEDED_BY_TERRAFORM, LetThrough
from rehearsal.gateway.package_indexes import index_hosts
from rehearsal.gateway.upstream_proxy import upstream_proxy
from rehearsal.running import status
from rehearsal.running.parts import PARTS
from rehearsal.running.state import Settings, State, choose_ports
from rehearsal.running.status import Status
from rehearsal.running.trust import trusted_file

ENGINE_STATE = "REHEARSAL_ENGINE_STATE"
"""The variable that names a folder in which rehearsals share images; one of them at a time."""
_LOOK_SECONDS = 0.05
_UP_WITHIN_SECONDS = 150.0
_DOWN_WITHIN_SECONDS = 90.0


def up(
    state: State,
    *,
    project: str | None = None,
    allowed: Sequence[str] = (),
    without: Sequence[str] = (),
    environment: Mapping[str, str] = os.environ,
    told: Callable[[Status], None] = lambda _: None,
) -> Status:
    """Starts the rehearsal and waits until each part is up, or is known not to come up.

    May be repeated: a rehearsal that runs already is left as it is. ``told`` is called as things
    change.

    Raises:
        RehearsalError: a part that everything needs does not come up; or one that runs already was
            asked to be another.
    """
    with state.alone():
        earlier = state.settings()
        if status.running(state):
            _require_same(earlier, project, allowed)
        else:
            state.keep(_settings(earlier, project, allowed, without, environment))
            _start_supervisor(state)
        try:
            return _await(state, told)
        except RehearsalError:
            _stop(state)
            raise


def down(state: State) -> bool:
    """Ends all parts; whether there was something to end."""
    with state.alone():
        return _stop(state)


def reset(state: State) -> bool:
    """Forgets all resources; whether the rehearsal runs (anew). Images of the engine stay."""
    with state.alone():
        was_running = _stop(state)
        state.forget_resources()
        if was_running:
            settings = state.settings()
            state.keep(_with_ports(settings))
            _start_supervisor(state)
            _await(state, lambda _: None)
        return was_running


def running_settings(state: State) -> Settings:
    """What the running rehearsal was started with.

    Raises:
        RehearsalError: none runs.
    """
    if not status.running(state):
        raise RehearsalError(f"no rehearsal runs in {state.folder}: rehearsal up")
    return state.settings()


def _settings(
    earlier: Settings,
    project: str | None,
    allowed: Sequence[str],
    without: Sequence[str],
    environment: Mapping[str, str],
) -> Settings:
    LetThrough.parse(allowed)
    _require_parts(without)
    # Inside the rehearsal's own shell, proxy and authorities are the rehearsal's.
    inside = REHEARSING_AS in environment
    indexes = index_hosts(environment, Path.home())
    shared = environment.get(ENGINE_STATE)
    return _with_ports(
        Settings(
            project=project or earlier.project,
            allowed=tuple(sorted({*NEEDED_BY_BUILDS, *NEEDED_BY_TERRAFORM, *indexes, *allowed})),
            without=tuple(sorted(without)),
            upstream_proxy=earlier.upstream_proxy if inside else upstream_proxy(environment),
            trusted=earlier.trusted if inside else str(trusted_file(environment)),
            engine=str(Path(shared).absolute()) if shared else "",
            ports=earlier.ports,
        )
    )


def _with_ports(settings: Settings) -> Settings:
    return msgspec.structs.replace(settings, ports=choose_ports(settings.ports))


def _require_parts(names: Iterable[str]) -> None:
    optional = [part.name for part in PARTS if not part.required]
    for name in names:
        if name not in optional:
            raise RehearsalError(f"{name!r} can't be left out: choose of {', '.join(optional)}")


def _require_same(running: Settings, project: str | None, allowed: Iterable[str]) -> None:
    more = sorted(set(allowed) - set(running.allowed))
    if more:
        raise RehearsalError(
            f"the rehearsal runs already, and does not let {', '.join(more)} through:"
            " rehearsal down, then up again"
        )
    if project is not None and project != running.project:
        raise RehearsalError(
            f"the rehearsal runs already, with project {running.project}:"
            " rehearsal down, then up again"
        )


def _start_supervisor(state: State) -> None:
    """Detached from this terminal, which may be closed."""
    log = state.log("supervisor")
    log.parent.mkdir(parents=True, exist_ok=True)
    state.status_file.unlink(missing_ok=True)
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "rehearsal.running.supervisor", state.folder],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    _wait(lambda: status.read(state) is not None or process.poll() is not None, _UP_WITHIN_SECONDS)
    if process.poll() is not None:
        raise RehearsalError(f"the supervisor ended at once: {last_words(log)}")


def _await(state: State, told: Callable[[Status], None]) -> Status:
    seen: list[Status] = []

    def settled() -> bool:
        now = status.read(state)
        if now is not None and (not seen or now != seen[-1]):
            seen.append(now)
            told(now)
        return now is None or now.settled()

    _wait(settled, _UP_WITHIN_SECONDS)
    now = status.read(state)
    if now is None:
        raise RehearsalError(f"the supervisor has ended: {last_words(state.log('supervisor'))}")
    for part in now.lost():
        raise RehearsalError(
            f"{part.name} does not run, {part.detail}: {last_words(state.log(part.name))}"
        )
    return now


def _stop(state: State) -> bool:
    """Parts end with their supervisor, even if it has to be killed."""
    if not status.running(state):
        return False
    now = status.read(state)
    if now is not None:
        _signal(now.pid, signal.SIGTERM)
    if not _wait(lambda: not status.running(state), _DOWN_WITHIN_SECONDS):
        if now is not None:
            _signal(now.pid, signal.SIGKILL)
        _wait(lambda: not status.running(state), _DOWN_WITHIN_SECONDS)
    return True


def _signal(pid: int, number: signal.Signals) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return  # it has ended meanwhile


def _wait(done: Callable[[], bool], seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while not done():
        if time.monotonic() > deadline:
            return False
        time.sleep(_LOOK_SECONDS)
    return True


def last_words(log: Path, lines: int = 5) -> str:
    """The end of a log, on one line."""
    if not log.is_file():
        return f"{log} is not there"
    words = log.read_text(errors="replace").strip().splitlines()[-lines:]
    return " / ".join(line.strip() for line in words) or f"{log} is empty"
