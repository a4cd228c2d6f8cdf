"""What plans promise: terraform's own tests with a mock, examples of the READMEs, checkov."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.infrastructure.configuration import (
    BOOTSTRAP,
    FOLDERS,
    INFRASTRUCTURE,
    examples,
)
from tests.terraform import (
    REPOSITORY,
    provider_in_use,
    require_terraform,
    run_terraform,
    terraform_folder,
)

CHECKOV = "checkov==3.3.30"
_TOOLS = REPOSITORY / ".tools" / "bin"


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The whole, in a folder of its own."""
    require_terraform()
    return terraform_folder(tmp_path)


def initialised(folder: Path) -> None:
    """Fetches the provider."""
    ended = run_terraform(folder, "init", "-backend=false", "-input=false", "-no-color")
    assert ended.returncode == 0, ended.stdout + ended.stderr


def must(folder: Path, *arguments: str) -> str:
    """What terraform prints; it must succeed."""
    ended = run_terraform(folder, *arguments)
    told = f"with {provider_in_use().described}:\n{ended.stdout}\n{ended.stderr}"
    assert ended.returncode == 0, told
    return ended.stdout


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda path: path.name)
def test_it_is_valid_and_keeps_its_promises(folder: Path, copy: Path) -> None:
    here = copy / folder.relative_to(INFRASTRUCTURE)
    initialised(here)
    must(here, "validate", "-no-color")
    printed = must(here, "test", "-no-color")
    runs = sum(len(re.findall(r"^run ", path.read_text(encoding="utf-8"), re.M))
               for path in (folder / "tests").glob("*.tftest.hcl"))  # fmt: skip
    assert f"Success! {runs} passed, 0 failed." in printed


def test_bootstraps_example_is_accepted(copy: Path) -> None:
    (example,) = examples(BOOTSTRAP / "README.md")
    here = copy / "bootstrap"
    (here / "terraform.tfvars").write_text(example, encoding="utf-8")
    shutil.rmtree(here / "tests")
    (here / "tests").mkdir()
    plan = 'mock_provider "google" {}\nrun "example" {\n  command = plan\n}\n'
    (here / "tests" / "example.tftest.hcl").write_text(plan, encoding="utf-8")
    initialised(here)
    assert "Success! 1 passed" in must(here, "test", "-no-color")


def test_checkov_finds_nothing() -> None:
    ended = subprocess.run(
        [*checkov(), "--directory", INFRASTRUCTURE, "--framework", "terraform", "secrets",
         "--skip-download", "--quiet", "--compact"],
        capture_output=True, text=True, env=os.environ | {"CHECKOV_RUN_SCA_PACKAGE_SCAN": "false"},
    )  # fmt: skip
    assert ended.returncode == 0, ended.stdout + ended.stderr


def checkov() -> list[str | Path]:
    """How it is started: it has many dependencies, so it gets an environment of its own."""
    if shutil.which("checkov") is not None:
        return ["checkov"]
    uv = shutil.which("uv") or shutil.which("uv", path=_TOOLS)
    if uv is None:
        pytest.skip("not installed: checkov (pip install checkov), nor uv to fetch it (make setup)")
    start: list[str | Path] = [uv, "tool", "run", "--quiet", "--from", CHECKOV, "checkov"]
    tried = subprocess.run([*start, "--version"], capture_output=True, text=True)
    if tried.returncode != 0:
        pytest.skip(f"{CHECKOV} can't be fetched: {tried.stderr.strip()[-300:]}")
    return start
