import pytest

from dlt_ingestion.clock import Clock
from dlt_ingestion.conflicts import again_after_conflicts, label_of
from dlt_ingestion.errors import PublicationConflictError, WarehouseError


class Work:
    """Fails as told, then succeeds."""

    def __init__(self, *failures: Exception) -> None:
        self._failures = list(failures)
        self.attempts: list[int] = []

    def __call__(self, attempt: int) -> str:
        self.attempts.append(attempt)
        if self._failures:
            raise self._failures.pop(0)
        return "done"


def test_what_lost_is_tried_again_after_a_while() -> None:
    slept: list[float] = []
    work = Work(PublicationConflictError("lost"), PublicationConflictError("lost"))
    assert again_after_conflicts(Clock(sleep=slept.append), work) == "done"
    assert work.attempts == [1, 2, 3]
    assert len(slept) == 2
    assert all(0.5 <= seconds <= 3 for seconds in slept)


def test_who_always_loses_says_so() -> None:
    work = Work(*(PublicationConflictError(f"lost {number}") for number in range(9)))
    with pytest.raises(PublicationConflictError, match="lost 2"):
        again_after_conflicts(Clock(sleep=lambda _: None), work)
    assert work.attempts == [1, 2, 3]


def test_other_errors_come_through_at_once() -> None:
    work = Work(WarehouseError("full"))
    with pytest.raises(WarehouseError, match="full"):
        again_after_conflicts(Clock(sleep=lambda _: None), work)
    assert work.attempts == [1]


def test_each_try_has_a_label_of_its_own() -> None:
    assert [label_of("begin", attempt) for attempt in (1, 2)] == ["begin", "begin-2"]
