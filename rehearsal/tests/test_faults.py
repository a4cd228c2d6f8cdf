"""Faults hit the calls they are meant for, as often as they should."""

from typing import Any

import pytest

from rehearsal.errors import RehearsalError
from rehearsal.faults import Fault, Faults
from rehearsal.store import Store


@pytest.fixture
def faults() -> Faults:
    return Faults(Store())


def hits(faults: Faults, count: int, method: str = "bigquery.jobs.insert") -> list[bool]:
    return [faults.meet(method, "user:a@b", "bigquery.googleapis.com") is not None
            for _ in range(count)]  # fmt: skip


def test_some_pass_then_some_are_hit_then_all_pass(faults: Faults) -> None:
    faults.add(Fault(method="bigquery.jobs.*", status=503, skip=1, times=2))
    assert hits(faults, 5) == [False, True, True, False, False]
    assert faults.list()[0]["used"] == 2


def test_without_times_all_are_hit_until_it_is_cleared(faults: Faults) -> None:
    faults.add(Fault(status=429))
    assert hits(faults, 3) == [True, True, True]
    assert faults.clear() == 1
    assert hits(faults, 1) == [False]
    assert not faults.any()


@pytest.mark.parametrize(
    "only", [{"method": "run.*"}, {"principal": "*:x@y"}, {"host": "storage*"}]
)
def test_other_calls_are_not_hit(faults: Faults, only: dict[str, Any]) -> None:
    faults.add(Fault(status=503, **only))
    assert hits(faults, 1) == [False]


def test_the_error_is_in_googles_words(faults: Faults) -> None:
    faults.add(Fault(status=403, message="no"))
    hit = faults.meet("m", "p", "h")
    assert hit is not None
    assert hit.error is not None
    assert hit.error.envelope(with_errors=True)["error"] == {
        "code": 403,
        "status": "PERMISSION_DENIED",
        "message": "no",
        "errors": [{"message": "no", "domain": "global", "reason": "accessDenied"}],
    }


def test_faults_and_their_counts_survive_a_restart() -> None:
    store = Store()
    Faults(store).add(Fault(status=503, times=2))
    assert hits(Faults(store), 1) == [True]
    again = Faults(store)
    assert hits(again, 2) == [True, False]
    assert again.add(Fault(drop="after")).number == 2


@pytest.mark.parametrize(
    "wrong",
    [{}, {"status": 299}, {"status": 503, "drop": "after"}, {"drop": "x"}, {"delay_seconds": -1.0},
     {"status": 503, "times": 0}, {"status": 503, "skip": -1}],
)  # fmt: skip
def test_what_makes_no_sense_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(RehearsalError):
        Fault(**wrong)
