"""The supervisor as a real process, with small parts."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from rehearsal.running import status
from rehearsal.running.state import State
from rehearsal.running.status import PartStatus, Status

_PATIENCE_SECONDS = 60.0


def test_a_part_that_answers_is_ready(tmp_path: Path) -> None:
    with _supervised(tmp_path, "asleep") as (state, _):
        assert _settled(state)["asleep"].condition == "ready"


def test_a_part_whose_program_is_missing_is_told_with_the_remedy(tmp_path: Path) -> None:
    with _supervised(tmp_path, "absent", "asleep") as (state, _):
        parts = _settled(state)

    assert parts["absent"].condition == "missing"
    assert parts["absent"].detail == "no no-such-program: apt-get install it"
    assert parts["asleep"].condition == "ready"


def test_a_part_that_never_answers_is_ended_and_told(tmp_path: Path) -> None:
    with _supervised(tmp_path, "never") as (state, _):
        part = _settled(state)["never"]

    assert (part.condition, part.detail) == ("failed", "not ready after 0.2 s")


def test_a_part_that_awaits_one_that_failed_is_started_all_the_same(tmp_path: Path) -> None:
    with _supervised(tmp_path, "after-never", "never") as (state, _):
        assert _settled(state)["after-never"].condition == "ready"


def test_a_part_that_ends_is_told_and_not_restarted(tmp_path: Path) -> None:
    with _supervised(tmp_path, "asleep") as (state, _):
        pid = _settled(state)["asleep"].pid
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        _wait(lambda: _settled(state)["asleep"].condition == "ended")
        part = _settled(state)["asleep"]

    assert (part.detail, part.pid) == ("ended by SIGKILL", None)


def test_a_required_part_that_fails_is_lost(tmp_path: Path) -> None:
    with _supervised(tmp_path, "failing") as (state, _):
        _settled(state)
        told = status.read(state)
        assert told is not None
        assert [part.name for part in told.lost()] == ["failing"]

    assert "no port" in state.log("failing").read_text()


def test_nothing_is_left_after_the_end(tmp_path: Path) -> None:
    with _supervised(tmp_path, "asleep", "parent", "deaf") as (state, supervisor):
        pids = _pids(state)
        supervisor.terminate()
        supervisor.wait(_PATIENCE_SECONDS)

    assert len(pids) == 4
    assert [pid for pid in pids if _alive(pid)] == []
    assert not status.running(state)


def test_parts_do_not_outlive_a_supervisor_that_is_killed(tmp_path: Path) -> None:
    with _supervised(tmp_path, "asleep", "deaf") as (state, supervisor):
        pids = _pids(state)
        supervisor.kill()
        supervisor.wait(_PATIENCE_SECONDS)
        _wait(lambda: not any(_alive(pid) for pid in pids))

    assert not status.running(state)


def test_a_second_supervisor_of_a_folder_gives_way(tmp_path: Path) -> None:
    with _supervised(tmp_path, "asleep") as (state, _):
        _settled(state)
        with _supervised(tmp_path, "asleep") as (_, second):
            assert second.wait(_PATIENCE_SECONDS) != 0
        assert _settled(state)["asleep"].condition == "ready"


@contextmanager
def _supervised(folder: Path, *names: str) -> Iterator[tuple[State, subprocess.Popen[bytes]]]:
    command = [sys.executable, "-m", "tests.running.small_parts", str(folder), *names]
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    try:
        yield State(folder), process
    finally:
        process.terminate()
        process.wait(_PATIENCE_SECONDS)


def _settled(state: State) -> dict[str, PartStatus]:
    def told() -> Status | None:
        now = status.read(state)
        return now if now is not None and now.settled() else None

    _wait(lambda: told() is not None)
    now = told()
    assert now is not None
    return {part.name: part for part in now.parts}


def _pids(state: State) -> list[int]:
    """Of all parts, and of the child that one of them has."""
    parts = _settled(state)
    pids = [part.pid for part in parts.values() if part.pid is not None]
    if "parent" in parts:
        pids.append(int(state.log("parent").read_text().split()[1]))
    return pids


def _alive(pid: int) -> bool:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except FileNotFoundError:
        return False
    return stat.rpartition(")")[2].split()[0] != "Z"


def _wait(done: Callable[[], bool]) -> None:
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while not done():
        assert time.monotonic() < deadline
        time.sleep(0.02)
