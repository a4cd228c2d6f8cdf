"""One cell of the matrix of faults: a run with one failing call, what is left, and the next run."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from tests.e2e.fault_bench import KILLED, Bench, Ended
from tests.e2e.fault_relay import ABSORBED, FOR_GOOD, Fault

_BUG = 1


@dataclass(frozen=True)
class Outcome:
    """What a run under a fault left: whose tables, and its exit code (minus the signal's)."""

    tables: Literal["old", "new"]
    exit_code: int

    def shown(self) -> str:
        """As a cell of the page; a killed process has the code that a shell gives it."""
        return f"{self.tables}, {self.exit_code if self.exit_code >= 0 else 128 - self.exit_code}"


def case(bench: Bench, faults: Mapping[str, Fault]) -> Outcome:
    """One run in which calls meet ``faults``, and the run after it.

    Asserts what must hold of both, whatever the fault.
    """
    bench.renew()
    before, runs = bench.look()
    known = {row["run_id"] for row in runs}
    origin = bench.change()
    ended = bench.run(faults)
    assert ended.hits >= len(faults), f"of {list(faults)} some are not among {ended.calls}"
    assert ended.exit_code != _BUG, ended.printed
    after, runs = bench.look()
    after.assert_whole()
    new = after.runs[0]["run_id"] != before.runs[0]["run_id"]
    rows = [row for row in runs if row["run_id"] not in known]
    _assert_recorded(ended, rows, published=new)
    assert new == any(row["origin"] == origin for row in after.breeds)
    if not new:
        assert _content(after.breeds) == _content(before.breeds)

    following = bench.run(attempt=1)
    assert following.exit_code == 0, following.printed
    last, runs = bench.look()
    last.assert_whole()
    assert any(row["origin"] == origin for row in last.breeds)
    unfinished = [row for row in runs if row["status"] == "running" or not row["finished_at"]]
    assert not unfinished, unfinished
    assert not bench.staged_for_good()
    return Outcome("new" if new else "old", ended.exit_code)


def at_once(calls: Sequence[str], turn: int) -> dict[str, Fault]:
    """For each call one of the faults that a run gets over, another one each turn."""
    return {call: ABSORBED[(n + turn) % len(ABSORBED)] for n, call in enumerate(calls)}


def wrong_with(call: str, fault: Fault, outcome: Outcome) -> str:
    """What the documents do not allow; empty where all is well."""
    if fault.startswith("killed"):
        documented = KILLED
    elif fault in FOR_GOOD and outcome.tables == "old":
        documented = {("api", "403"): 2, ("api", "503 for good"): 3}.get(
            (call.partition(".")[0], fault), 5
        )
    else:
        documented = 0
    if outcome.exit_code == documented:
        return ""
    return f"{outcome.tables} tables and {outcome.exit_code}, where {documented} is documented"


def _assert_recorded(ended: Ended, rows: list[dict[str, Any]], *, published: bool) -> None:
    """The run's row, its exit code and the tables tell the same story."""
    said = f"{rows} {ended.exit_code}\n{ended.printed}"
    assert len(rows) <= 1, said
    status = rows[0]["status"] if rows else ""
    if published:
        assert status == "published", said
    else:
        unfinished = {KILLED: {"", "running"}}.get(ended.exit_code, {"", "running", "failed"})
        assert status in unfinished, said
        assert ended.exit_code != 0, said


def _content(breeds: list[dict[str, Any]]) -> list[tuple[str, str]]:
    return sorted((row["breed_id"], row["content_sha256"]) for row in breeds)
