import logging
import threading
from datetime import UTC, datetime, timedelta

import pytest

from rehearsal.clock import Clock
from rehearsal.timeline import Timeline

START = datetime(2026, 1, 5, tzinfo=UTC)
HOUR = timedelta(hours=1)


class Series:
    """Falls due at given moments; remembers when it was fired, and what the clock showed."""

    def __init__(self, clock: Clock, *moments: datetime) -> None:
        self._clock, self.moments = clock, sorted(moments)
        self.fired: list[datetime] = []
        self.shown: list[datetime] = []

    def due(self) -> datetime | None:
        return self.moments[0] if self.moments else None

    def fire(self, moment: datetime) -> None:
        self.moments.remove(moment)
        self.fired.append(moment)
        self.shown.append(self._clock.now())


@pytest.fixture
def clock() -> Clock:
    return Clock(source=lambda: START)


@pytest.fixture
def timeline(clock: Clock) -> Timeline:
    return Timeline(clock)


def test_nothing_is_fired_before_its_moment(clock: Clock, timeline: Timeline) -> None:
    series = Series(clock, START + HOUR)
    timeline.register("series", series.fire, series.due)
    assert timeline.run() == 0
    clock.advance(HOUR)
    assert timeline.run() == 1
    assert series.fired == [START + HOUR]


def test_kinds_are_fired_in_the_order_of_their_moments(clock: Clock, timeline: Timeline) -> None:
    order: list[str] = []
    for kind, hours in (("a", (1, 4)), ("b", (2, 3))):
        series = Series(clock, *(START + hour * HOUR for hour in hours))

        def fire(moment: datetime, kind: str = kind, series: Series = series) -> None:
            series.fire(moment)
            order.append(kind)

        timeline.register(kind, fire, series.due)
    clock.advance(5 * HOUR)
    timeline.run()
    assert order == ["a", "b", "b", "a"]


def test_an_advanced_clock_shows_each_moment_when_it_is_fired(
    clock: Clock, timeline: Timeline
) -> None:
    series = Series(clock, START + HOUR, START + 2 * HOUR)
    timeline.register("series", series.fire, series.due)
    timeline.advance(8 * HOUR)
    assert series.shown == [START + HOUR, START + 2 * HOUR]
    assert clock.now() == START + 8 * HOUR


def test_what_was_begun_is_awaited_before_time_goes_on(clock: Clock, timeline: Timeline) -> None:
    series = Series(clock, START + HOUR, START + 2 * HOUR)
    timeline.register("series", series.fire, series.due)
    awaited: list[tuple[int, datetime]] = []
    timeline.settle.append(lambda: awaited.append((len(series.fired), clock.now())))
    timeline.advance(3 * HOUR)
    assert awaited == [(fired, START + fired * HOUR) for fired in range(3)] + [
        (2, START + 3 * HOUR)
    ]


def test_what_falls_due_while_waiting_is_fired_before_time_goes_on(
    clock: Clock, timeline: Timeline
) -> None:
    series = Series(clock)
    timeline.register("series", series.fire, series.due)

    def ends() -> None:
        if clock.now() == START and not series.fired:
            series.moments.append(START)

    timeline.settle.append(ends)
    timeline.advance(HOUR)
    assert series.shown == [START]


def test_one_that_fails_is_reported_and_does_not_stop_the_others(
    clock: Clock, timeline: Timeline, caplog: pytest.LogCaptureFixture
) -> None:
    def fails(_: datetime) -> None:
        raise RuntimeError("broken on purpose")

    series = Series(clock, START + HOUR)
    timeline.register("broken", fails, lambda: START)
    timeline.register("series", series.fire, series.due)
    timeline.advance(HOUR)
    assert series.fired == [START + HOUR]
    assert "broken on purpose" in caplog.text


def test_one_whose_due_moment_cannot_be_told_does_not_stop_the_others(
    clock: Clock, timeline: Timeline, caplog: pytest.LogCaptureFixture
) -> None:
    def cannot_tell() -> datetime:
        raise RuntimeError("no idea")

    series = Series(clock, START)
    timeline.register("broken", series.fire, cannot_tell)
    timeline.register("series", series.fire, series.due)
    assert timeline.run() == 1
    assert caplog.text.count("timeline.due_failed") == 1


def test_one_that_fails_is_tried_again_an_hour_later(clock: Clock, timeline: Timeline) -> None:
    series, attempts = Series(clock, START), 0

    def fails_once(moment: datetime) -> None:
        nonlocal attempts
        attempts += 1
        if attempts == 1:
            raise RuntimeError("broken on purpose")
        series.moments.clear()

    timeline.register("series", fails_once, series.due)
    timeline.run()
    timeline.advance(HOUR / 2)
    assert attempts == 1
    timeline.advance(HOUR / 2)
    assert attempts == 2


def test_one_that_stays_due_does_not_loop_for_ever(
    clock: Clock, timeline: Timeline, caplog: pytest.LogCaptureFixture
) -> None:
    timeline.register("stuck", lambda _: None, lambda: START)
    with caplog.at_level(logging.ERROR):
        timeline.run()
    assert "timeline.stuck" in caplog.text


def test_a_kind_that_is_registered_again_replaces_the_earlier_one(
    clock: Clock, timeline: Timeline
) -> None:
    earlier, later = Series(clock, START), Series(clock, START)
    for series in (earlier, later):
        timeline.register("series", series.fire, series.due)
    timeline.run()
    assert (earlier.fired, later.fired) == ([], [START])


def test_time_does_not_go_back(timeline: Timeline) -> None:
    with pytest.raises(ValueError, match="back"):
        timeline.advance(-HOUR)


def test_a_follower_fires_what_falls_due_until_it_is_stopped(
    clock: Clock, timeline: Timeline
) -> None:
    series, fired, stopped = Series(clock, START), threading.Event(), threading.Event()

    def fire(moment: datetime) -> None:
        series.fire(moment)
        fired.set()

    timeline.register("series", fire, series.due)
    follower = threading.Thread(target=timeline.follow, args=(stopped, 60.0))
    follower.start()
    timeline.wake()
    assert fired.wait(60)
    stopped.set()
    timeline.wake()
    follower.join(60)
    assert not follower.is_alive()
