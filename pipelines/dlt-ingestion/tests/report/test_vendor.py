"""The charting library is exactly what npm published under the version that the lock names."""

import hashlib
import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

import dlt_ingestion.report

VENDOR = Path(dlt_ingestion.report.__file__).parent / "vendor"
FILES = ("chart.umd.min.js", "chart.LICENSE.md")
UNREACHABLE = re.compile(r"ENOTFOUND|ECONNREFUSED|ECONNRESET|ETIMEDOUT|EAI_AGAIN|ENETUNREACH")


def test_the_files_are_those_that_were_copied() -> None:
    lines = [
        f"{hashlib.sha256((VENDOR / name).read_bytes()).hexdigest()}  {name}" for name in FILES
    ]
    assert (VENDOR / "SHA256SUMS").read_text().splitlines() == lines


def test_file_package_and_lock_name_one_version() -> None:
    wanted = json.loads((VENDOR / "package.json").read_text())["dependencies"]["chart.js"]
    locked = json.loads((VENDOR / "package-lock.json").read_text())["packages"]
    banner = re.search(r"Chart\.js v([\d.]+)", (VENDOR / FILES[0]).read_text(encoding="utf-8"))

    assert banner
    assert banner[1] == wanted == locked["node_modules/chart.js"]["version"]
    assert locked["node_modules/chart.js"]["integrity"].startswith("sha512-")
    assert "MIT" in (VENDOR / FILES[1]).read_text(encoding="utf-8")


def test_the_files_are_what_npm_has_for_the_lock(tmp_path: Path) -> None:
    """npm checks the package against the SHA-512 in the lock, and refuses another."""
    if shutil.which("npm") is None:
        pytest.skip("npm is not installed: apt-get install npm, or Node.js from nodejs.org")
    for name in ("package.json", "package-lock.json", "refresh"):
        shutil.copy(VENDOR / name, tmp_path / name)
    made = subprocess.run([tmp_path / "refresh"], capture_output=True, text=True, timeout=100)
    if made.returncode != 0 and UNREACHABLE.search(made.stderr):
        pytest.skip("npm's registry can't be reached: set npm_config_registry to one that can")

    assert made.returncode == 0, made.stderr
    for name in (*FILES, "SHA256SUMS"):
        assert (tmp_path / name).read_bytes() == (VENDOR / name).read_bytes()
