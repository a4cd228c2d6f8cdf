"""Terraform for tests: which provider runs, and copies of configurations that it can work in.

A lock file names the hashes of the real provider's releases, which terraform insists on; the
stand-in has others, so a copy without the file is what works with either.
"""

import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from rehearsal.running import terraform
from rehearsal.running.terraform import Provider

REPOSITORY = Path(__file__).parents[2]
INFRASTRUCTURE = REPOSITORY / "infrastructure"
REMEDY = "https://developer.hashicorp.com/terraform/install"
_STATE = Path(os.environ.get("TMPDIR", "/tmp")) / f"rehearsal-terraform-{os.getuid()}"
"""Shared by the processes of a test run: its files are replaced as a whole."""
_LEFT_OUT = shutil.ignore_patterns(
    ".terraform", ".terraform.lock.hcl", "terraform.tfstate*", "*.tfplan", "backend.tf"
)
_TIMEOUT_SECONDS = 600.0


def provider_in_use() -> Provider:
    """The provider that terraform gets in tests."""
    return terraform.provider(_state())


def variables() -> dict[str, str]:
    """What a terraform outside of a rehearsal needs in its environment."""
    return terraform.variables(_state()) | {"CHECKPOINT_DISABLE": "1", "TF_IN_AUTOMATION": "1"}


def terraform_folder(folder: Path, of: Path = INFRASTRUCTURE) -> Path:
    """A copy of a configuration, with neither lock file nor state, backend or providers."""
    copy = folder / of.name
    shutil.copytree(of, copy, ignore=_LEFT_OUT)
    return copy


def require_terraform() -> None:
    """Skips the test where there is no terraform."""
    if shutil.which("terraform") is None:
        pytest.skip(f"not installed: terraform ({REMEDY})")


def run_terraform(
    folder: Path, *arguments: str, environment: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Runs terraform in a folder; in no rehearsal, unless ``environment`` is that of one."""
    return subprocess.run(
        ["terraform", *arguments],
        cwd=folder,
        env=(dict(os.environ) | variables()) if environment is None else dict(environment),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=_TIMEOUT_SECONDS,
    )


def _state() -> Path:
    _STATE.mkdir(mode=0o700, exist_ok=True)
    return _STATE
