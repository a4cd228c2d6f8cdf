"""Work in several threads."""

import threading

import pytest

from rehearsal.services.run.lifecycle.parallel import in_parallel


def test_results_come_in_the_order_of_the_work() -> None:
    assert in_parallel(lambda index: index * 10, 5, 3, "work") == [0, 10, 20, 30, 40]


def test_all_run_together_that_may() -> None:
    together = threading.Barrier(3)

    def work(index: int) -> int:
        together.wait(60)
        return index

    assert in_parallel(work, 3, 3, "work") == [0, 1, 2]


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_work_that_raises_is_told_of() -> None:
    with pytest.raises(RuntimeError, match="1 of 2 tasks have no result"):
        in_parallel(lambda index: 1 // index, 2, 2, "work")
