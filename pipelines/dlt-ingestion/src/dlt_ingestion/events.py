"""Log events: a fixed name and fields, as JSON lines for Cloud Logging or as readable lines.

Cloud Logging reads ``severity``, ``message``, ``time`` and ``logging.googleapis.com/labels``
from a JSON line (https://cloud.google.com/logging/docs/structured-logging).
"""

import json
import logging
import sys
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TextIO

from dlt_ingestion.clock import Clock
from dlt_ingestion.config import Settings

_logger = logging.getLogger("dlt_ingestion")
_secrets: set[str] = set()
_FOREIGN_LOGGERS = ("py.warnings", "google")
REDACTED = "[redacted]"
_SHORTEST_SECRET = 4  # shorter ones are no secrets, and stand in many words


def emit(event: str, *, level: int = logging.INFO, **fields: object) -> None:
    """Logs ``event`` (snake case, fixed) with its fields."""
    _logger.log(level, event, extra={"fields": fields})


def hide(secret: str) -> None:
    """From now on ``secret`` is replaced wherever it would be logged or recorded."""
    if len(secret) >= _SHORTEST_SECRET:
        _secrets.add(secret)


def redact(text: str) -> str:
    """``text`` without any secret."""
    for secret in _secrets:
        text = text.replace(secret, REDACTED)
    return text


def fields_of(record: logging.LogRecord) -> dict[str, object]:
    """The fields that ``emit`` attached, or none for a foreign record."""
    fields = getattr(record, "fields", None)
    return fields if isinstance(fields, dict) else {}


def configure(settings: Settings, clock: Clock, stream: TextIO | None = None) -> None:
    """Sends this package's and its libraries' records to ``stream`` (standard error)."""
    handler = logging.StreamHandler(stream or sys.stderr)
    if settings.log_format == "json":
        handler.setFormatter(JsonFormatter(settings, clock))
    else:
        handler.setFormatter(TextFormatter(clock))
    replace_handlers([handler])
    logging.captureWarnings(capture=True)
    # The client prefers the Storage API for reading, which a few small answers don't need.
    warnings.filterwarnings("ignore", message="Cannot create BigQuery Storage client")


def replace_handlers(handlers: Iterable[logging.Handler]) -> None:
    """Makes ``handlers`` the only ones of this package and of the libraries that log."""
    chosen = list(handlers)
    for name, level in [("dlt_ingestion", logging.INFO)] + [
        (name, logging.WARNING) for name in _FOREIGN_LOGGERS
    ]:
        logger = logging.getLogger(name)
        logger.handlers = list(chosen)
        logger.propagate = False
        logger.setLevel(level)


@contextmanager
def handlers_replaced(handlers: Iterable[logging.Handler]) -> Iterator[None]:
    """Replaces all handlers for a while."""
    before = list(_logger.handlers)
    replace_handlers(handlers)
    try:
        yield
    finally:
        replace_handlers(before)


def emit_bug() -> None:
    """Logs the exception being handled, with its traceback: for what nobody was meant to see."""
    _logger.exception("bug", extra={"fields": {"exit_code": 1}})


@contextmanager
def dlt_logging_kept() -> Iterator[None]:
    """Inside, dlt may set up its logger as it does with each pipeline; then it gets our handlers.

    It must not see ours meanwhile: it would put its own formatter on them.
    """
    logger = logging.getLogger("dlt")
    logger.handlers = []
    try:
        yield
    finally:
        logger.handlers = list(_logger.handlers)


class JsonFormatter(logging.Formatter):
    """One JSON object a line, with the fields that Cloud Logging knows."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        super().__init__()
        self._clock = clock
        self._labels = {
            "execution": settings.execution or "",
            "task": str(settings.task_index),
            "attempt": str(settings.task_attempt),
            "code_version": settings.code_version,
        }

    def format(self, record: logging.LogRecord) -> str:
        """The record as one line of JSON."""
        line = {
            "severity": record.levelname,
            "message": record.getMessage(),
            "time": self._clock.now().isoformat(),
            "logger": record.name,
            "logging.googleapis.com/labels": self._labels,
            **fields_of(record),
        }
        if record.exc_info:
            line["stack_trace"] = self.formatException(record.exc_info)
        return redact(json.dumps(line, default=str))


class TextFormatter(logging.Formatter):
    """A readable line: time (UTC), event, fields."""

    def __init__(self, clock: Clock) -> None:
        super().__init__()
        self._clock = clock

    def format(self, record: logging.LogRecord) -> str:
        """The record as one line, with a traceback below it only for a bug."""
        time = self._clock.now().strftime("%H:%M:%S")
        fields = " ".join(f"{name}={_shown(value)}" for name, value in fields_of(record).items())
        line = f"{time} {record.levelname.lower():<7} {record.getMessage()} {fields}".rstrip()
        if record.exc_info:
            line += "\n" + self.formatException(record.exc_info)
        return redact(line)


def _shown(value: object) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    if isinstance(value, float):
        return f"{value:.3g}"
    text = str(value)
    return f'"{text}"' if " " in text else text
