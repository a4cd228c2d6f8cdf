"""A rehearsal in a folder of its own, driven by its command line."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).parents[2]


@dataclass(frozen=True)
class Machine:
    """``folder``: the rehearsal's state."""

    folder: Path

    def rehearsal(self, *arguments: str) -> str:
        """The output of a command of the rehearsal; SystemExit if it fails."""
        return self._checked([sys.executable, "-m", "rehearsal", *arguments])

    def shell(self, line: str) -> str:
        """The output of a line typed in the rehearsal's shell, in the repository."""
        return self.rehearsal("run", "--", "bash", "-c", line)

    def measured(self, script: str) -> list[float]:
        """The list of numbers that a Python script prints, run in the rehearsal."""
        printed = self.rehearsal("run", "--", sys.executable, "-c", script)
        numbers: list[float] = json.loads(printed)
        return numbers

    def _checked(self, command: list[str]) -> str:
        environment = os.environ | {"REHEARSAL_STATE": str(self.folder)}
        ended = subprocess.run(
            command, cwd=REPOSITORY, env=environment, capture_output=True, text=True
        )
        if ended.returncode:
            raise SystemExit(f"{command}: {ended.stdout}{ended.stderr}")
        return ended.stdout
