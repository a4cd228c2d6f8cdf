"""The documents: every command in them runs, every generated page is current, every link leads."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[3]
BLOCK = re.compile(
    r"(?:<!-- not run by a test: (?P<reason>.+?) -->\n)?```bash\n(?P<code>.*?)```", re.S
)
CODE = re.compile(r"```.*?```", re.S)
LINK = re.compile(r"\]\((?!https?://)([^)#]+)(?:#[^)]*)?\)")
REHEARSED = (
    "rehearsal/",
    "infrastructure/",
    "delivery/",
    "docs/CLOUD_RUN_DEPLOYMENT.md",
    "docs/report.md",
    "docs/runbook.md",
)
"""Their commands need Google Cloud, or a rehearsal of it: the rehearsal's tests run them."""


@dataclass(frozen=True)
class Block:
    """A block of commands in a document."""

    document: str
    code: str
    reason_not_to_run: str | None


def documents() -> list[Path]:
    """Every document that belongs to the project."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "*.md"],
        cwd=REPOSITORY, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return [REPOSITORY / name for name in listed.stdout.splitlines()]


def blocks() -> Iterator[Block]:
    """Every block of commands that needs nothing else, in the order of the documents."""
    for path in documents():
        name = str(path.relative_to(REPOSITORY))
        if name.startswith(REHEARSED):
            continue
        for found in BLOCK.finditer(path.read_text(encoding="utf-8")):
            yield Block(name, found["code"], found["reason"])


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project's files in a fresh folder, as after a clone."""
    if shutil.which("make") is None:
        pytest.skip("make is not installed: apt-get install make")
    folder = tmp_path_factory.mktemp("clone") / "repository"
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=REPOSITORY, capture_output=True, text=True, check=True,
    )  # fmt: skip
    for name in filter(None, listed.stdout.split("\0")):
        if (REPOSITORY / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(REPOSITORY / name, folder / name)
    return folder


@pytest.mark.timeout(600)
def test_every_command_in_the_documents_runs_in_order_from_a_fresh_clone(clone: Path) -> None:
    """Placeholders stand for the run that the commands before them made."""
    ignored = ("DOG_API", "BIGQUERY", "GCP_", "GOOGLE_", "VIRTUAL_ENV", "UV_PROJECT", "PYTEST")
    environment = {k: v for k, v in os.environ.items() if not k.startswith(ignored)}
    environment["UV_COMPILE_BYTECODE"] = "0"
    run_id = ""
    for block in blocks():
        if block.reason_not_to_run is not None:
            continue
        for line in block.code.splitlines():
            command = line.replace("<run-id>", run_id)
            assert "<" not in command, f"{block.document}: nothing is known for {command}"
            ended = subprocess.run(
                ["bash", "-c", command], cwd=clone, env=environment,
                capture_output=True, text=True, timeout=500,
            )  # fmt: skip
            assert ended.returncode == 0, (
                f"{block.document}: {command}\n{ended.stdout}{ended.stderr}"
            )
            if found := re.search(r"\d{8}T\d{6}Z-[0-9a-f]{6}", ended.stdout):
                run_id = found[0]


def test_commands_are_left_out_only_for_a_reason_that_is_said() -> None:
    assert [block.document for block in blocks() if block.reason_not_to_run] == ["README.md"]


def test_every_link_within_the_project_leads_somewhere() -> None:
    for path in documents():
        for target in LINK.findall(CODE.sub("", path.read_text(encoding="utf-8"))):
            assert (path.parent / target).exists(), f"{path.name}: {target}"


def test_the_reference_of_the_tables_is_current() -> None:
    code = (
        "import sys; sys.path.insert(0, 'docs'); import generate_tables as g; print(g.reference())"
    )
    made = subprocess.run(
        [sys.executable, "-c", code], cwd=REPOSITORY, capture_output=True, text=True, check=True
    )
    current = (REPOSITORY / "docs" / "tables.md").read_text(encoding="utf-8")
    assert made.stdout.strip() == current.strip(), "run `make docs`"


def test_every_decision_is_numbered_and_dated() -> None:
    decisions = sorted((REPOSITORY / "docs" / "decisions").glob("*.md"))
    for number, path in enumerate(decisions, 1):
        text = path.read_text(encoding="utf-8")
        assert path.name.startswith(f"{number:04}-")
        assert text.startswith(f"# {number}. ")
        assert re.search(r"^\d{4}-\d{2}-\d{2}$", text, re.M)
        for part in ("**Context.**", "**Decision.**", "**Consequences.**"):
            assert part in text


def test_no_file_tells_where_it_was_written() -> None:
    listed = subprocess.run(
        ["git", "grep", "-nIE", r"(^|[^A-Za-z0-9_.])/(root|home/[a-z]+|Users)/", "--", ":!*.lock"],
        cwd=REPOSITORY, capture_output=True, text=True,
    )  # fmt: skip
    found = [line for line in listed.stdout.splitlines() if "test_docs.py" not in line]
    assert found == []
