"""Programs in the place of gcloud, bq and terraform: real processes that answer from a table."""

import json
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from delivery.system import System

_SCRIPT = """#!{python}
import json, pathlib, sys
folder = pathlib.Path({folder!r})
call = " ".join([{name!r}, *sys.argv[1:]])
with (folder / "calls").open("a") as calls:
    calls.write(call + "\\n")
for part, output, status in json.loads((folder / "answers.json").read_text()):
    if part in call:
        print(output if status == 0 else "", end="")
        print(output if status else "", end="", file=sys.stderr)
        sys.exit(status)
print("nobody has said what to answer to: " + call, file=sys.stderr)
sys.exit(99)
"""


@dataclass
class Programs:
    """What is called, and what it answers."""

    folder: Path
    _answers: list[tuple[str, str, int]] = field(default_factory=list)

    def answer(self, part: str, output: object, status: int = 0) -> None:
        """A call that contains ``part`` prints ``output``; one said later goes before."""
        text = output if isinstance(output, str) else json.dumps(output)
        self._answers.insert(0, (part, text, status))
        (self.folder / "answers.json").write_text(json.dumps(self._answers))

    def called(self, part: str = "") -> list[str]:
        """The calls that contain ``part``, in order."""
        file = self.folder / "calls"
        lines = file.read_text().splitlines() if file.exists() else []
        return [line for line in lines if part in line]


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Programs:
    folder = tmp_path / "programs"
    folder.mkdir()
    for name in ("gcloud", "bq", "terraform", "docker"):
        script = _SCRIPT.format(python=sys.executable, folder=str(folder), name=name)
        (folder / name).write_text(script)
        (folder / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")
    (folder / "answers.json").write_text("[]")
    return Programs(folder)


@pytest.fixture(autouse=True)
def outside_of_github(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("GITHUB_ACTIONS", "GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY", "GCP_PROJECT_ID"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def system(tmp_path: Path) -> System:
    return System("dog-breeds-demo", root=tmp_path)


@pytest.fixture
def moved(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """The tags that are moved, instead of asking Artifact Registry."""
    tags: dict[str, str] = {}

    def point(_: System, tag: str, digest: str) -> None:
        tags[tag] = digest

    monkeypatch.setattr("delivery.registry.point", point)
    return tags


@pytest.fixture
def tagged(programs: Programs, system: System) -> Callable[[dict[str, str]], None]:
    """Says which tags there are."""

    def say(tags: dict[str, str]) -> None:
        package = "projects/p/locations/l/repositories/pipelines/packages/dlt-ingestion"
        listed = [
            {"tag": f"{package}/tags/{tag}", "version": f"{package}/versions/{digest}"}
            for tag, digest in tags.items()
        ]
        programs.answer(f"docker tags list {system.image}", listed)

    return say
