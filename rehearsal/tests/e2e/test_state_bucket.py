"""Terraform's real gcs backend: the state is in a bucket, and one run at a time has it."""

import shutil
import subprocess
import time
from pathlib import Path

import pytest

from tests.e2e.deployment import PROJECT, Deployment

BUCKET = f"{PROJECT}-tfstate"
STATE = f"gs://{BUCKET}/env/dev/default.tfstate"
LOCK = f"gs://{BUCKET}/env/dev/default.tflock"
CONFIGURATION = """
terraform {
  backend "gcs" {
    bucket = "%s"
    prefix = "env/dev"
  }
}
variable "release" { type = string }
resource "terraform_data" "waits" {
  input = { release = var.release, go = "%s" }
  provisioner "local-exec" {
    command = "while [ ! -e ${self.input.go} ]; do sleep 0.2; done"
  }
  triggers_replace = [var.release]
}
output "release" { value = terraform_data.waits.output.release }
"""
"""Needs no provider: terraform_data is built in."""


@pytest.fixture
def folder(fresh: Deployment, tmp_path: Path) -> Path:
    """A configuration that is initialised; its applies wait for a file ``go``."""
    if shutil.which("terraform") is None:
        pytest.skip("not installed: terraform (https://developer.hashicorp.com/terraform/install)")
    fresh.ok("gcloud", "storage", "buckets", "create", f"gs://{BUCKET}", "--location=EU",
             "--uniform-bucket-level-access")  # fmt: skip
    (tmp_path / "main.tf").write_text(CONFIGURATION % (BUCKET, tmp_path / "go"))
    assert terraform(fresh, tmp_path, "init", "-input=false").returncode == 0
    return tmp_path


def terraform(fresh: Deployment, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return fresh.rehearsal.run("terraform", *arguments, folder=folder)


def is_there(fresh: Deployment, address: str) -> bool:
    return fresh.gcloud("storage", "objects", "describe", address).returncode == 0


def test_the_lock_holds_while_another_run_applies(fresh: Deployment, folder: Path) -> None:
    apply = ("terraform", "apply", "-auto-approve", "-no-color", "-input=false", "-var")
    first = subprocess.Popen(
        [*apply, "release=one"], cwd=folder, env=fresh.rehearsal.environment(),
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    try:
        deadline = time.monotonic() + 120
        while not is_there(fresh, LOCK):
            assert first.poll() is None, first.communicate()[0]
            assert time.monotonic() < deadline
        second = fresh.rehearsal.run(*apply, "release=two", folder=folder)
        assert second.returncode == 1
        assert "Error acquiring the state lock" in second.stderr
        assert "conditionNotMet" in second.stderr
    finally:
        (folder / "go").touch()
        printed = first.communicate(timeout=120)[0]
    assert first.returncode == 0, printed
    assert not is_there(fresh, LOCK)
    assert "release" in fresh.ok("gcloud", "storage", "cat", STATE)
    third = fresh.rehearsal.run(*apply, "release=three", folder=folder)
    assert third.returncode == 0, third.stdout + third.stderr
    assert terraform(fresh, folder, "output", "-raw", "release").stdout == "three"
