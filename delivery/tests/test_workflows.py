"""The workflows, read: what a reviewer would look for in each of them."""

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

REPOSITORY = Path(__file__).parents[2]
FOLDER = REPOSITORY / ".github" / "workflows"
FILES = sorted(FOLDER.glob("*.yml"))
_PINNED = re.compile(r"[\w.-]+/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+")
_MAKE = re.compile(r"\bmake ([a-z-]+)")
_VARIABLE = re.compile(r"vars\.(\w+)")


def read(file: Path) -> dict[str, Any]:
    # YAML 1.1 reads the key `on` as true.
    document: dict[str, Any] = yaml.safe_load(file.read_text(encoding="utf-8"))
    return document


def jobs(file: Path) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = read(file)["jobs"]
    return found


def steps(file: Path) -> list[dict[str, Any]]:
    return [step for job in jobs(file).values() for step in job["steps"]]


def targets() -> set[str]:
    """Of make: its own, and those of the delivery."""
    makefiles = [REPOSITORY / "Makefile", REPOSITORY / "delivery" / "targets.mk"]
    text = "\n".join(makefile.read_text(encoding="utf-8") for makefile in makefiles)
    return set(re.findall(r"^([a-z-]+):", text, re.M))


every = pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)


def test_there_are_workflows() -> None:
    assert [file.name for file in FILES] == ["deploy.yml", "pr-validation.yml", "sweep.yml"]


@every
def test_nothing_is_permitted_but_what_a_job_asks_for(file: Path) -> None:
    assert read(file)["permissions"] == {}
    for name, job in jobs(file).items():
        assert set(job["permissions"].values()) <= {"read", "write"}, name
        written = {what for what, how in job["permissions"].items() if how == "write"}
        assert written <= {"id-token"}, name


@every
def test_a_token_is_asked_for_only_where_the_account_is_used(file: Path) -> None:
    for name, job in jobs(file).items():
        uses = any("google-github-actions/auth" in step.get("uses", "") for step in job["steps"])
        assert uses == ("id-token" in job["permissions"]), name


@every
def test_each_action_is_a_commit_with_its_release_beside_it(file: Path) -> None:
    lines = [line for line in file.read_text(encoding="utf-8").splitlines() if "uses:" in line]
    assert lines
    for line in lines:
        assert _PINNED.fullmatch(line.partition("uses: ")[2]), line


@every
def test_no_checkout_leaves_a_token(file: Path) -> None:
    for step in steps(file):
        if step.get("uses", "").startswith("actions/checkout@"):
            assert step["with"]["persist-credentials"] is False


@every
def test_every_job_ends_in_time(file: Path) -> None:
    assert all(job["timeout-minutes"] <= 240 for job in jobs(file).values())


@every
def test_no_expression_stands_in_a_command(file: Path) -> None:
    assert [step["run"] for step in steps(file) if "${{" in step.get("run", "")] == []


@every
def test_what_is_called_is_a_target_of_make(file: Path) -> None:
    called = {target for step in steps(file) for target in _MAKE.findall(step.get("run", ""))}
    assert called
    assert called <= targets()


@every
def test_each_variable_is_explained(file: Path) -> None:
    readme = (REPOSITORY / "delivery" / "README.md").read_text(encoding="utf-8")
    for name in _VARIABLE.findall(file.read_text(encoding="utf-8")):
        assert f"`{name}`" in readme


def test_a_pull_request_runs_what_make_test_runs() -> None:
    makefile = (REPOSITORY / "Makefile").read_text(encoding="utf-8")
    tests = re.search(r"^test: (.*) ##", makefile, re.M)
    assert tests is not None
    parts = jobs(FOLDER / "pr-validation.yml")["test"]["strategy"]["matrix"]["part"]
    assert sorted(f"{part}-test" for part in parts) == sorted(tests[1].split())


def test_deployments_are_one_at_a_time_and_never_cancelled() -> None:
    concurrency = read(FOLDER / "deploy.yml")["concurrency"]
    assert concurrency == {"group": "${{ github.workflow }}", "cancel-in-progress": False}


def test_the_gate_needs_every_job_and_runs_always() -> None:
    found = jobs(FOLDER / "pr-validation.yml")
    gate = found.pop("gate")
    assert sorted(gate["needs"]) == sorted(found)
    assert gate["if"] == "always()"


def test_a_pull_request_builds_no_image() -> None:
    commands = " ".join(step.get("run", "") for step in steps(FOLDER / "pr-validation.yml"))
    assert not {"image", "push", "apply", "deploy"} & set(_MAKE.findall(commands))


@pytest.mark.parametrize(
    ("results", "fork", "passes"),
    [
        ({"lint": "success", "bigquery": "success"}, False, True),
        ({"lint": "success", "bigquery": "skipped"}, True, True),
        ({"lint": "success", "bigquery": "skipped"}, False, False),
        ({"lint": "skipped", "bigquery": "skipped"}, True, False),
        ({"lint": "failure", "bigquery": "success"}, False, False),
        ({"lint": "cancelled", "bigquery": "success"}, False, False),
        ({"lint": "success", "bigquery": "failure"}, True, False),
    ],
)
def test_the_gates_verdict(results: dict[str, str], fork: bool, passes: bool) -> None:
    (step,) = jobs(FOLDER / "pr-validation.yml")["gate"]["steps"]
    needed = {name: {"result": result, "outputs": {}} for name, result in results.items()}
    done = subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],
        env=os.environ
        | {"NEEDED": str(needed).replace("'", '"'), "MAY_BE_SKIPPED": "bigquery" if fork else ""},
        capture_output=True,
        text=True,
    )
    assert (done.returncode == 0) == passes, done.stdout + done.stderr


def test_actionlint_finds_nothing() -> None:
    program = REPOSITORY / ".tools" / "bin" / "actionlint"
    if not program.exists():
        pytest.skip("actionlint is not installed: delivery/install-go-tool actionlint (needs Go)")
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"  # shellcheck
    done = subprocess.run(
        [program], cwd=REPOSITORY, env=os.environ | {"PATH": path}, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_zizmor_finds_nothing() -> None:
    program = Path(sys.executable).parent / "zizmor"
    done = subprocess.run(
        [program, "--offline", "--quiet", "--persona=pedantic", ".github"],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_what_the_readme_names_is_a_target_of_make() -> None:
    readme = (REPOSITORY / "delivery" / "README.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`make ([a-z-]+)", readme))
    assert named
    assert named <= targets()


def test_every_lock_and_every_image_is_kept_up_to_date() -> None:
    text = (REPOSITORY / ".github" / "dependabot.yml").read_text(encoding="utf-8")
    told: dict[str, set[str]] = {}
    for update in yaml.safe_load(text)["updates"]:
        folders = update.get("directories", [update.get("directory")])
        told.setdefault(update["package-ecosystem"], set()).update(folders)
    for ecosystem, name in (
        ("uv", "uv.lock"),
        ("npm", "package-lock.json"),
        ("docker", "Dockerfile"),
    ):
        listed = subprocess.run(
            ["git", "ls-files", "--cached", "--others", "--exclude-standard", f"*{name}"],
            cwd=REPOSITORY, check=True, capture_output=True, text=True,
        ).stdout.splitlines()  # fmt: skip
        there = {f"/{Path(file).parent}" for file in listed if Path(file).name == name}
        assert there == told[ecosystem], ecosystem
