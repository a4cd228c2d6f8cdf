from datetime import UTC, datetime

import pytest

from rehearsal.errors import ApiError
from rehearsal.services.scheduler.cron import next_moment

MONDAY = datetime(2026, 1, 5, tzinfo=UTC)


def moments(schedule: str, zone: str, after: datetime, number: int) -> list[str]:
    found = []
    for _ in range(number):
        after = next_moment(schedule, zone, after)
        found.append(after.strftime("%m-%d %H:%M"))
    return found


def test_a_moment_is_of_the_zone_and_told_in_utc() -> None:
    assert moments("0 6 * * *", "Europe/Berlin", MONDAY, 2) == ["01-05 05:00", "01-06 05:00"]


def test_summer_time_moves_a_moment_an_hour_ahead_in_utc() -> None:
    before = datetime(2026, 3, 28, tzinfo=UTC)
    assert moments("0 6 * * *", "Europe/Berlin", before, 2) == ["03-28 05:00", "03-29 04:00"]


def test_a_time_that_the_spring_skips_fires_right_after_the_gap() -> None:
    before = datetime(2026, 3, 28, 12, tzinfo=UTC)
    assert moments("30 2 * * *", "Europe/Berlin", before, 2) == ["03-29 01:00", "03-30 00:30"]


def test_a_time_that_the_autumn_repeats_fires_once() -> None:
    before = datetime(2026, 10, 24, 12, tzinfo=UTC)
    assert moments("30 2 * * *", "Europe/Berlin", before, 2) == ["10-25 00:30", "10-26 01:30"]


def test_the_second_pass_of_a_repeated_hour_never_leads_back_in_time() -> None:
    second_pass = datetime(2026, 10, 25, 1, 15, tzinfo=UTC)
    assert next_moment("30 2 * * *", "Europe/Berlin", second_pass) > second_pass


def test_every_minute_runs_through_a_change_of_the_clocks() -> None:
    before = datetime(2026, 3, 29, 0, 58, tzinfo=UTC)
    assert moments("* * * * *", "Europe/Berlin", before, 3) == [
        "03-29 00:59", "03-29 01:00", "03-29 01:01",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("schedule", "first"),
    [
        ("*/15 * * * *", "01-05 00:15"),
        ("0 0-23/6 * * *", "01-05 06:00"),
        ("0 9 * * SUN", "01-11 09:00"),
        ("0 9 * * 7", "01-11 09:00"),
        ("0 9 * * mon-fri", "01-05 09:00"),
        ("0 0 1 FEB,mar *", "02-01 00:00"),
        ("0 0 13 * 5", "01-09 00:00"),
    ],
)
def test_the_forms_of_unix_cron(schedule: str, first: str) -> None:
    assert moments(schedule, "Etc/UTC", MONDAY, 1) == [first]


@pytest.mark.parametrize(
    "schedule",
    ["", "* * * *", "* * * * * *", "60 * * * *", "0 0 L * *", "0 0 * * 5#2", "0 0 30 2 *", "@daily",
     "a b c d e", "*/0 * * * *"],
)  # fmt: skip
def test_other_schedules_are_refused(schedule: str) -> None:
    with pytest.raises(ApiError, match=r"Schedule or time zone is invalid\."):
        next_moment(schedule, "Etc/UTC", MONDAY)


def test_an_unknown_time_zone_is_refused() -> None:
    with pytest.raises(ApiError, match=r"Schedule or time zone is invalid\."):
        next_moment("* * * * *", "Europe/Atlantis", MONDAY)


def test_the_form_of_app_engine_is_named_as_not_here() -> None:
    with pytest.raises(ApiError, match="App Engine"):
        next_moment("every 24 hours", "Etc/UTC", MONDAY)
