"""Measures start, memory, latency and a first deployment; writes docs/rehearsal-benchmarks.md."""

import re
import shutil
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from bench.machine import Machine
from bench.memory import resident_bytes

REPOSITORY = Path(__file__).parents[2]
PAGE = REPOSITORY / "docs" / "rehearsal-benchmarks.md"
README = REPOSITORY / "rehearsal" / "README.md"
STARTS = 5

_LATENCY = """
import json, os, statistics, sys, time, urllib3
proxy = urllib3.ProxyManager(os.environ["HTTPS_PROXY"], ca_certs=os.environ["SSL_CERT_FILE"])
token = open(os.environ["CLOUDSDK_AUTH_ACCESS_TOKEN_FILE"]).read().strip()
url = "https://cloudresourcemanager.googleapis.com/v1/projects/"
url += os.environ["GOOGLE_CLOUD_PROJECT"]
def get():
    began = time.perf_counter()
    answer = proxy.request("GET", url, headers={"authorization": "Bearer " + token})
    assert answer.status == 200, answer.data
    return (time.perf_counter() - began) * 1000
for _ in range(100): get()
taken = sorted(get() for _ in range(1000))
print(json.dumps([statistics.median(taken), taken[989]]))
"""


def main() -> None:
    """Measures, and writes the page."""
    folder = Path(tempfile.mkdtemp(prefix="rehearsal-bench-"))
    machine = Machine(folder)
    try:
        rows = [*_starts(machine), *_at_rest(machine), *_deployment(machine)]
    finally:
        machine.rehearsal("down")
        shutil.rmtree(folder, ignore_errors=True)
    PAGE.write_text(_page(rows), encoding="utf-8")
    sys.stdout.write(PAGE.read_text(encoding="utf-8"))


def _starts(machine: Machine) -> list[tuple[str, str, str]]:
    taken = []
    for _ in range(STARTS):
        machine.rehearsal("down")
        began = time.perf_counter()
        machine.rehearsal("up")
        taken.append(time.perf_counter() - began)
    return [("`rehearsal up`, slowest of 5", f"{max(taken):.1f} s", "10 s")]


def _at_rest(machine: Machine) -> list[tuple[str, str, str]]:
    median, slow = machine.measured(_LATENCY)
    used = resident_bytes(machine.folder, without="local-bigquery")
    return [
        ("memory at rest, without BigQuery's process (PSS)", f"{used / 1e6:.0f} MB", "500 MB"),
        ("a get on a kept connection through the gateway, median", f"{median:.1f} ms", "10 ms"),
        ("the same, 99 % below", f"{slow:.1f} ms", ""),
    ]


def _deployment(machine: Machine) -> list[tuple[str, str, str]]:
    text = README.read_text(encoding="utf-8")
    block = re.search(r"## A first deployment.*?```bash\n(.*?)```", text, re.S)
    if block is None:
        raise SystemExit(f"{README} has no first deployment")
    machine.shell("rehearsal/engine/base-image")
    taken: dict[str, float] = {}
    for command in block[1].splitlines():
        began = time.perf_counter()
        machine.shell(command)
        name = "build" if "docker build" in command else "execute" if "execute" in command else ""
        taken[name] = taken.get(name, 0.0) + time.perf_counter() - began
    return [
        ("the README's first deployment, all of it", f"{sum(taken.values()):.0f} s", ""),
        ("of it `docker build`", f"{taken['build']:.0f} s", ""),
        ("of it `gcloud run jobs execute --wait`", f"{taken['execute']:.1f} s", ""),
    ]


def _page(rows: list[tuple[str, str, str]]) -> str:
    lines = "\n".join(f"| {what} | {measured} | {target} |" for what, measured, target in rows)
    cores = subprocess.run(["nproc"], capture_output=True, text=True, check=True).stdout.strip()
    return (
        "# The rehearsal, measured\n\n"
        f"By `make rehearsal-bench` on {datetime.now(UTC):%Y-%m-%d}, {cores} cores.\n\n"
        f"| what | measured | target |\n|---|---|---|\n{lines}\n"
    )


if __name__ == "__main__":
    main()
