"""Read by Google's own REST client, which builds itself from the discovery documents."""

from datetime import timedelta
from typing import Any

import httplib2  # type: ignore[import-untyped]
import pytest
from googleapiclient.discovery import build
from googleapiclient.errors import HttpError

from tests.client import OWNER, Client
from tests.services.monitoring.world import EXECUTIONS, World, hours

EVERYTHING = f'metric.type="{EXECUTIONS}" AND resource.type="cloud_run_job"'
PROJECT = "projects/demo"


class InMemory:
    """Takes requests to the application, as ``httplib2.Http`` would to a server."""

    def __init__(self, client: Client, principal: str = OWNER) -> None:
        self._client, self._principal = client, principal

    def request(
        self,
        uri: str,
        method: str = "GET",
        body: str | None = None,
        headers: dict[str, str] | None = None,
        **_: Any,
    ) -> tuple[httplib2.Response, bytes]:
        content = body.encode() if body else None
        answer = self._client.request(
            method, uri, as_=self._principal, headers=headers, content=content
        )
        shown = {"status": str(answer.status), "content-type": "application/json"}
        return httplib2.Response(shown), answer.content


def google(world: World, principal: str = OWNER) -> Any:
    http = InMemory(world.client, principal)
    return build("monitoring", "v3", http=http, static_discovery=True).projects()


def listed(world: World, expression: str = EVERYTHING, **more: Any) -> list[dict[str, Any]]:
    end = world.now + timedelta(minutes=1)
    asked = {
        "name": PROJECT,
        "filter": expression,
        "interval_startTime": (end - timedelta(days=2)).isoformat(),
        "interval_endTime": end.isoformat(),
        **more,
    }
    found: list[dict[str, Any]] = (
        google(world).timeSeries().list(**asked).execute().get("timeSeries", [])
    )
    return found


def test_executions_are_points_of_a_minute_newest_first() -> None:
    world = World()
    world.execution()
    world.pass_time(timedelta(seconds=90))
    world.execution()
    world.execution()
    (series,) = listed(world)
    assert series["metric"] == {"type": EXECUTIONS, "labels": {"result": "succeeded"}}
    assert series["resource"] == {
        "type": "cloud_run_job",
        "labels": {"project_id": "demo", "location": "europe-west1", "job_name": "dog"},
    }
    assert (series["metricKind"], series["valueType"]) == ("DELTA", "INT64")
    assert [point["value"] for point in series["points"]] == [
        {"int64Value": "2"},
        {"int64Value": "1"},
    ]
    assert series["points"][0]["interval"] == {
        "startTime": "2026-01-05T00:01:00.000000Z",
        "endTime": "2026-01-05T00:02:00.000000Z",
    }


def test_a_filter_chooses_series_by_their_labels() -> None:
    world = World()
    world.execution("succeeded", "dog")
    world.execution("failed", "dog")
    world.execution("failed", "cat")
    for expression, count in (
        ('metric.labels.result="failed"', 2),
        ('metric.label.result != "failed"', 1),
        ('resource.labels.job_name=one_of("dog", "bird")', 2),
        ('resource.label.job_name = starts_with("c")', 1),
        ('NOT resource.label.job_name = monitoring.regex.full_match("c.t")', 2),
        ('project="demo"', 3),
    ):
        assert len(listed(world, f"{EVERYTHING} AND {expression}")) == count, expression


def test_points_are_aligned_and_series_reduced() -> None:
    world = World()
    for job in ("dog", "cat"):
        world.execution("failed", job)
        world.execution("failed", job)
    world.pass_time(hours(2))
    world.execution("failed", "dog")
    (series,) = listed(
        world,
        aggregation_alignmentPeriod="3600s",
        aggregation_perSeriesAligner="ALIGN_SUM",
        aggregation_crossSeriesReducer="REDUCE_SUM",
        aggregation_groupByFields="metric.labels.result",
    )
    assert series["metric"]["labels"] == {"result": "failed"}
    assert series["resource"]["labels"] == {}
    assert [point["value"]["doubleValue"] for point in series["points"]] == [1.0, 4.0]


def test_a_thousand_years_are_read_as_quickly_as_a_day() -> None:
    world = World()
    world.execution()
    (series,) = listed(
        world,
        interval_startTime="0001-01-01T00:00:00Z",
        interval_endTime="9999-01-01T00:00:00Z",
        aggregation_alignmentPeriod="60s",
        aggregation_perSeriesAligner="ALIGN_COUNT",
    )
    assert [point["value"] for point in series["points"]] == [{"doubleValue": 1.0}]


def test_a_distribution_tells_count_and_mean() -> None:
    world = World()
    assert world.client.cloud.series is not None
    kind = "run.googleapis.com/container/memory/utilizations"
    labels = {"project_id": "demo", "location": "l", "job_name": "dog"}
    for value in (0.25, 0.75):
        world.client.cloud.series.add(kind, {}, "cloud_run_job", labels, world.now, value)
    (series,) = listed(world, f'metric.type="{kind}"')
    assert series["points"][0]["value"] == {
        "distributionValue": {"count": "2", "mean": 0.5, "sumOfSquaredDeviation": 0.125}
    }
    (highest,) = listed(
        world,
        f'metric.type="{kind}"',
        aggregation_alignmentPeriod="60s",
        aggregation_perSeriesAligner="ALIGN_PERCENTILE_99",
    )
    assert highest["points"][0]["value"]["doubleValue"] == pytest.approx(0.745)


@pytest.mark.parametrize(
    ("expression", "status", "message"),
    [
        ('resource.type="cloud_run_job"', 400, 'must specify a restriction on "metric.type"'),
        ("metric.type=", 400, "syntax error at line 1, column 13, token '<EOF>'"),
        ("severity=ERROR", 400, "is no field of a time series"),
        ('metric.type="x.googleapis.com/y"', 404, "Cannot find metric that matches type"),
        ('metric.type=near("x")', 400, "function near is not supported"),
    ],
)
def test_questions_that_are_refused(expression: str, status: int, message: str) -> None:
    with pytest.raises(HttpError) as caught:
        listed(World(), expression)
    assert caught.value.status_code == status
    assert message in caught.value.reason


def test_descriptors_are_listed_by_a_filter_and_read() -> None:
    descriptors = google(World()).metricDescriptors()
    expression = 'metric.type = starts_with("run.googleapis.com/job/completed_execution")'
    (found,) = descriptors.list(name=PROJECT, filter=expression).execute()["metricDescriptors"]
    assert (found["type"], found["metricKind"]) == (EXECUTIONS, "DELTA")
    assert descriptors.get(name=found["name"]).execute() == found
    with pytest.raises(HttpError, match="Cannot find metric"):
        descriptors.get(name=f"{PROJECT}/metricDescriptors/x.googleapis.com/y").execute()


def test_who_may_not_read_series_is_refused() -> None:
    world = World()
    asked = (
        google(world, "user:eve@example.com")
        .timeSeries()
        .list(name=PROJECT, filter=EVERYTHING, interval_endTime=world.now.isoformat())
    )
    with pytest.raises(HttpError, match=r"monitoring\.timeSeries\.list"):
        asked.execute()
