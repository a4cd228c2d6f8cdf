from datetime import timedelta
from typing import Any

import pytest

from rehearsal.services.logging_metrics.counting import count
from tests.client import START, Client

METRICS = "https://logging.googleapis.com/v2/projects/demo/metrics"
WRITE = "https://logging.googleapis.com/v2/entries:write"
LOG = "projects/demo/logs/run.googleapis.com%2Fstdout"
RESOURCE = {"type": "cloud_run_job", "labels": {"project_id": "demo", "job_name": "dog"}}
RECORDED: dict[str, Any] = {
    "name": "dog/rows_loaded",
    "description": "rows r1",
    "filter": 'resource.type="cloud_run_job" AND jsonPayload.event="load_done"',
    "labelExtractors": {"table": "EXTRACT(jsonPayload.table)"},
    "metricDescriptor": {
        "labels": [{"key": "table", "valueType": "STRING"}],
        "metricKind": "DELTA",
        "unit": "1",
        "valueType": "INT64",
    },
}


def write(client: Client, *payloads: dict[str, Any]) -> None:
    entries = [{"jsonPayload": payload} for payload in payloads]
    client.post(WRITE, {"logName": LOG, "resource": RESOURCE, "entries": entries}).ok


def loaded(client: Client, metric: dict[str, Any]) -> int:
    return count(client.cloud, metric, START - timedelta(hours=1), START + timedelta(hours=1))


def test_a_metric_is_made_as_recorded() -> None:
    kind = "logging.googleapis.com/user/dog/rows_loaded"
    assert Client().post(METRICS, RECORDED).ok == RECORDED | {
        "metricDescriptor": RECORDED["metricDescriptor"]
        | {
            "name": f"projects/demo/metricDescriptors/{kind}",
            "type": kind,
            "description": "rows r1",
        },
        "createTime": "2026-01-05T00:00:00.000000Z",
        "updateTime": "2026-01-05T00:00:00.000000Z",
        "resourceName": "projects/demo/metrics/dog/rows_loaded",
    }


def test_a_metric_with_a_slash_is_read_replaced_and_deleted() -> None:
    client = Client()
    client.post(METRICS, RECORDED).ok
    url = f"{METRICS}/dog%2Frows_loaded"
    client.clock.advance(timedelta(minutes=1))
    changed = client.put(url, RECORDED | {"description": "rows r2"}).ok
    assert changed["createTime"] < changed["updateTime"]
    assert client.get(url).ok == changed
    assert client.get(METRICS).ok == {"metrics": [changed]}
    assert client.delete(url).ok == {}
    assert client.get(url).status == 404
    assert client.delete(url).status == 404


def test_a_metric_is_made_once() -> None:
    client = Client()
    client.post(METRICS, RECORDED).ok
    assert client.post(METRICS, RECORDED).status == 409


def test_a_metric_without_a_descriptor_counts() -> None:
    made = Client().post(METRICS, {"name": "errors", "filter": "severity>=ERROR"}).ok
    descriptor = made["metricDescriptor"]
    assert (descriptor["metricKind"], descriptor["valueType"]) == ("DELTA", "INT64")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"name": "/x"}, "is invalid"),
        ({"name": ""}, "is invalid"),
        ({"filter": " "}, "filter is missing"),
        ({"filter": "a ="}, "Unparseable filter"),
        ({"labelExtractors": {}}, "must be the same"),
        ({"labelExtractors": {"table": "jsonPayload.table"}}, "Invalid extractor"),
        ({"labelExtractors": {"table": 'REGEXP_EXTRACT(a, "x")'}}, "one capture group"),
        ({"labelExtractors": {"table": 'REGEXP_EXTRACT(a, "(")'}}, "Invalid regular"),
        ({"valueExtractor": "EXTRACT(jsonPayload.rows)"}, "value extractor"),
        ({"metricDescriptor": {"metricKind": "GAUGE"}}, "Unsupported metric kind"),
        ({"metricDescriptor": {"valueType": "DISTRIBUTION"}, "labelExtractors": {}},
         "value extractor"),
    ],
)  # fmt: skip
def test_metrics_that_are_refused(change: dict[str, Any], message: str) -> None:
    error = Client().post(METRICS, RECORDED | change).error
    assert (error["code"], error["status"]) == (400, "INVALID_ARGUMENT")
    assert message in error["message"]


def test_entries_are_counted_from_the_metric_on_with_their_labels() -> None:
    client = Client()
    write(client, {"event": "load_done", "table": "early"})
    metric = client.post(METRICS, RECORDED).ok
    write(client, {"event": "load_done", "table": "a"}, {"event": "other", "table": "a"})
    write(client, {"event": "load_done", "table": "a"}, {"event": "load_done", "table": "b"})
    assert loaded(client, metric) == 3
    assert client.cloud.series is not None
    found = client.get(
        "https://monitoring.googleapis.com/v3/projects/demo/timeSeries"
        "?filter=metric.type%3D%22logging.googleapis.com%2Fuser%2Fdog%2Frows_loaded%22"
        "&interval.startTime=2026-01-04T00:00:00Z&interval.endTime=2026-01-06T00:00:00Z"
    ).ok["timeSeries"]
    assert {
        one["metric"]["labels"]["table"]: one["points"][0]["value"]["int64Value"] for one in found
    } == {"a": "2", "b": "1"}


def test_a_disabled_metric_does_not_count() -> None:
    client = Client()
    metric = client.post(METRICS, RECORDED | {"disabled": True}).ok
    write(client, {"event": "load_done", "table": "a"})
    assert loaded(client, metric) == 0


def test_a_distribution_takes_the_numbers_that_there_are() -> None:
    client = Client()
    metric = client.post(
        METRICS,
        {
            "name": "rows",
            "filter": "jsonPayload.event=load_done",
            "valueExtractor": 'REGEXP_EXTRACT(jsonPayload.rows, "([0-9]+) rows")',
            "metricDescriptor": {"valueType": "DISTRIBUTION", "metricKind": "DELTA"},
        },
    ).ok
    write(client, {"event": "load_done", "rows": "172 rows"}, {"event": "load_done", "rows": "?"})
    assert loaded(client, metric) == 1


def test_who_may_not_make_metrics_is_refused() -> None:
    client = Client()
    client.grant("user:eve@example.com", "roles/logging.viewer")
    assert client.get(METRICS, as_="user:eve@example.com").status == 200
    answer = client.post(METRICS, RECORDED, as_="user:eve@example.com")
    assert "logging.logMetrics.create" in answer.error["message"]
