import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rehearsal.services.logging.lines import entry_of_line
from rehearsal.services.logging.severity import RANKS


def of(**fields: Any) -> dict[str, Any]:
    return entry_of_line(json.dumps(fields).encode())


def test_plain_text_is_the_text_payload_without_a_severity() -> None:
    assert entry_of_line(b"hello {x}") == {"severity": "DEFAULT", "textPayload": "hello {x}"}


def test_bytes_that_are_no_text_are_kept_as_well_as_can_be() -> None:
    assert entry_of_line(b"a\xffb")["textPayload"] == "a\N{REPLACEMENT CHARACTER}b"


def test_a_json_line_has_its_severity_and_its_payload() -> None:
    assert of(severity="error", message="boom", rows=3) == {
        "severity": "ERROR",
        "jsonPayload": {"message": "boom", "rows": 3},
    }


def test_a_json_line_with_only_a_message_is_text() -> None:
    assert of(severity="INFO", message="hi") == {"severity": "INFO", "textPayload": "hi"}


def test_special_fields_become_fields_of_the_entry() -> None:
    google = "logging.googleapis.com/"
    found = of(
        message="m",
        time="2026-01-05T00:00:00.123456789Z",
        httpRequest={"status": 200},
        **{
            f"{google}labels": {"a": 1},
            f"{google}trace": "projects/demo/traces/t",
            f"{google}spanId": "s",
            f"{google}trace_sampled": True,
            f"{google}insertId": "i",
            f"{google}operation": {"id": "o"},
            f"{google}sourceLocation": {"file": "f.py", "line": "1"},
        },
    )
    assert found == {
        "severity": "DEFAULT",
        "textPayload": "m",
        "timestamp": "2026-01-05T00:00:00.123456Z",
        "httpRequest": {"status": 200},
        "labels": {"a": "1"},
        "trace": "projects/demo/traces/t",
        "spanId": "s",
        "traceSampled": True,
        "insertId": "i",
        "operation": {"id": "o"},
        "sourceLocation": {"file": "f.py", "line": "1"},
    }


@pytest.mark.parametrize(
    "fields",
    [
        {"timestamp": {"seconds": 1767571200, "nanos": 500000000}},
        {"timestampSeconds": "1767571200", "timestampNanos": "500000000"},
        {"timestamp": "2026-01-05T01:00:00.5+01:00"},
    ],
)
def test_the_time_has_three_forms(fields: dict[str, Any]) -> None:
    assert of(x=1, **fields) == {
        "severity": "DEFAULT",
        "timestamp": "2026-01-05T00:00:00.500000Z",
        "jsonPayload": {"x": 1},
    }


def test_a_special_field_of_the_wrong_type_stays_in_the_payload() -> None:
    assert of(time="noon", httpRequest="GET") == {
        "severity": "DEFAULT",
        "jsonPayload": {"time": "noon", "httpRequest": "GET"},
    }


@pytest.mark.parametrize("depth", [101, 100_000])
def test_what_is_nested_too_deeply_is_text(depth: int) -> None:
    line = b'{"a":' * depth + b"1" + b"}" * depth
    assert entry_of_line(line)["textPayload"] == line.decode()


@pytest.mark.parametrize("line", [b'{"a": ', b"[1, 2]", b'"text"', b"42", b"{'a': 1}"])
def test_what_is_no_json_object_is_text(line: bytes) -> None:
    assert entry_of_line(line) == {"severity": "DEFAULT", "textPayload": line.decode()}


@pytest.mark.parametrize(
    ("written", "severity"),
    [
        ("warn", "WARNING"),
        ("FATAL", "CRITICAL"),
        (450, "WARNING"),
        ("loud", "DEFAULT"),
        (None, "DEFAULT"),
    ],
)
def test_severities_are_understood_as_libraries_write_them(written: Any, severity: str) -> None:
    assert of(severity=written, x=1)["severity"] == severity


@given(st.binary(max_size=60))
def test_every_line_is_an_entry(line: bytes) -> None:
    entry = entry_of_line(line)
    assert entry["severity"] in RANKS
    assert ("textPayload" in entry) != ("jsonPayload" in entry)


@given(
    st.dictionaries(
        st.sampled_from(["message", "severity", "time", "timestamp", "httpRequest", "x"]),
        st.none()
        | st.text(max_size=5)
        | st.integers()
        | st.floats()
        | st.just({"seconds": 10**30}),
    )
)
def test_every_json_object_is_an_entry(fields: dict[str, Any]) -> None:
    assert of(**fields)["severity"] in RANKS
