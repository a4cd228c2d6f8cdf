"""Runs programs as whole processes, in turn, and takes CPU time, wall time and peak memory."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

_MAXRSS_UNIT_BYTES = 1 if sys.platform == "darwin" else 1024
_OUTPUT_TAIL_CHARACTERS = 2000
_KEPT_VARIABLES = ("PATH", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "PYTHONPATH")
_PACKAGE = Path(__file__).parents[1]


class BenchmarkError(Exception):
    """A program that is measured failed or did something else than it should."""


@dataclass(frozen=True)
class Cost:
    """What one process used: user and system CPU, time on the clock, highest resident memory."""

    cpu_seconds: float
    wall_seconds: float
    peak_bytes: int


@dataclass(frozen=True)
class Variant:
    """A program to measure. ``expected`` must be in its output.

    ``keeps_folder``: the next run finds the database as the last one left it.
    """

    name: str
    arguments: Sequence[str]
    expected: str = ""
    keeps_folder: bool = False


@dataclass
class Measured:
    """A variant's runs, in order, after the warm-up."""

    variant: Variant
    costs: list[Cost] = field(default_factory=list)

    @property
    def cpu_seconds(self) -> float:
        """Median."""
        return median(cost.cpu_seconds for cost in self.costs)

    @property
    def wall_seconds(self) -> float:
        """Median."""
        return median(cost.wall_seconds for cost in self.costs)

    @property
    def peak_bytes(self) -> float:
        """Median."""
        return median(cost.peak_bytes for cost in self.costs)


class Bench:
    """Runs variants against one server of ``breeds`` breeds, in folders below ``root``."""

    def __init__(self, base_url: str, breeds: int, root: Path) -> None:
        self._base_url, self._breeds, self._root = base_url, breeds, root

    def interleave(self, variants: Sequence[Variant], runs: int) -> list[Measured]:
        """Each variant once to warm up, with a look at what it loaded, then all in turn."""
        results = [Measured(variant) for variant in variants]
        for variant in variants:
            self.run(variant, warm_up=True)
        for _ in range(runs):
            for result in results:
                result.costs.append(self.run(result.variant))
        return results

    def run(self, variant: Variant, *, warm_up: bool = False, within: Sequence[str] = ()) -> Cost:
        """One run; ``within`` is a command that runs the one behind it.

        A warm-up counts the breeds that arrived instead of looking for the expected output. Raises
        BenchmarkError.
        """
        if variant.keeps_folder:
            folder = self._root / variant.name.replace(" ", "-")
            folder.mkdir(exist_ok=True)
            return self._run(variant, folder, warm_up, within)
        with tempfile.TemporaryDirectory(dir=self._root) as name:
            return self._run(variant, Path(name), warm_up, within)

    def _run(self, variant: Variant, folder: Path, warm_up: bool, within: Sequence[str]) -> Cost:
        cost, output = run_process(
            [*within, sys.executable, *variant.arguments], self._environment(folder), folder
        )
        if warm_up:
            self._count(variant, folder)
        elif variant.expected not in output:
            raise BenchmarkError(f"{variant.name} did not say {variant.expected!r}:\n{output}")
        return cost

    def _count(self, variant: Variant, folder: Path) -> None:
        """In a process of its own: what this one has loaded would count as its children's."""
        _, output = run_process(
            [sys.executable, "-m", "bench.count"], self._environment(folder), folder
        )
        if int(output) != self._breeds:
            raise BenchmarkError(f"{variant.name} loaded {output} of {self._breeds} breeds")

    def _environment(self, folder: Path) -> dict[str, str]:
        """Nothing of the machine's settings but where programs and libraries are."""
        kept = {name: os.environ[name] for name in _KEPT_VARIABLES if name in os.environ}
        return {
            **kept,
            "PYTHONPATH": os.pathsep.join(filter(None, [str(_PACKAGE), kept.get("PYTHONPATH")])),
            "HOME": str(folder),
            "TMPDIR": str(folder),
            "DUCKDB_PATH": str(folder / "breeds.duckdb"),
            "DOG_API_BASE_URL": self._base_url,
            "DOG_API_KEY": "bench",
            "DOG_API_REQUESTS_PER_MINUTE": "0",
            "ENVIRONMENT": "test",
            "LOG_FORMAT": "json",
            "RUNTIME__DLTHUB_TELEMETRY": "false",
        }


def run_process(
    command: Sequence[str], environment: Mapping[str, str], folder: Path
) -> tuple[Cost, str]:
    """The cost and the output of one process, from start to exit. Raises BenchmarkError."""
    with (folder / "output").open("w+b") as output:
        started = time.perf_counter()
        process = subprocess.Popen(
            command, env=environment, cwd=folder, stdout=output, stderr=subprocess.STDOUT
        )
        _, status, usage = os.wait4(process.pid, 0)
        wall_seconds = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        text = output.read().decode(errors="replace")
    if process.returncode != 0:
        tail = text[-_OUTPUT_TAIL_CHARACTERS:]
        raise BenchmarkError(f"{' '.join(command)} ended with {process.returncode}:\n{tail}")
    peak_bytes = usage.ru_maxrss * _MAXRSS_UNIT_BYTES
    return Cost(usage.ru_utime + usage.ru_stime, wall_seconds, peak_bytes), text


@contextmanager
def serving(breeds: int) -> Iterator[str]:
    """Serves ``breeds`` breeds from a process of its own; yields the base URL."""
    server = subprocess.Popen(
        [sys.executable, "-m", "bench.server", str(breeds)],
        cwd=_PACKAGE, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        text=True,
    )  # fmt: skip
    try:
        assert server.stdout is not None
        url = server.stdout.readline().strip()
        if not url:
            raise BenchmarkError("bench.server did not start")
        yield url
    finally:
        server.kill()
        server.communicate()
