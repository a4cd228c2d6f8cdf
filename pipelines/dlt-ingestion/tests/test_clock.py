"""The one source of time."""

from datetime import UTC, datetime, timedelta

from dlt_ingestion.clock import Clock

MOMENT = datetime.fromisoformat("2031-05-01T06:00:00+02:00")
A_MINUTE = timedelta(minutes=1)


def test_a_clock_shows_the_machines_time() -> None:
    assert abs(Clock().now() - datetime.now(UTC)) < A_MINUTE


def test_a_clock_can_be_started_at_another_time() -> None:
    assert timedelta(0) <= Clock.starting_at(MOMENT).now() - MOMENT < A_MINUTE


def test_a_clock_that_is_started_at_no_time_shows_the_machines() -> None:
    assert Clock.starting_at(None) == Clock()


def test_the_time_is_in_utc() -> None:
    assert Clock.starting_at(MOMENT).now().utcoffset() == timedelta(0)


def test_a_clock_sleeps_as_it_is_told() -> None:
    slept: list[float] = []

    Clock(sleep=slept.append).sleep(7)

    assert slept == [7]
