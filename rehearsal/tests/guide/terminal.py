"""A person's terminal: blocks are pasted into it, and it stays in the folder that they lead to."""

import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.guide.showing import plain
from tests.running import Rehearsal

_LONGEST_SECONDS = 600


@dataclass(frozen=True)
class Ended:
    """Commands that have ended, well or not."""

    commands: str
    code: int
    printed: str

    def __str__(self) -> str:
        return f"{self.commands}\nended with {self.code} and printed:\n{self.printed}"


class Terminal:
    """In a rehearsal, as the project's owner."""

    def __init__(self, rehearsal: Rehearsal, folder: Path) -> None:
        self._rehearsal = rehearsal
        self.folder = folder
        """Where the next commands start."""
        self._told = folder / ".folder-of-the-terminal"

    def run(self, commands: str, typed: Sequence[str] = ()) -> Ended:
        """Runs commands up to the first that fails; ``typed`` are the lines for their input.

        After a failure it goes back to where it was, so that the same can be tried again.
        """
        script = f"set -euo pipefail\ntrap 'pwd >\"$TOLD\"' EXIT\n{commands}"
        ended = subprocess.run(
            ["bash", "-c", script],
            env=self._rehearsal.environment() | {"TOLD": str(self._told)},
            cwd=self.folder, input="".join(f"{line}\n" for line in typed), text=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=_LONGEST_SECONDS,
        )  # fmt: skip
        if ended.returncode == 0:
            self.folder = Path(self._told.read_text(encoding="utf-8").strip())
        return Ended(commands, ended.returncode, plain(ended.stdout))
