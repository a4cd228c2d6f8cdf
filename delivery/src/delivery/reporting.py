"""What is told: to a terminal, and in GitHub as outputs, annotations and the run's summary."""

import os
import sys
from pathlib import Path


def say(text: str) -> None:
    """A line of the command's own output, and of the summary of a workflow's run."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()
    _append("GITHUB_STEP_SUMMARY", f"{text}\n\n")


def hand_on(name: str, value: str) -> None:
    """A value for later steps of a workflow: ``steps.ID.outputs.NAME``."""
    _append("GITHUB_OUTPUT", f"{name}={value}\n")


def complain(text: str) -> None:
    """An error, where whoever looks for it will look first."""
    sys.stderr.write(f"error: {text}\n")
    if os.environ.get("GITHUB_ACTIONS") == "true":
        # https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
        escaped = text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
        sys.stdout.write(f"::error title=delivery::{escaped}\n")
        _append("GITHUB_STEP_SUMMARY", f"**Failed.** {text}\n\n")


def _append(variable: str, text: str) -> None:
    file = os.environ.get(variable)
    if file:
        with Path(file).open("a", encoding="utf-8") as stream:
            stream.write(text)
