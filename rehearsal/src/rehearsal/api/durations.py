"""Durations as JSON writes them: seconds, with up to nine digits after the point, and an ``s``."""

import re
from datetime import timedelta

from rehearsal.errors import invalid_argument

_DURATION = re.compile(r"-?\d{1,12}(?:\.\d{1,9})?s")


def duration(text: str, field: str) -> timedelta:
    """The duration that ``text`` names.

    Raises:
        ApiError: 400, naming ``field``.
    """
    if _DURATION.fullmatch(text) is None:
        message = (
            f"Invalid value at '{field}' (type.googleapis.com/google.protobuf.Duration), \"{text}\""
        )
        raise invalid_argument(message, (field, message))
    return timedelta(seconds=float(text.removesuffix("s")))


def written(length: timedelta) -> str:
    """A duration without a needless fraction."""
    return f"{length.total_seconds():.9f}".rstrip("0").rstrip(".") + "s"
