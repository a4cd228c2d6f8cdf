import pytest
from hypothesis import given
from hypothesis import strategies as st

from rehearsal.clock import parse_rfc3339
from rehearsal.documents import Document
from rehearsal.errors import ApiError
from rehearsal.services.logging.matching import compiled
from rehearsal.services.logging.severity import RANKS

ENTRY: Document = {
    "logName": "projects/demo/logs/run.googleapis.com%2Fstdout",
    "resource": {
        "type": "cloud_run_job",
        "labels": {"job_name": "dog-ingest", "location": "europe-west1", "project_id": "demo"},
    },
    "severity": "WARNING",
    "timestamp": "2026-01-05T10:00:00.500000Z",
    "labels": {"run.googleapis.com/execution_name": "dog-ingest-abc12"},
    "jsonPayload": {
        "event": "load_done",
        "rows": 172,
        "ratio": 0.5,
        "ok": True,
        "tables": [{"name": "breeds"}, {"name": "runs"}],
        "message": "Loaded 172 rows",
    },
    "httpRequest": {"latency": "1.5s", "remoteIp": "10.1.2.3"},
}


@pytest.mark.parametrize(
    "expression",
    [
        "",
        "resource.type = cloud_run_job \n AND resource.labels.job_name = dog-ingest \n AND "
        "resource.labels.location = europe-west1 \n AND severity >= DEFAULT \n AND "
        'timestamp>="2026-01-04T18:15:45.266489Z"',
        'resource.type = cloud_run_job \n AND labels."run.googleapis.com/execution_name" ='
        " dog-ingest-abc12 \n AND severity >= DEFAULT",
        'resource.type="cloud_run_job" AND jsonPayload.event="load_done"',
        "severity=warning",
        "severity>=400",
        "severity=(ERROR OR WARNING)",
        "severity:WARNING",
        "NOT severity>=ERROR",
        "jsonPayload.rows>=172",
        "jsonPayload.rows=172.0",
        "jsonPayload.ratio<1",
        "jsonPayload.ok=true",
        "json_payload.event:load",
        "jsonPayload.tables.name=runs",
        "jsonPayload.event=LOAD_DONE",
        "jsonPayload.event!=started",
        'jsonPayload.message=~"^Loaded \\d+"',
        'jsonPayload.message!~"^loaded"',
        "jsonPayload.event:*",
        "-jsonPayload.missing:*",
        "NOT jsonPayload.missing=x",
        '"172 ROWS"',
        "breeds",
        'log_id("run.googleapis.com/stdout")',
        'SEARCH("rows loaded")',
        'SEARCH(jsonPayload.message, "loaded")',
        'ip_in_net(httpRequest.remoteIp, "10.0.0.0/8")',
        "httpRequest.latency>=1s",
        'timestamp>"2026-01-05"',
    ],
)
def test_the_entry_passes(expression: str) -> None:
    assert compiled(expression).matches(ENTRY)


@pytest.mark.parametrize(
    "expression",
    [
        "severity>WARNING",
        "jsonPayload.missing!=x",
        'jsonPayload.missing!~"x"',
        "jsonPayload.rows=many",
        "jsonPayload.rows<172",
        'jsonPayload.message=~"^loaded"',
        'SEARCH("row")',
        'log_id("stdout")',
        'ip_in_net(httpRequest.remoteIp, "10.2.0.0/16")',
        "httpRequest.latency>2s",
        'timestamp<"2026-01-05T10:00:00.5Z"',
        "absent",
    ],
)
def test_the_entry_does_not_pass(expression: str) -> None:
    assert not compiled(expression).matches(ENTRY)


@pytest.mark.parametrize(
    ("expression", "why"),
    [
        ("colour=red", "Field not found: 'colour'."),
        ("severity=LOUD", "unrecognized severity 'LOUD'"),
        ("timestamp>yesterday", "invalid timestamp 'yesterday'"),
        ('textPayload=~"("', "invalid regular expression '('"),
        ("sample(insertId, 0.1)", "function 'sample' is not here"),
        ("log_id()", "wrong number of arguments"),
        ("SEARCH(a, b, c)", "wrong number of arguments"),
        ('ip_in_net(httpRequest.remoteIp, "x")', "invalid network 'x'"),
    ],
)
def test_what_can_not_be_meant_is_refused(expression: str, why: str) -> None:
    with pytest.raises(ApiError, match=r"^Unparseable filter: ") as caught:
        compiled(expression)
    assert why in caught.value.message


def test_the_bounds_of_time_are_those_that_all_parts_ask_for() -> None:
    found = compiled('timestamp>="2026-01-01T00:00:00Z" x (timestamp<"2026-01-02" OR y)')
    assert found.earliest == parse_rfc3339("2026-01-01T00:00:00Z")
    assert found.latest.year == 9999


@given(st.sampled_from(sorted(RANKS)), st.sampled_from(sorted(RANKS)))
def test_severities_are_compared_by_their_rank(one: str, other: str) -> None:
    passes = compiled(f"severity>={other}").matches({"severity": one})
    assert passes == (RANKS[one] >= RANKS[other])


@given(st.integers(-(10**6), 10**6), st.integers(-(10**6), 10**6))
def test_numbers_are_compared_as_numbers(one: int, other: int) -> None:
    assert compiled(f"jsonPayload.n<{other}").matches({"jsonPayload": {"n": one}}) == (one < other)


@given(st.text(max_size=20), st.text(max_size=20))
def test_a_field_that_is_there_is_equal_or_unequal(value: str, wanted: str) -> None:
    literal = '"' + wanted.replace("\\", "\\\\").replace('"', '\\"') + '"'
    entry: Document = {"textPayload": value}
    equal = compiled(f"textPayload={literal}").matches(entry)
    assert equal != compiled(f"textPayload!={literal}").matches(entry)
