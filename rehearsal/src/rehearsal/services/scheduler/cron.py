"""Cron schedules: the moment that comes next, in a time zone with its daylight saving.

Five fields of unix-cron: https://cloud.google.com/scheduler/docs/configuring/cron-job-schedules.
Google also takes the older English-like form of App Engine ("every 24 hours"); it is refused here.
What happens at a change of the clocks Google leaves open ("execution anomalies"); here it is as
Debian's cron does it: a skipped time fires once right after the gap, a repeated one once.
"""

import re
from datetime import UTC, datetime
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from cronsim import CronSim, CronSimError

from rehearsal.errors import ApiError, invalid_argument, not_here

_FIELD = r"[0-9A-Za-z*,/-]+"
_CRONTAB = re.compile(rf"{_FIELD}(?:\s+{_FIELD}){{4}}")
_NAMES = {
    "SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT",
    "JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC",
}  # fmt: skip


def next_moment(schedule: str, time_zone: str, after: datetime) -> datetime:
    """The first moment of the schedule after ``after``, in UTC.

    Raises:
        ApiError: 400: there is no such schedule or zone, or the schedule never comes.
    """
    zone = ZoneInfo(_known(time_zone))
    if re.match(r"\s*every\b|.*\bof\b", schedule, re.IGNORECASE):
        raise not_here(
            f"The schedule {schedule!r} has the form of App Engine, which Google takes and the"
            " rehearsal does not: use the five fields of unix-cron, 0 6 * * 1 for example."
        )
    _check(schedule)
    try:
        moments = CronSim(schedule, after.astimezone(zone))
        # Where an hour repeats, the library may name a moment of its first pass again.
        return next(found for moment in moments if (found := moment.astimezone(UTC)) > after)
    except (CronSimError, StopIteration) as error:
        raise _invalid() from error


def _check(schedule: str) -> None:
    words = re.findall(r"[A-Za-z]+", schedule)
    if _CRONTAB.fullmatch(schedule.strip()) is None or {word.upper() for word in words} - _NAMES:
        raise _invalid()


def _known(time_zone: str) -> str:
    if time_zone not in _zones():
        raise _invalid()
    return time_zone


@cache
def _zones() -> set[str]:
    return available_timezones()


def _invalid() -> ApiError:
    return invalid_argument("Schedule or time zone is invalid.")
