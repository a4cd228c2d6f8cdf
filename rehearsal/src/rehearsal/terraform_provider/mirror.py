"""Where terraform finds the stand-in: a mirror on this machine, and the settings that name it.

https://developer.hashicorp.com/terraform/cli/config/config-file#provider-installation
"""

import os
import platform
import shlex
import sys
from pathlib import Path

from rehearsal.terraform_provider import VERSION

ADDRESS = "registry.terraform.io/hashicorp/google"
_MACHINES = {"x86_64": "amd64", "aarch64": "arm64"}


def install(folder: Path) -> Path:
    """Writes mirror and settings into ``folder``; gives the file for TF_CLI_CONFIG_FILE.

    May be repeated, and at the same time by others: a file is replaced as a whole.
    """
    mirror = folder.absolute() / "mirror"
    package = mirror / ADDRESS / VERSION / _target()
    package.mkdir(parents=True, exist_ok=True)
    program = package / f"terraform-provider-google_v{VERSION}"
    # Isolated: neither the folder it is started in nor PYTHONPATH may change what runs.
    command = f"exec {shlex.quote(sys.executable)} -I -m {__package__}"
    _write(
        program, f"#!/bin/sh\n# hashicorp/google {VERSION}: the rehearsal's stand-in.\n{command}\n"
    )
    program.chmod(0o755)
    settings = folder.absolute() / "terraform.tfrc"
    _write(settings, _SETTINGS.format(mirror=mirror, address=ADDRESS))
    return settings


_SETTINGS = """\
# Written by the rehearsal: its stand-in serves in place of the provider hashicorp/google.
disable_checkpoint = true
provider_installation {{
  filesystem_mirror {{
    path    = "{mirror}"
    include = ["{address}"]
  }}
  direct {{
    exclude = ["{address}"]
  }}
}}
"""


def _target() -> str:
    machine = platform.machine().lower()
    return f"{platform.system().lower()}_{_MACHINES.get(machine, machine)}"


def _write(file: Path, text: str) -> None:
    if file.is_file() and file.read_text() == text:
        return
    fresh = file.with_name(f"{file.name}.{os.getpid()}.new")
    fresh.write_text(text)
    fresh.chmod(0o755)
    fresh.replace(file)
