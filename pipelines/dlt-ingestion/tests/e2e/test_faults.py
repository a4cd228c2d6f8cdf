"""Calls of a run fail in every way: a sample of the matrix, and the page that shows it whole."""

from collections.abc import Iterator

import pytest

from tests.e2e import bigquery_standin
from tests.e2e.fault_bench import Bench
from tests.e2e.fault_matrix import Outcome, at_once, case, wrong_with
from tests.e2e.fault_page import PAGE, cells_in
from tests.e2e.fault_relay import ABSORBED, FAULTS, Fault

CELLS = cells_in(PAGE.read_text(encoding="utf-8"))
CALLS = list(dict.fromkeys(call for call, _ in CELLS))
ENDING = [fault for fault in FAULTS if fault not in ABSORBED]
_STRIDE = 5

pytestmark = pytest.mark.timeout(500)


def one_by_one() -> list[tuple[str, Fault]]:
    """Every few calls, from the first to the last, one of the faults that end a run."""
    return [(call, ENDING[n % len(ENDING)]) for n, call in enumerate(CALLS[::_STRIDE])]


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    if bigquery_standin.AT_TRUE_ADDRESSES:
        pytest.skip(
            "a relay can't stand before true addresses; `rehearsal fault add` does its work"
        )
    if not bigquery_standin.PROGRAM.exists():
        pytest.skip(
            "the BigQuery stand-in is not installed: `make rehearsal-setup` (needs Python 3.13)"
        )
    with Bench(tmp_path_factory.mktemp("faults")) as made:
        yield made


def test_the_page_names_the_calls_that_a_run_makes_now(bench: Bench) -> None:
    bench.change()
    ended = bench.run()
    assert ended.exit_code == 0, ended.printed
    assert sorted(ended.calls) == sorted(CALLS), "run `make faults`"


def test_the_sample_has_each_call_and_each_fault() -> None:
    assert set(at_once(CALLS, 0)) == set(CALLS)
    assert {*at_once(CALLS, 0).values(), *(fault for _, fault in one_by_one())} == set(FAULTS)


def test_a_run_gets_over_one_fault_of_every_call(bench: Bench) -> None:
    assert case(bench, at_once(CALLS, 0)) == Outcome("new", 0)


@pytest.mark.parametrize(("call", "fault"), one_by_one())
def test_a_run_that_a_fault_ends_leaves_whole_tables_and_the_code_that_the_page_says(
    bench: Bench, call: str, fault: Fault
) -> None:
    outcome = case(bench, {call: fault})
    assert not wrong_with(call, fault, outcome)
    assert outcome.shown() == CELLS[call, fault]
