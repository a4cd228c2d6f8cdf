"""The rehearsal's time only goes ahead."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rehearsal.clock import Clock, parse_rfc3339, rfc3339

NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)


def test_time_runs_as_its_source_and_can_be_moved_ahead() -> None:
    clock = Clock(source=lambda: NOON)
    clock.advance(timedelta(days=8))
    assert clock.now() == NOON + timedelta(days=8)


def test_time_does_not_go_back() -> None:
    with pytest.raises(ValueError, match="can't go back"):
        Clock().advance(timedelta(seconds=-1))


@given(st.datetimes(min_value=datetime(1000, 1, 1), timezones=st.timezones()))  # noqa: DTZ001
def test_a_moment_is_written_and_read_again(moment: datetime) -> None:
    try:
        text = rfc3339(moment)
    except OverflowError:
        return
    assert parse_rfc3339(text) == moment.astimezone(UTC)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-01-05T12:00:00Z", NOON),
        ("2026-01-05T13:00:00+01:00", NOON),
        ("2026-01-05T12:00:00.123456789Z", NOON.replace(microsecond=123456)),
        ("2026-01-05T12:00:00.5Z", NOON.replace(microsecond=500000)),
    ],
)
def test_nanoseconds_and_offsets_are_understood(text: str, moment: datetime) -> None:
    assert parse_rfc3339(text) == moment


@pytest.mark.parametrize("text", ["", "yesterday", "2026-01-05T12:00:00", "2026-13-05T12:00:00Z"])
def test_what_is_no_moment_is_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - any of datetime's messages
        parse_rfc3339(text)
