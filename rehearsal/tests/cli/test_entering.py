"""The commands that lead into the rehearsal, as a shell calls them."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.running import Rehearsal

_PROJECT = "https://cloudresourcemanager.googleapis.com/v1/projects/demo"
_ASK_AS_TOKEN = (
    'curl -sS -H "Authorization: Bearer $(cat "$CLOUDSDK_AUTH_ACCESS_TOKEN_FILE")" ' + _PROJECT
)


def test_a_command_is_run_with_the_owners_credentials(rehearsal: Rehearsal) -> None:
    shown = rehearsal.command("run", "--", "sh", "-c", _ASK_AS_TOKEN)

    assert '"projectId":"demo"' in shown.stdout


def test_a_command_is_run_as_a_service_account(rehearsal: Rehearsal) -> None:
    account = "worker@demo.iam.gserviceaccount.com"

    shown = rehearsal.command("run", "--as", account, "--", "sh", "-c", _ASK_AS_TOKEN)

    assert "resourcemanager.projects.get" in shown.stdout


def test_a_command_is_run_as_nobody(rehearsal: Rehearsal) -> None:
    shown = rehearsal.command("run", "--as", "nobody", "--", "curl", "-sS", _PROJECT)

    assert "UNAUTHENTICATED" in shown.stdout


def test_the_exit_code_of_a_command_is_passed_on(rehearsal: Rehearsal) -> None:
    assert rehearsal.command("run", "--", "sh", "-c", "exit 7").returncode == 7


def test_options_of_a_command_are_its_own(rehearsal: Rehearsal) -> None:
    shown = rehearsal.command("run", "printf", "%s %s", "--as", "--help")

    assert shown.stdout == "--as --help"


def test_a_program_that_is_not_there_is_told_in_a_sentence(rehearsal: Rehearsal) -> None:
    shown = rehearsal.command("run", "--", "no-such-program")

    assert shown.returncode == 1
    assert shown.stderr == "rehearsal: there is no program no-such-program\n"


def test_an_account_that_is_none_is_told_in_a_sentence(rehearsal: Rehearsal) -> None:
    shown = rehearsal.command("run", "--as", "worker", "--", "true")

    assert shown.returncode == 1
    assert shown.stderr.startswith("rehearsal: 'worker' is no account")
    assert "Traceback" not in shown.stderr


@pytest.mark.parametrize("shell", ["sh", "bash"])
def test_the_printed_variables_make_a_shell_rehearse(rehearsal: Rehearsal, shell: str) -> None:
    text = (
        f'eval "$({sys.executable} -m rehearsal --state "$FOLDER" env)"; '
        'echo "${GOOGLE_CREDENTIALS-gone} $GOOGLE_CLOUD_PROJECT"; ' + _ASK_AS_TOKEN
    )
    real = os.environ | {"GOOGLE_CREDENTIALS": "real", "FOLDER": str(rehearsal.state.folder)}

    shown = subprocess.run(
        [shell, "-c", text], capture_output=True, text=True, env=real, timeout=120
    )

    assert shown.stdout.startswith("gone demo\n"), shown.stderr
    assert '"projectId":"demo"' in shown.stdout


def test_printed_values_are_quoted_for_the_shell(rehearsal: Rehearsal) -> None:
    path = "/with a space:/and 'quotes'"
    text = f'eval "$({sys.executable} -m rehearsal --state "$0" env)"; /bin/echo "$PATH"'
    shown = subprocess.run(
        ["/bin/sh", "-c", text, rehearsal.state.folder],
        capture_output=True, text=True, env=os.environ | {"PATH": path}, timeout=120,
    )  # fmt: skip

    assert shown.stdout.rstrip().endswith(path), shown.stderr


def test_a_shell_is_opened(rehearsal: Rehearsal, tmp_path: Path) -> None:
    shell = tmp_path / "shell"
    shell.write_text('#!/bin/sh\necho "as $REHEARSAL_AS in $GOOGLE_CLOUD_PROJECT"\nexit 3\n')
    shell.chmod(0o755)

    shown = subprocess.run(
        [sys.executable, "-m", "rehearsal", "--state", rehearsal.state.folder, "shell"],
        capture_output=True, text=True, env=os.environ | {"SHELL": str(shell)}, timeout=120,
    )  # fmt: skip

    assert shown.stdout == "as user:owner@example.com in demo\n"
    assert shown.returncode == 3


def test_the_command_is_on_the_path_inside(rehearsal: Rehearsal) -> None:
    shown = rehearsal.command("run", "--", "sh", "-c", "rehearsal status")

    assert "server    ready" in shown.stdout, shown.stderr
