"""What a job must be: one target, a schedule that comes, limits within Google's.

https://cloud.google.com/scheduler/docs/reference/rest/v1/projects.locations.jobs; the words of the
refusals, other than the one for schedules, are unverified.
"""

import base64
from datetime import timedelta
from urllib.parse import urlsplit

from rehearsal.api.durations import duration
from rehearsal.documents import Document
from rehearsal.errors import ApiError, invalid_argument, not_here

_DEADLINES = (timedelta(seconds=15), timedelta(minutes=30))
_MOST_RETRIES = 5
_MOST_DOUBLINGS = 16
_WITH_BODY = {"POST", "PUT", "PATCH"}
_LONGEST_URI = 2083


def check(job: Document) -> None:
    """Refuses a job that can't be.

    Raises:
        ApiError: 400.
    """
    _check_target(job)
    if not job.get("schedule"):
        raise _refusal("schedule", "Schedule is required.")
    low, high = _DEADLINES
    deadline = duration(job["attemptDeadline"], "job.attempt_deadline")
    if not low <= deadline <= high:
        raise _refusal("attempt_deadline", "The value must be between 15 seconds and 30 minutes.")
    _check_retries(job["retryConfig"])


def _check_target(job: Document) -> None:
    for other in ("pubsubTarget", "appEngineHttpTarget"):
        if other in job:
            raise not_here(f"Jobs with a {other} are Google's, not the rehearsal's: httpTarget is.")
    target = job.get("httpTarget")
    if target is None:
        raise _refusal("target", "Exactly one target must be set.")
    _check_uri(target.get("uri", ""))
    if "oauthToken" in target and "oidcToken" in target:
        raise _refusal("http_target", "Only one of oauth_token and oidc_token may be set.")
    for token in ("oauthToken", "oidcToken"):
        if token in target and not target[token].get("serviceAccountEmail"):
            raise _refusal("http_target", "service_account_email must be set.")
    if target.get("body") and target["httpMethod"] not in _WITH_BODY:
        raise _refusal("http_target.body", f"Not allowed with method {target['httpMethod']}.")


def _check_uri(uri: str) -> None:
    try:
        parts = urlsplit(uri)
        fine = parts.scheme in {"http", "https"} and bool(parts.hostname) and " " not in uri
        fine = fine and len(uri) <= _LONGEST_URI and parts.port != 0
    except ValueError:
        fine = False
    if not fine:
        raise _refusal("http_target.uri", "Must be a valid HTTP or HTTPS URL.")


def _check_retries(retries: Document) -> None:
    if not 0 <= retries.get("retryCount", 0) <= _MOST_RETRIES:
        raise _refusal("retry_config.retry_count", "Must be between 0 and 5.")
    if not 0 <= retries["maxDoublings"] <= _MOST_DOUBLINGS:
        raise _refusal("retry_config.max_doublings", "Must be between 0 and 16.")
    low, high, longest = (
        duration(retries[name], f"job.retry_config.{field}")
        for name, field in (
            ("minBackoffDuration", "min_backoff_duration"),
            ("maxBackoffDuration", "max_backoff_duration"),
            ("maxRetryDuration", "max_retry_duration"),
        )
    )
    if min(low, high, longest) < timedelta() or low > high:
        raise _refusal("retry_config", "min_backoff_duration must be at most max_backoff_duration.")


def _refusal(field: str, why: str) -> ApiError:
    return invalid_argument(f"Job {field} is invalid: {why}", (field, why))


def body_of(target: Document) -> bytes:
    """The bytes that a target's calls carry."""
    text = target.get("body", "").replace("-", "+").replace("_", "/")
    return base64.b64decode(text + "=" * (-len(text) % 4))
