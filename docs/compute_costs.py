"""Computes what a month costs, by component, from published prices and measured usage (costs.md).

Amounts are US dollars, sizes are binary (GiB), a month is a twelfth of a year. Usage is rounded up
where it isn't measured, so that the real bill is rather lower.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

TARGET = Path(__file__).with_name("costs.md")

BREEDS = 628
"""The Dog API's list since 2026 (docs/benchmarks.md)."""
RUNS_A_MONTH = 365.25 / 7 / 12
SCALES = (1, 1000)
_GIB = 2**30
_SECONDS_A_MONTH = 365.25 / 12 * 24 * 60 * 60


@dataclass(frozen=True)
class Price:
    """Of one unit, above what is free each month for a billing account."""

    component: str
    unit: str
    dollars: float
    free: float
    source: str
    checked: bool = True
    """Whether both figures stood on a copy of the page; else they are as remembered in 2025."""

    def cost(self, used: float, *, with_free: bool) -> float:
        """What ``used`` units cost in a month; ``with_free``: if nothing else has used it up."""
        return max(0.0, used - (self.free if with_free else 0.0)) * self.dollars


_GOOGLE = "https://cloud.google.com"
_RUN, _BIGQUERY = f"{_GOOGLE}/run/pricing", f"{_GOOGLE}/bigquery/pricing"
_SECRETS, _OBSERVABILITY = f"{_GOOGLE}/secret-manager/pricing", f"{_GOOGLE}/stackdriver/pricing"
LOOKED_UP = "2026-11-30"
PRICES = {
    "cpu": Price("Cloud Run, CPU", "vCPU-second", 0.000018, 240_000, _RUN),
    "memory": Price("Cloud Run, memory", "GiB-second", 0.000002, 450_000, _RUN, checked=False),
    "trigger": Price("Cloud Scheduler", "job", 0.10, 3, f"{_GOOGLE}/scheduler/pricing"),
    "storage": Price("BigQuery, storage", "GiB", 0.02, 10, _BIGQUERY),
    "queries": Price("BigQuery, queries", "TiB", 6.25, 1, _BIGQUERY),
    "images": Price("Artifact Registry", "GiB", 0.10, 0.5, f"{_GOOGLE}/artifact-registry/pricing"),
    "secrets": Price("Secret Manager, versions", "version", 0.06, 6, _SECRETS),
    "reads": Price("Secret Manager, reads", "10,000 reads", 0.03, 1, _SECRETS),
    "logs": Price("Cloud Logging", "GiB", 0.50, 50, _OBSERVABILITY),
    "conditions": Price(
        "Monitoring, alert conditions", "condition", 0.10, 0, _OBSERVABILITY, checked=False
    ),
    "series": Price(
        "Monitoring, alert queries", "1,000,000 series", 0.35, 0, _OBSERVABILITY, checked=False
    ),
    "state": Price(
        "Cloud Storage, state", "GiB", 0.02, 0, f"{_GOOGLE}/storage/pricing", checked=False
    ),
}
"""europe-west1 (tier 1 of Cloud Run), and the multi-region US of BigQuery."""


@dataclass(frozen=True)
class Load:
    """What is asked of the system each month; everything else follows from it."""

    scale: int

    @property
    def breeds(self) -> int:
        """In each answer of the API."""
        return BREEDS * self.scale

    # --- the run ---------------------------------------------------------------------------------

    @property
    def billed_seconds(self) -> float:
        """Of a run: its pages at the free plan's pace, its work, and a minute at least.

        13.1 s for 100,000 breeds (docs/benchmarks.md) and 10 s for start and BigQuery's answers; 10
        requests a minute, 1,000 breeds each.
        """
        requests = -(-self.breeds // 1000)
        work = 10 + self.breeds * 13.1 / 100_000
        paced = max(0, requests - 10) * 6.0
        return max(60.0, work + paced)

    @property
    def memory_gib(self) -> float:
        """The job's limit: the peak and up to the next power of two, 0.5 at least.

        The peak is 132 MiB for 628 breeds and 447 MiB for 100,000 (docs/benchmarks.md).
        """
        peak_mib = 130 + self.breeds * (447 - 130) / 100_000
        size = 0.5
        while size * 1024 < peak_mib:
            size *= 2
        return size

    # --- the warehouse ---------------------------------------------------------------------------

    @property
    def breeds_gib(self) -> float:
        """The published breeds: about 800 bytes a row, with temperaments and issues 1,200."""
        return self.breeds * 1_200 / _GIB

    @property
    def history_gib(self) -> float:
        """After a year in which each breed changes twice: three versions of 1,000 bytes."""
        return self.breeds * 3 * 1_000 / _GIB

    @property
    def payloads_gib(self) -> float:
        """After a year in which each week's answer differs: 930 bytes a breed, kept each time."""
        return self.breeds * 930 * RUNS_A_MONTH * 12 / _GIB

    @property
    def query_tib(self) -> float:
        """Of all runs of a month: each reference to a table is a scan of it, 10 MiB at least.

        (Google's least for a table that a query refers to: bigquery/pricing, on-demand.) The
        statements of a publishing run name the staged breeds 7 times, breeds with temperaments and
        issues 9 times, the history 7 times, the answers 3 times, and small tables 14 times.
        """
        least = 10 * 2**20 / _GIB
        scans = ((7, self.breeds_gib), (9, self.breeds_gib), (7, self.history_gib),
                 (3, self.payloads_gib), (14, 0.0))  # fmt: skip
        return sum(times * max(least, size) for times, size in scans) * RUNS_A_MONTH / 1024

    # --- what is around them ---------------------------------------------------------------------

    @property
    def log_gib(self) -> float:
        """30 entries of a kilobyte for a run, and one for each page."""
        return (30 + self.breeds / 1000) * 1_024 * RUNS_A_MONTH / _GIB

    @property
    def alert_series_millions(self) -> float:
        """Three conditions on one series: two looked at every 30 seconds, one every hour."""
        return (2 * _SECONDS_A_MONTH / 30 + _SECONDS_A_MONTH / 3600) / 1e6

    def used(self) -> dict[str, float]:
        """Units of each price in a month."""
        seconds = self.billed_seconds * RUNS_A_MONTH
        return {
            "cpu": seconds,  # 1 vCPU, enough for up to 4 GiB
            "memory": seconds * self.memory_gib,
            "trigger": 1,
            "storage": self.breeds_gib + self.history_gib + self.payloads_gib,
            "queries": self.query_tib,
            "images": 0.15,  # 75 MB, and nine more that share all but their newest layers
            "secrets": 2,
            "reads": RUNS_A_MONTH * 2 / 10_000,
            "logs": self.log_gib,
            "conditions": 4,
            "series": self.alert_series_millions,
            "state": 0.01,  # fifty earlier states of 200 kB
        }

    def costs(self, *, with_free: bool) -> dict[str, float]:
        """Dollars a month by price."""
        return {
            name: PRICES[name].cost(used, with_free=with_free) for name, used in self.used().items()
        }


def page() -> str:
    """The whole of costs.md."""
    loads = [Load(scale) for scale in SCALES]
    return "\n".join([_HEAD, *_costs(loads), _BETWEEN, *_prices(), _USAGE, *_usage(loads), _END])


def dollars(amount: float) -> str:
    """An amount with as many places as it takes to see it."""
    if amount == 0:
        return "0"
    return f"{amount:.2f}" if amount >= 0.01 else "< 0.01"


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def _costs(loads: list[Load]) -> Iterator[str]:
    tables = [load.costs(with_free=free) for load in loads for free in (True, False)]
    for name, price in PRICES.items():
        yield f"| {price.component} | {' | '.join(dollars(table[name]) for table in tables)} |"
    totals = " | ".join(f"**{dollars(sum(table.values()))}**" for table in tables)
    yield f"| **a month, US$** | {totals} |"


def _prices() -> Iterator[str]:
    for price in PRICES.values():
        free = _number(price.free) if price.free else "none"
        mark = "" if price.checked else " *"
        amount = f"{price.dollars:.6f}".rstrip("0") + mark
        yield f"| {price.component} | {amount} | {price.unit} | {free} | <{price.source}> |"


def _usage(loads: list[Load]) -> Iterator[str]:
    for name, price in PRICES.items():
        values = " | ".join(_number(load.used()[name]) for load in loads)
        yield f"| {price.component} | {price.unit} | {values} |"


_LARGE = Load(SCALES[1])
_HEAD = f"""# Costs

Made by `make docs` from `compute_costs.py`. What one month costs in US dollars, for the weekly run
of {BREEDS} breeds and for {_LARGE.scale:,} times as many, at the end of the first year: within
Google's free tier, if nothing else uses it up, and without it.

| component | weekly run | without free tier | {_LARGE.scale:,} times | without free tier |
|---|---|---|---|---|"""
_BETWEEN = f"""
The alerts are what costs something at all. A rehearsal costs nothing.

## Prices

Looked up on {LOOKED_UP} in stored copies of Google's price pages, for europe-west1 and, in
BigQuery, the multi-region US. Where it says * the copy did not show the figure, and it is as known
in 2025: look before you rely on it. Free is for a billing account (logs: a project), each month.

| component | US$ | for a | free | source |
|---|---|---|---|---|"""
_USAGE = """
## Usage

Measured where it could be ([benchmarks.md](benchmarks.md)), else estimated on the high side;
`compute_costs.py` says how, beside each figure.

| component | unit | weekly run | 1,000 times |
|---|---|---|---|"""
_END = f"""
At 1,000 times the size the API's free plan sets the pace: ten requests a minute make a run last
{_LARGE.billed_seconds / 60:.0f} minutes, so it needs a longer `job_timeout`, and
`job_memory = "{_LARGE.memory_gib:g}Gi"`.

Not counted: traffic, which is free into Google Cloud and a few kilobytes out of it; building
images, which happens on your machine or at GitHub; queries of your own.
"""

if __name__ == "__main__":
    TARGET.write_text(page(), encoding="utf-8")
