"""What an image contains, as a CycloneDX document: from the image itself, not from a lock file.

Python's packages, with their versions, licences and dependencies; not those of the base image's
distribution.
"""

import json
import shlex
import tempfile
from pathlib import Path

from delivery import program
from delivery.errors import SetupError

_ENVIRONMENT = "/app/.venv/lib"


def write_sbom(image: str, output: Path, pyproject: Path) -> None:
    """Writes the list; ``pyproject`` describes what the image is for.

    Raises:
        SetupError: the image has no virtual environment where ours has one.
        ProgramError: there is no such image here, for example.
    """
    with tempfile.TemporaryDirectory(prefix="sbom-") as folder:
        packages = _packages(image, Path(folder))
        program.output("cyclonedx-py", "environment", str(_interpreter(Path(folder), packages)),
                       f"--pyproject={pyproject}", "--output-reproducible",
                       "--output-format=JSON", f"--output-file={output}")  # fmt: skip
    document = json.loads(output.read_text(encoding="utf-8"))
    document["metadata"].setdefault("properties", []).append({"name": "image", "value": image})
    output.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")


def _packages(image: str, folder: Path) -> Path:
    """A copy of the folder that the image's Python finds packages in."""
    container = program.output("docker", "create", image).strip()
    try:
        program.output("docker", "cp", f"{container}:{_ENVIRONMENT}", str(folder))
    finally:
        program.output("docker", "rm", container)
    found = sorted(folder.glob("lib/python3*/site-packages"))
    if not found:
        raise SetupError(f"{image} has no packages in {_ENVIRONMENT}: is it one of ours?")
    return found[0]


def _interpreter(folder: Path, packages: Path) -> Path:
    """What cyclonedx-py asks for the search path; the image's own Python need not run here."""
    file = folder / "python"
    path = shlex.quote(json.dumps([str(packages)]))
    file.write_text(f"#!/bin/sh\nprintf %s {path}\n", encoding="utf-8")
    file.chmod(0o755)
    return file
