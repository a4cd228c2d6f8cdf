"""The configuration as text: formatted, of no one project, and as its READMEs say."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.infrastructure.configuration import (
    FOLDERS,
    INFRASTRUCTURE,
    MODULE,
    REPOSITORY,
    readmes,
    variables,
    with_tables,
)

_ALERT = re.compile(r"\$\{var\.runbook\}#([\w-]+)")
_DEFAULT = re.compile(r"Default: (.*?)(?: \(.*\))?$")
_IN_WORDS = {
    "nowhere; incidents are seen in the console alone", "none", "no report", "the job's own",
    "bigquery_dataset and _staging", "terraform-deploy of the project",
}  # fmt: skip


def test_it_is_formatted() -> None:
    if shutil.which("terraform") is None:
        pytest.skip("not installed: terraform (https://developer.hashicorp.com/terraform/install)")
    ended = subprocess.run(
        ["terraform", "fmt", "-check", "-diff", "-recursive", INFRASTRUCTURE],
        capture_output=True, text=True,
    )  # fmt: skip
    assert ended.returncode == 0, f"terraform fmt -recursive infrastructure\n{ended.stdout}"


@pytest.mark.parametrize("readme", readmes(), ids=lambda path: path.parent.name)
def test_the_table_of_variables_is_up_to_date(readme: Path) -> None:
    assert readme.read_text(encoding="utf-8") == with_tables(readme), (
        "cd rehearsal && python -m tests.infrastructure.configuration writes it"
    )


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda path: path.name)
def test_each_validation_shows_a_good_value(folder: Path) -> None:
    messages = [message for one in variables(folder) for message in one.messages]
    assert messages
    assert [message for message in messages if "such as " not in message] == []


def test_each_value_that_has_a_wrong_form_is_validated() -> None:
    free = {"delete_data", "runbook"}  # a switch, and any text
    assert {one.name for one in variables(MODULE) if not one.messages} == free


def test_the_deployments_defaults_are_the_modules() -> None:
    module = (MODULE / "variables.tf").read_text(encoding="utf-8")
    said = {one.name: _DEFAULT.search(one.description) for one in variables(INFRASTRUCTURE)}
    values = {
        value
        for found in said.values()
        if found is not None and found[1] not in _IN_WORDS
        for value in found[1].split(", ")
    }
    assert len(values) >= 10
    assert {
        value for value in values if f'"{value}"' not in module and f", {value})" not in module
    } == set()


def test_names_that_the_guide_uses_are_there() -> None:
    main = (MODULE / "main.tf").read_text(encoding="utf-8")
    assert re.search(r"^\s+service_account = var\.service_account_email$", main, re.M)
    names = {one.name for one in variables(INFRASTRUCTURE)}
    assert {
        "dlt_service_account_email",
        "dlt_container_image",
        "dlt_schedule",
        "job_timeout",
    } <= names


def test_alerts_point_to_sections_of_the_runbook() -> None:
    runbook = REPOSITORY / "docs" / "runbook.md"
    if not runbook.is_file():
        pytest.skip("docs/runbook.md is not written")
    anchors = set(_ALERT.findall((MODULE / "alerts.tf").read_text(encoding="utf-8")))
    assert len(anchors) == 4
    headings = re.findall(r"^#+ (.*)$", runbook.read_text(encoding="utf-8"), re.M)
    sections = {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}
    assert anchors <= sections


def test_what_differs_from_project_to_project_is_ignored() -> None:
    if shutil.which("git") is None or not (REPOSITORY / ".git").exists():
        pytest.skip("not a git repository, or git is not installed")
    for name in ("backend.tf", "secrets.tfvars", "terraform.tfstate", "bootstrap/backend.tf",
                 "bootstrap/terraform.tfstate.backup", "bootstrap/terraform.tfvars"):  # fmt: skip
        ended = subprocess.run(
            ["git", "check-ignore", "--quiet", INFRASTRUCTURE / name], cwd=REPOSITORY
        )
        assert ended.returncode == 0, f"infrastructure/{name} could be committed"
