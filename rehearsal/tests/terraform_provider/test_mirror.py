"""The files by which terraform finds the stand-in, and starts it."""

import os
import subprocess
from pathlib import Path

from rehearsal.terraform_provider.mirror import install
from tests.terraform import require_terraform, run_terraform


def test_terraform_finds_the_stand_in_and_its_schema(tmp_path: Path) -> None:
    require_terraform()
    (tmp_path / "main.tf").write_text("""
    terraform {
      required_providers {
        google = {
          source  = "hashicorp/google"
          version = ">= 7.0, < 9"
        }
      }
    }
    resource "google_service_account" "runner" { account_id = "dlt-runner" }
    """)
    environment = os.environ | {"TF_CLI_CONFIG_FILE": str(install(tmp_path / "a folder"))}

    found = run_terraform(tmp_path, "init", "-no-color", environment=environment)
    assert "Installed hashicorp/google v7.45.0" in found.stdout, found.stderr

    valid = run_terraform(tmp_path, "validate", "-no-color", environment=environment)
    assert "The configuration is valid" in valid.stdout, valid.stderr


def test_it_may_be_installed_again(tmp_path: Path) -> None:
    first = install(tmp_path)
    times = {file: file.stat().st_mtime_ns for file in tmp_path.rglob("*") if file.is_file()}

    assert install(tmp_path) == first
    assert {file: file.stat().st_mtime_ns for file in times} == times


def test_who_starts_it_by_hand_is_told_what_it_is(tmp_path: Path) -> None:
    install(tmp_path)
    program = next(tmp_path.rglob("terraform-provider-google_v*"))

    shown = subprocess.run([program], capture_output=True, text=True)

    assert shown.returncode == 1
    assert shown.stderr == "This is a Terraform provider: terraform starts it, not a person.\n"
