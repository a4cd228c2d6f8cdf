import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from rehearsal.child_process import end, start


def test_what_a_program_prints_is_in_its_log(tmp_path: Path) -> None:
    process = start(["echo", "hello"], log=tmp_path / "logs" / "a.log")

    assert process.wait(60) == 0
    assert (tmp_path / "logs" / "a.log").read_text() == "hello\n"


def test_a_program_gets_the_given_environment_alone(tmp_path: Path) -> None:
    process = start(["/usr/bin/env"], log=tmp_path / "log", environment={"ONLY": "this"})

    process.wait(60)
    assert (tmp_path / "log").read_text() == "ONLY=this\n"


def test_a_program_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        start(["no-such-program"], log=tmp_path / "log")


def test_a_program_is_asked_to_end(tmp_path: Path) -> None:
    process = start(["sleep", "600"], log=tmp_path / "log")

    assert end(process) == -signal.SIGTERM


def test_a_program_that_does_not_listen_is_killed(tmp_path: Path) -> None:
    deaf = "trap '' TERM; echo ready; while true; do sleep 1; done"
    process = start(["sh", "-c", deaf], log=tmp_path / "log")
    _wait_for_text(tmp_path / "log")

    assert end(process, patience_seconds=0.1) == -signal.SIGKILL


def test_a_program_does_not_outlive_who_started_it(tmp_path: Path) -> None:
    text = (
        "import pathlib, time\n"
        "from rehearsal.child_process import start\n"
        f"child = start(['sleep', '600'], log=pathlib.Path({str(tmp_path / 'log')!r}))\n"
        "print(child.pid, flush=True)\n"
        "time.sleep(600)\n"
    )
    with subprocess.Popen([sys.executable, "-c", text], stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        parent.kill()

    _wait_until_gone(pid)


def _wait_for_text(file: Path) -> None:
    deadline = time.monotonic() + 60
    while not file.read_text():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def _wait_until_gone(pid: int) -> None:
    deadline = time.monotonic() + 60
    while True:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        if state == "Z":
            return
        assert time.monotonic() < deadline
        time.sleep(0.02)
