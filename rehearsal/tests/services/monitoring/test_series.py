from datetime import UTC, datetime, timedelta

from rehearsal.clock import Clock
from rehearsal.services.monitoring.series import (
    RETENTION,
    Point,
    Series,
    TimeSeries,
    changed,
    minute_after,
)
from rehearsal.store import Store

NOW = datetime(2026, 1, 5, tzinfo=UTC)
COUNTER = "run.googleapis.com/job/completed_execution_count"
MEMORY = "run.googleapis.com/container/memory/utilizations"
RESOURCE = {"project_id": "demo", "job_name": "dog"}


class Kept:
    def __init__(self) -> None:
        self.store, self.clock = Store(), Clock(source=lambda: NOW)
        self.series = TimeSeries(self.store, self.clock)

    def add(self, metric: str, value: float, seconds: float = 0, project: str = "demo") -> None:
        moment = NOW + timedelta(seconds=seconds)
        resource = RESOURCE | {"project_id": project}
        self.series.add(metric, {}, "cloud_run_job", resource, moment, value)

    def values(self, metric: str) -> list[tuple[float, ...]]:
        (one,) = self.series.of_type("demo", metric)
        return [point.values for point in self.points(one)]

    def points(self, one: Series) -> list[Point]:
        start, end = NOW - timedelta(days=100), NOW + timedelta(days=100)
        return self.series.points(one, start, end)


def test_a_minute_of_a_counter_is_its_sum() -> None:
    kept = Kept()
    for seconds in (1, 59, 60, 61):
        kept.add(COUNTER, 1, seconds)
    assert kept.values(COUNTER) == [(3,), (1,)]


def test_a_minute_of_a_distribution_has_all_values_and_of_a_gauge_the_last() -> None:
    kept = Kept()
    for value in (0.25, 0.5):
        kept.add(MEMORY, value)
        kept.add("custom.googleapis.com/x", value)
    assert kept.values(MEMORY) == [(0.25, 0.5)]
    assert kept.values("custom.googleapis.com/x") == [(0.5,)]


def test_series_are_told_apart_by_project_and_labels() -> None:
    kept = Kept()
    kept.add(COUNTER, 1)
    kept.add(COUNTER, 1, project="other")
    assert len(kept.series.of_project("demo")) == len(kept.series.of_type("other", COUNTER)) == 1


def test_points_are_dropped_after_their_retention() -> None:
    kept = Kept()
    kept.add(COUNTER, 1)
    kept.clock.advance(RETENTION + timedelta(minutes=1))
    kept.add(COUNTER, 1, (RETENTION + timedelta(minutes=1)).total_seconds())
    assert len(kept.values(COUNTER)) == 1


def test_the_last_point_is_found_however_old_it_is() -> None:
    kept = Kept()
    kept.add(COUNTER, 1)
    (one,) = kept.series.of_type("demo", COUNTER)
    last = kept.series.last(one, NOW - timedelta(days=1), NOW + timedelta(days=30))
    assert last is not None
    assert (last.end, last.start) == (NOW, NOW - timedelta(minutes=1))
    assert kept.series.last(one, NOW, NOW + timedelta(days=1)) is None


def test_a_new_point_is_to_be_looked_at_when_its_minute_has_ended() -> None:
    kept = Kept()
    kept.add(COUNTER, 1, 90)
    kept.add(COUNTER, 1, 30)
    assert changed(kept.store) == NOW + timedelta(minutes=1)


def test_a_minute_ends_where_the_next_begins() -> None:
    assert minute_after(NOW) == NOW
    assert minute_after(NOW + timedelta(seconds=1)) == NOW + timedelta(minutes=1)
