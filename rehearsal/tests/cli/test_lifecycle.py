"""``up``, ``down``, ``status``, ``reset``, ``logs``, as a shell calls them."""

from pathlib import Path

from rehearsal.running import status
from tests.running import OPTIONAL, Rehearsal, rehearsal_command, rehearsal_up

_WITHOUT_ALL = tuple(word for name in OPTIONAL for word in ("--without", name))


def test_status_shows_each_part(rehearsal: Rehearsal) -> None:
    shown = rehearsal.command("status")

    assert shown.returncode == 0
    assert "gateway   ready" in shown.stdout
    assert "bigquery  left out" in shown.stdout


def test_up_may_be_repeated(rehearsal: Rehearsal) -> None:
    before = status.read(rehearsal.state)

    assert rehearsal.command("up").returncode == 0

    assert status.read(rehearsal.state) == before


def test_up_with_another_wish_than_the_running_one_is_refused(rehearsal: Rehearsal) -> None:
    for wish in (("--allow", "example.org"), ("--project", "another")):
        refused = rehearsal.command("up", *wish)

        assert refused.returncode == 1
        assert "rehearsal down, then up again" in refused.stderr


def test_logs_shows_what_a_part_has_printed(rehearsal: Rehearsal) -> None:
    rehearsal.run("curl", "-sS", "https://unknown.example.org/")

    assert "host=unknown.example.org" in rehearsal.command("logs", "gateway").stdout


def test_logs_of_what_is_no_part_names_the_parts(rehearsal: Rehearsal) -> None:
    refused = rehearsal.command("logs", "nothing")

    assert refused.returncode == 1
    assert "server, gateway" in refused.stderr


def test_status_without_a_rehearsal_says_how_to_start_one(tmp_path: Path) -> None:
    shown = rehearsal_command(tmp_path, "status")

    assert shown.returncode == 3
    assert "rehearsal up" in shown.stdout


def test_run_without_a_rehearsal_says_how_to_start_one(tmp_path: Path) -> None:
    refused = rehearsal_command(tmp_path, "run", "--", "true")

    assert refused.returncode == 1
    assert refused.stderr.endswith("rehearsal up\n")


def test_down_without_a_rehearsal_is_no_error(tmp_path: Path) -> None:
    assert rehearsal_command(tmp_path, "down").returncode == 0


def test_up_refuses_to_leave_out_what_everything_needs(tmp_path: Path) -> None:
    refused = rehearsal_command(tmp_path, "up", "--without", "gateway")

    assert refused.returncode == 1
    assert "'gateway' can't be left out" in refused.stderr


def test_up_refuses_what_is_no_host(tmp_path: Path) -> None:
    refused = rehearsal_command(tmp_path, "up", "--allow", "https://example.org/")

    assert refused.returncode == 1
    assert "write HOST" in refused.stderr


def test_up_that_fails_leaves_nothing_running_and_says_why(tmp_path: Path) -> None:
    # A file where the server's folder has to be.
    (tmp_path / "resources").write_text("")

    refused = rehearsal_command(tmp_path, "up", *_WITHOUT_ALL)

    assert refused.returncode == 1
    assert "server does not run" in refused.stderr
    assert "NotADirectoryError" in refused.stderr
    assert rehearsal_command(tmp_path, "status").returncode == 3


def test_resources_survive_a_restart_and_not_a_reset(tmp_path: Path) -> None:
    with rehearsal_up(tmp_path, parts=(), project="first") as running:
        ports = running.state.settings().ports
        running.command("down")
        assert running.command("up", *_WITHOUT_ALL, "--project", "second").returncode == 0
        assert running.ask("status")["projects"] == ["first", "second"]
        assert running.state.settings().ports == ports

        assert running.command("reset").returncode == 0

        assert running.ask("status")["projects"] == ["second"]


def test_reset_without_a_rehearsal_forgets_and_starts_nothing(tmp_path: Path) -> None:
    (tmp_path / "resources").mkdir()

    assert rehearsal_command(tmp_path, "reset").returncode == 0

    assert not (tmp_path / "resources").exists()
    assert rehearsal_command(tmp_path, "status").returncode == 3
