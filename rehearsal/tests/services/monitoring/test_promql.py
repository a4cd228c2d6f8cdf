import shutil
import time
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rehearsal.clock import parse_rfc3339
from rehearsal.services.monitoring import promtool
from rehearsal.services.monitoring.promql import lookback_of, metric_name
from tests.client import START
from tests.services.monitoring.world import World, hours

needs_promtool = pytest.mark.skipif(
    shutil.which("promtool") is None, reason="needs promtool (apt install prometheus)"
)
DAY = timedelta(days=1)
SERIES = 'run_googleapis_com:job_completed_execution_count{result="succeeded",job_name="dog"}'


def promql(query: str, **more: Any) -> dict[str, Any]:
    written = {"query": query, "duration": "0s", "evaluationInterval": "300s", **more}
    return {"displayName": "dead man", "conditionPrometheusQueryLanguage": written}


DEAD_MAN = promql(f"(sum(count_over_time({SERIES}[8d])) or vector(0)) < 1")


@needs_promtool
def test_a_dead_man_without_any_series_fires_at_once() -> None:
    world = World()
    world.policy(DEAD_MAN, notificationChannels=[world.channel()])
    assert world.states == ["OPEN"]
    assert len(world.sent) == 1


@needs_promtool
def test_a_dead_man_fires_eight_days_after_the_last_success_and_not_before() -> None:
    world = World()
    world.execution()
    world.policy(DEAD_MAN)
    world.pass_time(8 * DAY - hours(1))
    assert world.states == []
    world.pass_time(hours(2))
    assert world.states == ["OPEN"]
    opened = parse_rfc3339(world.incidents[0]["openTime"]) - START
    assert timedelta() <= opened - 8 * DAY <= timedelta(minutes=15)
    world.execution()
    world.pass_time(hours(1))
    assert world.states == ["CLOSED"]


@needs_promtool
def test_a_dead_man_is_silent_while_each_week_has_a_success() -> None:
    world = World()
    world.execution()
    world.policy(DEAD_MAN)
    for _ in range(4):
        world.pass_time(7 * DAY)
        world.execution("failed")
        world.execution()
    assert world.states == []


@needs_promtool
def test_a_failure_is_no_success() -> None:
    world = World()
    world.execution()
    world.policy(DEAD_MAN)
    world.pass_time(7 * DAY)
    world.execution("failed")
    world.pass_time(2 * DAY)
    assert world.states == ["OPEN"]


@needs_promtool
def test_a_rule_is_held_for_its_duration() -> None:
    world = World()
    query = f"sum(count_over_time({SERIES.replace('succeeded', 'failed')}[1h])) > 0"
    world.policy(promql(query, duration="600s"))
    world.execution("failed")
    world.pass_time(timedelta(minutes=9))
    assert world.states == []
    world.pass_time(timedelta(minutes=12))
    assert world.states == ["OPEN"]
    world.pass_time(hours(2))
    assert world.states == ["CLOSED"]


@needs_promtool
def test_a_delta_metric_is_a_counter() -> None:
    world = World()
    world.policy(promql(f"increase({SERIES}[1h]) > 0.5"))
    world.execution()
    world.pass_time(timedelta(minutes=10))
    assert world.states == []
    world.execution()
    world.pass_time(timedelta(minutes=10))
    assert world.states == ["OPEN"]


@needs_promtool
def test_metrics_of_logs_can_be_queried() -> None:
    world = World()
    metrics = "https://logging.googleapis.com/v2/projects/demo/metrics"
    world.client.post(metrics, {"name": "dog/errors", "filter": "severity>=ERROR"}).ok
    world.policy(promql("sum(count_over_time(logging_googleapis_com:user_dog_errors[1h])) > 0"))
    world.pass_time(timedelta(minutes=1))
    assert world.incidents == []
    world.entry()
    world.pass_time(timedelta(minutes=1))
    assert (world.states, world.not_evaluated) == (["OPEN"], [])


def test_without_promtool_a_policy_is_not_evaluated_and_the_remedy_is_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(promtool, "PROGRAM", "promtool-that-is-not-there")
    world = World()
    world.policy(DEAD_MAN)
    (told,) = world.not_evaluated
    assert "install Debian's package prometheus" in told["why"]
    assert world.incidents == []


@needs_promtool
def test_promtool_that_comes_later_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World()
    with monkeypatch.context() as without:
        without.setattr(promtool, "PROGRAM", "promtool-that-is-not-there")
        world.policy(DEAD_MAN)
    world.pass_time(hours(2))
    assert (world.states, world.not_evaluated) == (["OPEN"], [])


@pytest.mark.parametrize(
    ("query", "why"),
    [
        ("vector(time()) > 0", "needs the date"),
        ("day_of_week() == 1", "needs the date"),
        ("kubernetes_io:node_cpu > 1", "does not measure kubernetes_io:node_cpu"),
    ],
)
def test_queries_that_can_not_be_evaluated_are_said_to_be(query: str, why: str) -> None:
    world = World()
    world.policy(promql(query))
    assert why in world.not_evaluated[0]["why"]


@needs_promtool
def test_promtool_runs_only_when_points_have_come(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World()
    runs = 0
    run = promtool._run

    def counted(rules: object, test: object | None) -> str:
        nonlocal runs
        runs += test is not None
        return run(rules, test)

    monkeypatch.setattr(promtool, "_run", counted)
    world.execution()
    world.policy(DEAD_MAN)
    assert runs == 1
    world.pass_time(7 * DAY)
    assert runs == 1
    world.execution()
    world.pass_time(DAY)
    assert runs == 2


def test_metric_names_are_mapped_as_google_does() -> None:
    assert metric_name("kubernetes.io/container/cpu/limit_cores") == (
        "kubernetes_io:container_cpu_limit_cores"
    )


@given(st.integers(1, 99), st.sampled_from("smhdw"), st.integers(1, 9))
def test_a_query_looks_back_by_its_ranges_and_offsets(number: int, unit: str, days: int) -> None:
    seconds = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}[unit] * number
    found = lookback_of(f"max_over_time(x[{number}{unit}:1m] offset {days}d)")
    assert found >= timedelta(seconds=seconds, days=days)


def test_a_week_of_many_points_passes_quickly() -> None:
    world = World()
    for duration in ("0s", "3600s"):
        world.policy(
            {
                "displayName": "failed",
                "conditionThreshold": {
                    "filter": 'resource.type="cloud_run_job" AND metric.type='
                    '"run.googleapis.com/job/completed_execution_count"',
                    "comparison": "COMPARISON_GT",
                    "thresholdValue": 2,
                    "duration": duration,
                    "aggregations": [
                        {"alignmentPeriod": "86400s", "perSeriesAligner": "ALIGN_SUM"}
                    ],
                },
            }
        )
    began = time.process_time()
    for _ in range(7 * 4):
        world.execution()
        world.pass_time(hours(6))
    assert len(world.incidents) == 2
    assert time.process_time() - began < 30
