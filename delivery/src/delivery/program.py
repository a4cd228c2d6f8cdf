"""Calls other programs: shows the command, gives back what it printed, tells how it failed."""

import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Mapping

from delivery.errors import ProgramError, SetupError

_REMEDIES = {
    "gcloud": "install it from https://cloud.google.com/sdk/docs/install",
    "bq": "it comes with gcloud: https://cloud.google.com/sdk/docs/install",
    "cyclonedx-py": "make sbom brings it along",
    "docker": "install Docker, or run rehearsal/engine/install",
    "terraform": "install it from https://developer.hashicorp.com/terraform/install",
}
_LAST_LINES = 12


def output(*command: str) -> str:
    """The standard output of a program, which is shown only if it fails.

    Raises:
        SetupError: the program is not installed.
        ProgramError: it ended with an error; the message has its last words.
    """
    _announce(command)
    done = subprocess.run(
        command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise ProgramError(shlex.join(command), done.returncode, _last_words(done))
    return done.stdout


def call(*command: str, environment: Mapping[str, str] | None = None) -> None:
    """Runs a program whose output is for people to follow; ``environment`` is added to ours.

    Raises:
        SetupError: the program is not installed.
        ProgramError: it ended with an error, of which it has told by itself.
    """
    _announce(command)
    done = subprocess.run(
        command, stdin=subprocess.DEVNULL, check=False, env=os.environ | dict(environment or {})
    )
    if done.returncode != 0:
        raise ProgramError(shlex.join(command), done.returncode, "")


def _announce(command: tuple[str, ...]) -> None:
    name = command[0]
    if shutil.which(name) is None:
        remedy = _REMEDIES.get(name, "install it")
        raise SetupError(f"{name} is not on the PATH: {remedy}.")
    sys.stderr.write(f"$ {shlex.join(command)}\n")
    sys.stderr.flush()


def _last_words(done: subprocess.CompletedProcess[str]) -> str:
    lines = (done.stderr.strip() or done.stdout.strip()).splitlines()
    return "\n".join(lines[-_LAST_LINES:])
