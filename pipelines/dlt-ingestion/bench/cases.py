"""What is compared with what, on how many breeds, and how good it should be."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Literal

from bench.measure import Bench, BenchmarkError, Cost, Measured, Variant, serving
from bench.memory_limit import limited

_VARIANTS = Path(__file__).parent / "variants"
_MEMORY_LIMIT_BYTES = 512 << 20
_MILLION = 1_000_000

OURS = Variant("ours", ["-m", "dlt_ingestion", "run"], '"status":"published"')
UNCHANGED = Variant(
    "ours unchanged", ["-m", "dlt_ingestion", "run"], '"status":"unchanged"', keeps_folder=True
)
MINIMAL_DLT = Variant("minimal dlt", [str(_VARIANTS / "minimal_dlt.py")])
REST_API = Variant("dlt rest_api", [str(_VARIANTS / "rest_api.py")])
FLOOR = Variant("floor", [str(_VARIANTS / "floor.py")])
FLOOR_OF_BREEDS = Variant("floor breeds", [str(_VARIANTS / "floor.py"), "--breeds-only"])

Figure = Literal["CPU", "wall", "peak memory"]
_FIGURES: dict[Figure, Callable[[Cost], float]] = {
    "CPU": lambda cost: cost.cpu_seconds,
    "wall": lambda cost: cost.wall_seconds,
    "peak memory": lambda cost: cost.peak_bytes,
}


@dataclass(frozen=True)
class Finding:
    """One figure beside its target (the highest value that is good enough), if it has one."""

    what: str
    value: float
    unit: str = "×"
    target: float | None = None
    spread: tuple[float, float] | None = None

    @property
    def missed(self) -> bool:
        """Whether there is a target and the value is above it."""
        return self.target is not None and self.value > self.target


@dataclass(frozen=True)
class Result:
    """One case: what ran, and what was found."""

    title: str
    breeds: int
    runs: int
    measured: Sequence[Measured]
    findings: Sequence[Finding] = field(default_factory=list)


def results(root: Path, *, quick: bool, million: bool) -> Iterator[Result]:
    """Measures case after case; ``quick`` with fewer runs and a tenth of the breeds."""
    yield _small(root, runs=3 if quick else 9)
    yield _large(root, 10_000 if quick else 100_000, runs=1 if quick else 5)
    yield _weekly(root, runs=3 if quick else 9)
    if million:
        yield _million(root)


def _small(root: Path, runs: int) -> Result:
    breeds = 172
    with serving(breeds) as url:
        ours, minimal = Bench(url, breeds, root).interleave([OURS, MINIMAL_DLT], runs)
    return Result(
        "The API's list before 2026", breeds, runs, [ours, minimal],
        [
            _ratio(ours, minimal, "CPU", 1.5),
            _ratio(ours, minimal, "wall"),
            _ratio(ours, minimal, "peak memory"),
        ],
    )  # fmt: skip


def _large(root: Path, breeds: int, runs: int) -> Result:
    with serving(breeds) as url:
        bench = Bench(url, breeds, root)
        ours, rest_api, floor = bench.interleave([OURS, REST_API, FLOOR], runs)
        within_limit = _within_limit(bench)
    return Result(
        "Many breeds", breeds, runs, [ours, rest_api, floor],
        [
            _ratio(ours, rest_api, "CPU", 0.55),
            _ratio(ours, floor, "CPU", 2.0),
            _ratio(ours, rest_api, "wall"),
            _ratio(ours, rest_api, "peak memory"),
            _ratio(ours, floor, "peak memory"),
            within_limit,
        ],
    )  # fmt: skip


def _within_limit(bench: Bench) -> Finding:
    """Peak memory under a hard limit, or, where none can be set, beside it."""
    limit_mib = _MEMORY_LIMIT_BYTES >> 20
    with limited(_MEMORY_LIMIT_BYTES) as within:
        if within is None:
            what = f"peak memory (no control group here to enforce {limit_mib} MiB)"
            return _mib(what, bench.run(OURS).peak_bytes, limit_mib)
        what = f"peak memory under a hard limit of {limit_mib} MiB"
        try:
            return _mib(what, bench.run(OURS, within=within).peak_bytes, limit_mib)
        except BenchmarkError as error:
            return Finding(f"{what}: {str(error).splitlines()[0]}", float("inf"), "MiB", limit_mib)


def _weekly(root: Path, runs: int) -> Result:
    breeds = 628
    with serving(breeds) as url:
        ours, unchanged, minimal = Bench(url, breeds, root).interleave(
            [OURS, UNCHANGED, MINIMAL_DLT], runs
        )
    return Result(
        "The weekly run", breeds, runs, [ours, unchanged, minimal],
        [
            _mib("ours: peak memory", ours.peak_bytes, 130),
            _mib("ours unchanged: peak memory", unchanged.peak_bytes, 130),
            _ratio(ours, minimal, "CPU"),
            _ratio(ours, minimal, "peak memory"),
            _ratio(unchanged, ours, "CPU"),
            _ratio(unchanged, ours, "wall"),
            _ratio(unchanged, minimal, "CPU"),
            _ratio(unchanged, minimal, "peak memory"),
        ],
    )  # fmt: skip


def _million(root: Path) -> Result:
    with serving(_MILLION) as url:
        ours, floor = Bench(url, _MILLION, root).interleave([OURS, FLOOR_OF_BREEDS], 1)
    return Result(
        "A million (the floor fills one table, ours all six)", _MILLION, 1, [ours, floor],
        [
            _ratio(ours, floor, "CPU"),
            _ratio(ours, floor, "wall"),
            _ratio(ours, floor, "peak memory"),
        ],
    )  # fmt: skip


def _ratio(one: Measured, other: Measured, figure: Figure, target: float | None = None) -> Finding:
    """The median of the runs' ratios, each of two processes that ran one after the other."""
    value = _FIGURES[figure]
    ratios = [value(a) / value(b) for a, b in zip(one.costs, other.costs, strict=True)]
    return Finding(
        f"{one.variant.name} / {other.variant.name}: {figure}",
        median(ratios), target=target, spread=(min(ratios), max(ratios)),
    )  # fmt: skip


def _mib(what: str, value_bytes: float, target: float) -> Finding:
    return Finding(what, value_bytes / (1 << 20), "MiB", target)
