"""Writes docs/faults.md: what is left of a run when any one of its calls fails in any way.

``python -m tests.e2e.fault_page``; ends with 1, and writes nothing, where something must not be.
"""

import argparse
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import ExitStack
from multiprocessing import get_context
from pathlib import Path

from tests.e2e.bigquery_standin import REPOSITORY
from tests.e2e.fault_bench import Bench
from tests.e2e.fault_matrix import Outcome, at_once, case, wrong_with
from tests.e2e.fault_relay import ABSORBED, FAULTS, Fault

PAGE = REPOSITORY / "docs" / "faults.md"
Cell = tuple[str, Fault]
_HEAD = """# A run under faults

Made by `make faults`: every call of a run that publishes, and what is left when that call fails. A
cell is one run of the pipeline, as a process of its own, after a good run and with changed content,
and the run that follows it. What holds in every cell is asserted, else this page is not written:

- the published tables are those of the last good run (**old**) or wholly those of this one (**new**);
- the run's row in `ingestion_runs` says the same; staged tables expire, no file stays behind;
- calls that fail once never cost the run, even if all of one run do: they are made again;
- the next run ends with 0, publishes what is missing, and leaves no run open.

The number is the exit code: 0 published, 2 configuration, 3 the API, 5 the warehouse, as
`dlt-ingestion --help` says; 137 is a process that was killed.

| fault | what happens to the call |
|---|---|
| 403 | it is refused, each time that it is made |
| 429 once, 503 once | it is refused the first time |
| 503 for good | it is refused each time, until the run gives up |
| dropped before, after | the connection is lost, before or after the call took effect |
| killed before, after | SIGKILL ends the run, before or after the call took effect |

The faults that a run gets over are met by all of its calls in one run, each call another one, and in
as many runs as there are such faults; a fault that ends a run has a run of its own for each call.

`#2` is the second call of a name. `metadata` is Cloud Run's metadata server. BigQuery is a stand-in
that answers as BigQuery does: a job's beginning before its end, a repeated request like the first.

"""  # noqa: E501


def page(outcomes: Mapping[Cell, Outcome], calls: Sequence[str]) -> str:
    """The whole page, in Markdown: a row a call, in the order of a run."""
    rows = [
        "| " + " | ".join([f"`{call}`", *(outcomes[call, f].shown() for f in FAULTS)]) + " |"
        for call in _in_order(calls)
    ]
    head = ["| call | " + " | ".join(FAULTS) + " |", "|---" * (len(FAULTS) + 1) + "|"]
    return _HEAD + "\n".join([*head, *rows, ""])


def _in_order(calls: Sequence[str]) -> list[str]:
    """Files are loaded in any order; on the page it is always the same."""
    loads = sorted((call for call in calls if "(load " in call), key=lambda c: c.partition("(")[2])
    return [loads.pop(0) if "(load " in call else call for call in calls]


def cells_in(text: str) -> dict[Cell, str]:
    """What a page shows, cell by cell."""
    rows = (line.strip("| ").split(" | ") for line in text.splitlines() if line.startswith("| `"))
    return {
        (name.strip("`"), f): cell
        for name, *cells in rows
        for f, cell in zip(FAULTS, cells, strict=True)
    }


_bench: Bench
_open = ExitStack()


def _begin() -> None:
    global _bench  # noqa: PLW0603 - one bench a worker process
    folder = _open.enter_context(tempfile.TemporaryDirectory())
    _bench = _open.enter_context(Bench(Path(folder)))


def _calls() -> list[str]:
    _bench.change()
    return list(_bench.run().calls)


def _try(faults: Mapping[str, Fault]) -> tuple[Outcome | None, str]:
    try:
        outcome = case(_bench, faults)
    except AssertionError as error:
        _bench.run(attempt=1)
        return None, str(error)
    wrong = (wrong_with(call, fault, outcome) for call, fault in faults.items())
    return outcome, next(filter(None, wrong), "")


class Matrix:
    """Fills the matrix, with processes that have a bench each."""

    def __init__(self, pool: ProcessPoolExecutor, say: Callable[[str], object]) -> None:
        self._pool, self._say = pool, say
        self.calls: list[str] = pool.submit(_calls).result()
        self.found: dict[Cell, Outcome] = {}
        self.wrong: dict[Cell, str] = {}

    def fill(self, only: str) -> None:
        """Runs every cell whose call has ``only`` in its name."""
        calls = [call for call in self.calls if only in call]
        self._run([at_once(calls, turn) for turn in range(len(ABSORBED))])
        cells = [(call, fault) for call in calls for fault in FAULTS]
        # Where a run did not get over all of its faults, each of them shows whose fault it was.
        self._run([{call: fault} for call, fault in cells if (call, fault) not in self.found])

    def _run(self, wanted: Sequence[Mapping[str, Fault]]) -> None:
        running = {self._pool.submit(_try, faults): faults for faults in wanted}
        for number, future in enumerate(as_completed(running), 1):
            faults = running[future]
            outcome, wrong = future.result()
            cells = list(faults.items())
            if outcome and not wrong:
                self.found.update(dict.fromkeys(cells, outcome))
            elif len(cells) == 1:
                self.wrong[cells[0]] = wrong
            name = " | ".join(cells[0]) if len(cells) == 1 else f"{len(cells)} calls in one run"
            shown = outcome.shown() if outcome else "-"
            self._say(f"{number}/{len(wanted)} {name}: {shown} {wrong[:300]}")


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--only", default="", help="calls with this text; no page is written")
    arguments = parser.parse_args()

    def say(text: str) -> None:
        print(text, flush=True)  # noqa: T201

    with ProcessPoolExecutor(arguments.workers, get_context("spawn"), _begin) as pool:
        matrix = Matrix(pool, say)
        matrix.fill(arguments.only)
    if matrix.wrong:
        sys.exit("\n".join(f"{' | '.join(cell)}: {text}" for cell, text in matrix.wrong.items()))
    if not arguments.only:
        PAGE.write_text(page(matrix.found, matrix.calls), encoding="utf-8")


if __name__ == "__main__":
    main()
