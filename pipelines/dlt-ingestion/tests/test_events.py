"""Log lines: JSON for Cloud Logging, text for people, and no secret in either."""

import io
import json
import logging
import warnings
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from dlt_ingestion import events
from dlt_ingestion.clock import Clock
from tests.conftest import MakeSettings

SECRET = "live_hidden-0123456789"
LOGGERS = ("dlt_ingestion", "dlt", "google", "py.warnings")
Log = Callable[..., io.StringIO]


@pytest.fixture(autouse=True)
def _logging_as_it_was(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(events, "_secrets", set())
    loggers = [logging.getLogger(name) for name in LOGGERS]
    before = [(list(one.handlers), one.propagate, one.level) for one in loggers]
    yield
    logging.captureWarnings(capture=False)
    for logger, (handlers, propagate, level) in zip(loggers, before, strict=True):
        logger.handlers, logger.propagate = handlers, propagate
        logger.setLevel(level)


@pytest.fixture
def log(make_settings: MakeSettings) -> Log:
    """Configures a log in a format and returns where its lines go."""

    def configure(log_format: str, clock: Clock | None = None, **variables: str) -> io.StringIO:
        stream = io.StringIO()
        settings = make_settings(LOG_FORMAT=log_format, **variables)
        events.configure(settings, clock or Clock(), stream)
        return stream

    return configure


def only_line(stream: io.StringIO) -> dict[str, Any]:
    """The one JSON line that was written."""
    (line,) = stream.getvalue().splitlines()
    decoded: dict[str, Any] = json.loads(line)
    return decoded


def test_a_json_line_has_the_event_and_its_fields(log: Log) -> None:
    stream = log("json")

    events.emit("page_read", page=3, of=None, ratio=0.5, ok=True, note="two words")

    line = only_line(stream)
    names = ("severity", "message", "logger", "page", "of", "ratio", "ok", "note")
    assert [line[name] for name in names] == [
        "INFO", "page_read", "dlt_ingestion", 3, None, 0.5, True, "two words",
    ]  # fmt: skip


def test_a_json_line_has_the_level_as_its_severity(log: Log) -> None:
    stream = log("json")

    events.emit("api_retry", level=logging.WARNING)

    assert only_line(stream)["severity"] == "WARNING"


def test_a_json_line_has_the_time_of_the_clock_in_utc(log: Log) -> None:
    stream = log("json", Clock.starting_at(datetime(2031, 5, 1, 4, tzinfo=UTC)))

    events.emit("run_started")

    moment = datetime.fromisoformat(only_line(stream)["time"])
    assert moment - datetime(2031, 5, 1, 4, tzinfo=UTC) < timedelta(minutes=1)
    assert moment.utcoffset() == timedelta(0)


def test_a_json_line_says_which_execution_wrote_it(log: Log) -> None:
    stream = log(
        "json", CLOUD_RUN_EXECUTION="job-abc", CLOUD_RUN_TASK_INDEX="2",
        CLOUD_RUN_TASK_ATTEMPT="1", CODE_VERSION="0123abc",
    )  # fmt: skip

    events.emit("run_started")

    assert only_line(stream)["logging.googleapis.com/labels"] == {
        "execution": "job-abc", "task": "2", "attempt": "1", "code_version": "0123abc",
    }  # fmt: skip


def test_a_json_line_shows_what_json_has_no_type_for_as_text(log: Log) -> None:
    stream = log("json")

    events.emit("failure_unrecorded", error=ValueError("no such table"))

    assert only_line(stream)["error"] == "no such table"


def test_a_field_of_several_lines_stays_on_one(log: Log) -> None:
    stream = log("json")

    events.emit("command_failed", error="one\ntwo")

    assert only_line(stream)["error"] == "one\ntwo"


def test_a_bug_is_logged_with_its_traceback(log: Log) -> None:
    stream = log("json")

    try:
        raise KeyError("breeds")
    except KeyError:
        events.emit_bug()

    line = only_line(stream)
    assert (line["severity"], line["message"]) == ("ERROR", "bug")
    assert line["stack_trace"].endswith("KeyError: 'breeds'")


def test_a_text_line_has_time_level_event_and_fields(log: Log) -> None:
    stream = log("text", Clock.starting_at(datetime(2031, 5, 1, 4, 5, 6, 500_000, tzinfo=UTC)))

    events.emit("page_read", page=3, note="two words", seconds=0.123456)

    assert stream.getvalue() == '04:05:06 info    page_read page=3 note="two words" seconds=0.123\n'


def test_a_text_line_shows_times_in_utc(log: Log) -> None:
    stream = log("text")
    zone = datetime.fromisoformat("2026-11-23T05:00:00+01:00")

    events.emit("observed", at=zone)

    assert stream.getvalue().endswith("observed at=2026-11-23T04:00:00Z\n")


def test_a_text_line_of_a_bug_is_followed_by_the_traceback(log: Log) -> None:
    stream = log("text")

    try:
        raise KeyError("breeds")
    except KeyError:
        events.emit_bug()

    assert "bug exit_code=1\nTraceback" in stream.getvalue()


def log_message() -> None:
    logging.getLogger("google").warning("sent %s", SECRET)


def log_field() -> None:
    events.emit("event", text=f"key {SECRET} refused")


def log_error_field() -> None:
    events.emit("event", error=ValueError(SECRET))


def log_nested_field() -> None:
    events.emit("event", values={"keys": [SECRET]})


def log_traceback() -> None:
    try:
        raise ValueError(SECRET)
    except ValueError:
        events.emit_bug()


@pytest.mark.parametrize("log_format", ["json", "text"])
@pytest.mark.parametrize(
    "write", [log_message, log_field, log_error_field, log_nested_field, log_traceback]
)
def test_a_hidden_secret_is_never_written(
    log: Log, log_format: str, write: Callable[[], None]
) -> None:
    stream = log(log_format)
    events.hide(SECRET)

    write()

    assert SECRET not in stream.getvalue()
    assert events.REDACTED in stream.getvalue()


def test_a_redacted_json_line_is_still_json(log: Log) -> None:
    stream = log("json")
    events.hide(SECRET)

    log_field()

    assert only_line(stream)["text"] == "key [redacted] refused"


def test_every_hidden_secret_is_redacted() -> None:
    events.hide("first-secret")
    events.hide("second-secret")

    assert events.redact("first-secret, second-secret") == "[redacted], [redacted]"


def test_a_secret_of_four_characters_is_hidden() -> None:
    events.hide("a1b2")

    assert events.redact("key=a1b2") == "key=[redacted]"


@pytest.mark.parametrize("text", ["", "key", "a1"])
def test_what_is_too_short_to_be_a_secret_hides_nothing(text: str) -> None:
    events.hide(text)

    assert events.redact("a key, a1") == "a key, a1"


def test_no_line_goes_to_the_root_logger_as_well(
    log: Log, caplog: pytest.LogCaptureFixture
) -> None:
    log("json")

    events.emit("page_read")

    assert caplog.records == []


def test_warnings_of_libraries_are_events_too(log: Log) -> None:
    stream = log("json")

    warnings.warn("soon to be removed", DeprecationWarning, stacklevel=1)

    assert only_line(stream)["logger"] == "py.warnings"


def test_what_libraries_only_mention_is_left_out(log: Log) -> None:
    stream = log("json")

    logging.getLogger("google.auth").info("refreshing")

    assert stream.getvalue() == ""


def test_handlers_are_replaced_for_a_while(log: Log) -> None:
    usual, meanwhile = log("text"), io.StringIO()

    with events.handlers_replaced([logging.StreamHandler(meanwhile)]):
        events.emit("inside")
    events.emit("outside")

    assert (meanwhile.getvalue(), "inside" in usual.getvalue()) == ("inside\n", False)
    assert "outside" in usual.getvalue()


def test_dlt_logs_with_our_handlers_once_it_is_set_up(log: Log) -> None:
    stream = log("json")

    with events.dlt_logging_kept():
        logging.getLogger("dlt").handlers = [logging.NullHandler()]
    logging.getLogger("dlt").warning("slow")

    assert only_line(stream)["message"] == "slow"


def test_a_field_that_is_no_proper_text_does_not_lose_the_line(log: Log) -> None:
    stream = log("json")
    events.emit("odd", path="caf\udce9", when=datetime(2026, 11, 23, tzinfo=UTC))
    line = json.loads(stream.getvalue())
    assert (line["message"], line["path"]) == ("odd", "caf\udce9")
