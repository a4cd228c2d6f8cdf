import os
import select
import signal
import threading
from pathlib import Path

import pytest

from rehearsal.execution.engine import Engine, remove_containers
from rehearsal.execution.podman import PodmanExecutor
from rehearsal.execution.task import Outcome, Stream
from tests.execution.world import (
    IMAGE,
    SYSTEM_BUNDLE,
    ImagesAlreadyHere,
    command_lines,
    ended,
    neighbours,
    run,
    shell_task,
)

pytestmark = pytest.mark.xdist_group("engine")

_MEBIBYTE = 1024**2


@pytest.mark.parametrize("code", [0, 3, 125, 126, 127, 255])
def test_the_exit_code_is_the_containers(executor: PodmanExecutor, code: int) -> None:
    assert run(executor, shell_task(f"exit {code}")).outcome == ended(code)


def test_a_signal_makes_the_exit_code_128_and_its_number(executor: PodmanExecutor) -> None:
    assert run(executor, shell_task("sh -c 'kill -9 $$'; exit $?")).outcome.exit_code == 137


def test_lines_come_whole_each_from_its_stream(executor: PodmanExecutor) -> None:
    ran = run(executor, shell_task("echo one; echo two >&2; echo; printf 'no end'"))
    assert ran.out() == ["one", "", "no end"]
    assert ran.err() == ["two"]


def test_much_output_arrives_complete(executor: PodmanExecutor) -> None:
    script = "i=0; while [ $i -lt 20000 ]; do echo line $i; i=$((i+1)); done"
    assert run(executor, shell_task(script)).out() == [f"line {i}" for i in range(20000)]


def test_a_line_arrives_while_the_task_still_runs(executor: PodmanExecutor) -> None:
    cancelled = threading.Event()

    def write(stream: Stream, line: bytes) -> None:
        if line == b"working":
            cancelled.set()

    outcome = executor.run(
        shell_task("trap 'exit 7' TERM; echo working; while :; do sleep 0.1; done"),
        write,
        cancelled,
    )
    assert outcome == ended(7, cancelled=True)


def test_the_images_own_command_runs_unless_one_is_given(executor: PodmanExecutor) -> None:
    assert run(executor, shell_task("", command=())).out() == ["its own command"]
    given = shell_task("", command=(), arguments=("echo", "given"))
    assert run(executor, given).out() == ["given"]


def test_a_command_without_arguments_gets_none_of_the_image(executor: PodmanExecutor) -> None:
    assert run(executor, shell_task("", command=("echo",))).out() == [""]


def test_arguments_follow_the_command_as_they_are(executor: PodmanExecutor) -> None:
    task = shell_task("", command=("echo", "-n"), arguments=("a  b", "$HOME", "--rm"))
    assert run(executor, task).out() == ["a  b $HOME --rm"]


def test_the_environment_is_the_one_given_and_the_authorities(executor: PodmanExecutor) -> None:
    given = {
        "PLAIN": "value",
        "EMPTY": "",
        "SPACES": "  # both ends  ",
        "QUOTED": "\"a\" 'b' $HOME \\n",
        "SIGN": "a=b",
        "UMLAUT": "größe",
    }
    bundle = "/etc/ssl/certs/ca-certificates.crt"
    seen = dict(
        line.split("=", 1) for line in run(executor, shell_task("env", environment=given)).out()
    )
    for name in ("HOME", "PATH", "PWD", "SHLVL", "HOSTNAME"):  # of the image and of the shell
        del seen[name]
    assert {name: seen.pop(name) for name in given} == given
    assert seen.pop("REQUESTS_CA_BUNDLE") == seen.pop("SSL_CERT_FILE") == bundle
    assert set(seen.values()) <= {bundle}
    assert not {name for name in seen if "proxy" in name.lower()}


def test_a_value_may_have_several_lines(executor: PodmanExecutor) -> None:
    given = {"KEY": "-----BEGIN\nabc\n-----END\n", "HOME": "a\nb"}
    ran = run(executor, shell_task('echo "$KEY|$HOME"', environment=given))
    assert ran.out() == ["-----BEGIN", "abc", "-----END", "|a", "b"]


def test_no_value_is_on_a_command_line(executor: PodmanExecutor) -> None:
    seen: list[bytes] = []

    def write(stream: Stream, line: bytes) -> None:
        seen.extend(line for _, line in command_lines())

    secrets = {"ONE": "sesame-one-line", "TWO": "sesame\nlines"}
    executor.run(shell_task("echo; sleep 0.1", environment=secrets), write, threading.Event())
    assert seen
    assert not [line for line in seen if b"sesame" in line]


@pytest.mark.parametrize("attempt", range(5))
def test_memory_that_runs_out_is_told(executor: PodmanExecutor, attempt: int) -> None:
    task = shell_task("exec dd if=/dev/zero of=/dev/null bs=200M", memory_bytes=32 * _MEBIBYTE)
    assert run(executor, task).outcome == ended(137, out_of_memory=True)


def test_a_child_that_has_no_memory_takes_the_whole_task_along(executor: PodmanExecutor) -> None:
    task = shell_task(
        "dd if=/dev/zero of=/dev/null bs=200M; sleep 100", memory_bytes=32 * _MEBIBYTE
    )
    assert run(executor, task).outcome == ended(137, out_of_memory=True)


def test_a_task_that_kills_itself_is_not_out_of_memory(executor: PodmanExecutor) -> None:
    assert run(executor, shell_task("exit 137")).outcome == ended(137)


def test_files_in_tmp_are_the_tasks_memory(executor: PodmanExecutor) -> None:
    task = shell_task("dd if=/dev/zero of=/tmp/big bs=1M count=100", memory_bytes=32 * _MEBIBYTE)
    outcome = run(executor, task).outcome
    assert outcome.out_of_memory
    assert outcome.exit_code == 137


def test_nothing_but_tmp_can_be_written(executor: PodmanExecutor) -> None:
    script = "touch /tmp/here && echo tmp; for f in /here /etc/here /var/here; do touch $f; done"
    ran = run(executor, shell_task(script))
    assert ran.out() == ["tmp"]
    assert len(ran.err()) == 3


class Hours:
    """A clock that is an hour ahead after each line of output of some."""

    def __init__(self, at_lines: set[bytes]) -> None:
        self.lines: list[bytes] = []
        self._at_lines = at_lines

    def now(self) -> float:
        return 3600.0 * len(self._at_lines.intersection(self.lines))

    def write(self, stream: Stream, line: bytes) -> None:
        self.lines.append(line)


def _run_for_hours(
    engine: Engine, folder: Path, script: str, at_lines: set[bytes]
) -> tuple[Outcome, list[bytes]]:
    hours = Hours(at_lines)
    executor = PodmanExecutor(engine, folder, neighbours(), ImagesAlreadyHere(), hours.now)
    task = shell_task(script, timeout_seconds=1800.0)
    return executor.run(task, hours.write, threading.Event()), hours.lines


def test_a_task_that_takes_too_long_gets_sigterm(engine: Engine, tmp_path: Path) -> None:
    script = "trap 'echo asked; exit 0' TERM; echo ready; while :; do sleep 0.1; done"
    outcome, lines = _run_for_hours(engine, tmp_path, script, {b"ready"})
    assert lines == [b"ready", b"asked"]
    assert outcome == ended(0, timed_out=True)


def test_a_task_that_ignores_sigterm_is_killed(engine: Engine, tmp_path: Path) -> None:
    script = "trap 'echo asked' TERM; echo ready; while :; do sleep 0.1; done"
    outcome, lines = _run_for_hours(engine, tmp_path, script, {b"ready", b"asked"})
    assert lines == [b"ready", b"asked"]
    assert outcome == ended(137, timed_out=True)


def test_a_task_that_was_cancelled_before_does_not_start(executor: PodmanExecutor) -> None:
    cancelled = threading.Event()
    cancelled.set()
    ran = run(executor, shell_task("echo started"), cancelled)
    assert ran.outcome.cancelled
    assert not ran.outcome.started
    assert not ran.lines


def test_a_program_that_is_not_there_does_not_start(executor: PodmanExecutor) -> None:
    ran = run(executor, shell_task("", command=("no-such-program",)))
    assert not ran.outcome.started
    assert ran.outcome.exit_code is None
    assert "no-such-program" in ran.outcome.message
    assert not ran.lines


def test_an_image_that_is_not_there_does_not_start(executor: PodmanExecutor) -> None:
    ran = run(executor, shell_task("echo", image="localhost/no-such-image:test"))
    assert not ran.outcome.started
    assert "no-such-image" in ran.outcome.message


def test_a_podman_that_is_killed_takes_its_container_along(
    executor: PodmanExecutor, tmp_path: Path
) -> None:
    containers: list[int] = []

    def write(stream: Stream, line: bytes) -> None:
        (pid_file,) = (tmp_path / "tasks").glob("*/pid")
        containers.append(os.pidfd_open(int(pid_file.read_text())))
        option = f"--pidfile={pid_file}".encode()
        (podman,) = [pid for pid, line in command_lines() if option in line.split(b"\0")]
        os.kill(podman, signal.SIGKILL)

    outcome = executor.run(shell_task("echo; sleep 1000"), write, threading.Event())
    assert outcome == ended(137)
    gone, _, _ = select.select(containers, [], [], 60)
    os.close(containers[0])
    assert gone
    executor.clean()


def test_an_engine_that_was_never_started_runs_nothing_and_has_nothing_to_clean(
    tmp_path: Path,
) -> None:
    nowhere = Engine(tmp_path / "engine", SYSTEM_BUNDLE)
    executor = PodmanExecutor(nowhere, tmp_path / "tasks", neighbours(), ImagesAlreadyHere())
    assert executor.clean() == 0
    outcome = run(executor, shell_task("echo")).outcome
    assert not outcome.started
    assert "ENGINE_OWN=1" in outcome.message


def test_nothing_is_left_of_a_task(
    executor: PodmanExecutor, engine: Engine, tmp_path: Path
) -> None:
    run(executor, shell_task("exit 1"))
    assert engine.ask(["ps", "--all", "--quiet"], tmp_path) == ""
    assert list((tmp_path / "tasks").iterdir()) == []


def test_containers_of_a_crashed_server_are_removed_and_others_left(
    engine: Engine, tmp_path: Path
) -> None:
    for owner in ("crashed", "other"):
        label = f"rehearsal.executor={tmp_path / owner}"
        arguments = ["run", "--detach", "--network=none", "--label", label, IMAGE, "sleep", "1000"]
        engine.ask(arguments, tmp_path)
    restarted = PodmanExecutor(engine, tmp_path / "crashed", neighbours(), ImagesAlreadyHere())
    (tmp_path / "crashed" / "task-left").mkdir()
    assert restarted.clean() == 1
    assert list((tmp_path / "crashed").iterdir()) == []
    assert restarted.clean() == 0
    assert remove_containers(engine, str(tmp_path / "other"), tmp_path) == 1


def test_tasks_run_beside_each_other(executor: PodmanExecutor) -> None:
    # Each waits until the other is there: one after the other would never end well.
    here = [threading.Event(), threading.Event()]
    cancelled = [threading.Event(), threading.Event()]
    outcomes: list[Outcome] = []

    def follow(mine: int) -> None:
        def write(stream: Stream, line: bytes) -> None:
            here[mine].set()
            if here[1 - mine].wait(60):
                cancelled[mine].set()

        task = shell_task("trap 'exit 5' TERM; echo; while :; do sleep 0.1; done")
        outcomes.append(executor.run(task, write, cancelled[mine]))

    threads = [threading.Thread(target=follow, args=(number,)) for number in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert outcomes == [ended(5, cancelled=True)] * 2
