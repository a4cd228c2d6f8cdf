"""When a failed run is tried again: the exponential back-off of a job's retry configuration.

https://cloud.google.com/scheduler/docs/reference/rest/v1/projects.locations.jobs#RetryConfig
"""

from datetime import datetime, timedelta

from rehearsal.api.durations import duration
from rehearsal.documents import Document

_LONGEST_SECONDS = 100 * 365 * 86400
"""Longer pauses than a century lead out of the calendar, and no job waits for them."""


def pause(config: Document, failures: int) -> timedelta:
    """How long to wait after the ``failures``-th failure (1, 2, 3 ...).

    Doubled ``maxDoublings`` times, then longer by the same step each time, up to the maximum.
    """
    low = _seconds(config, "minBackoffDuration")
    high = min(_seconds(config, "maxBackoffDuration"), _LONGEST_SECONDS)
    doublings = int(config["maxDoublings"])
    exponent = min(failures - 1, doublings)
    steps = max(failures - doublings, 1)
    return timedelta(seconds=min(low * 2**exponent * steps, high))


def may_retry(config: Document, failures: int, first_attempt: datetime, now: datetime) -> bool:
    """Whether a limit is left: ``retryCount`` attempts, or ``maxRetryDuration`` since the first.

    Where both are given, attempts go on until both limits are reached.
    """
    longest = timedelta(seconds=_seconds(config, "maxRetryDuration"))
    count_left = failures <= int(config.get("retryCount", 0))
    time_left = longest > timedelta() and now - first_attempt < longest
    return count_left or time_left


def _seconds(config: Document, name: str) -> float:
    return duration(config[name], f"job.retry_config.{name}").total_seconds()
