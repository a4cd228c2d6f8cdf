from datetime import timedelta
from typing import Any

import pytest

from rehearsal.clock import rfc3339
from tests.client import START
from tests.services.monitoring.world import EXECUTIONS, FAILED, V3, World, hours

MINUTE = timedelta(minutes=1)
DOCUMENTATION = {
    "content": "${resource.label.job_name} of ${project}: see the runbook. ${metric.label.x}",
    "subject": "${policy.display_name} is broken",
}


def condition(**change: Any) -> dict[str, Any]:
    return FAILED | {"conditionThreshold": FAILED["conditionThreshold"] | change}


def absence(duration: str = "84600s") -> dict[str, Any]:
    expression = f'resource.type="cloud_run_job" AND metric.type="{EXECUTIONS}"'
    return {
        "displayName": "no execution",
        "conditionAbsent": {"filter": expression, "duration": duration},
    }


def test_a_failed_execution_opens_an_incident_and_tells_each_channel() -> None:
    world = World()
    channels = [world.channel("a@example.com"), world.channel("b@example.com")]
    world.policy(FAILED, notificationChannels=channels, documentation=DOCUMENTATION)
    world.execution("succeeded")
    world.pass_time(MINUTE)
    assert world.incidents == []
    world.execution("failed")
    world.pass_time(MINUTE)
    assert world.states == ["OPEN"]
    assert [one["to"] for one in world.sent] == ["a@example.com", "b@example.com"]
    message = world.sent[0]
    assert message["subject"] == "policy is broken"
    assert message["text"] == (
        "failed > 0 is above the threshold of 0.000 with a value of 1.000.\n\n"
        "dog of demo: see the runbook. (none)"
    )
    assert message["time"] == world.incidents[0]["openTime"] == rfc3339(START + MINUTE)


def test_each_series_has_its_own_incident() -> None:
    world = World()
    world.policy(FAILED)
    world.execution("failed", "dog")
    world.execution("failed", "cat")
    world.pass_time(MINUTE)
    assert {one["labels"]["resource.label.job_name"] for one in world.incidents} == {"dog", "cat"}


def test_an_incident_without_further_data_closes_by_auto_close() -> None:
    world = World()
    world.policy(
        FAILED, alertStrategy={"autoClose": "86400s"}, notificationChannels=[world.channel()]
    )
    world.execution("failed")
    world.pass_time(hours(23))
    assert world.states == ["OPEN"]
    world.pass_time(hours(2))
    assert world.states == ["CLOSED"]
    assert [one["event"] for one in world.sent] == ["OPENED", "CLOSED"]


def test_missing_data_can_be_said_to_close_an_incident() -> None:
    world = World()
    world.policy(condition(evaluationMissingData="EVALUATION_MISSING_DATA_INACTIVE"))
    world.execution("failed")
    world.pass_time(4 * MINUTE)
    assert world.states == ["OPEN"]
    world.pass_time(MINUTE)
    assert world.states == ["CLOSED"]
    assert world.incidents[0]["closeTime"] == rfc3339(START + 5 * MINUTE)


def test_a_value_that_no_longer_violates_closes_an_incident() -> None:
    world = World()
    world.policy(condition(thresholdValue=1))
    world.execution("failed")
    world.pass_time(4 * MINUTE)
    world.execution("failed")
    world.pass_time(MINUTE / 2)
    assert world.states == ["OPEN"]
    world.pass_time(2 * MINUTE)
    assert world.states == ["CLOSED"]


def test_a_duration_must_pass_before_an_incident() -> None:
    world = World()
    world.policy(condition(duration="120s"))
    world.execution("failed")
    world.pass_time(MINUTE)
    assert world.states == []
    world.pass_time(2 * MINUTE)
    assert [one["openTime"] for one in world.incidents] == [rfc3339(START + 2 * MINUTE)]


def test_a_trigger_asks_for_more_than_one_series() -> None:
    world = World()
    world.policy(condition(trigger={"count": 2}))
    world.execution("failed", "dog")
    world.pass_time(MINUTE)
    assert world.incidents == []
    world.execution("failed", "cat")
    world.pass_time(MINUTE)
    assert len(world.incidents) == 2


def test_series_can_be_reduced_to_one() -> None:
    world = World()
    rule = {
        "alignmentPeriod": "3600s",
        "perSeriesAligner": "ALIGN_SUM",
        "crossSeriesReducer": "REDUCE_SUM",
        "groupByFields": ["resource.label.location"],
    }
    world.policy(condition(aggregations=[rule], thresholdValue=1))
    world.execution("failed", "dog")
    world.execution("failed", "cat")
    world.pass_time(MINUTE)
    assert [one["labels"] for one in world.incidents] == [
        {"resource.label.location": "europe-west1"}
    ]


@pytest.mark.parametrize(("cat_fails", "incidents"), [(False, 0), (True, 1)])
def test_and_asks_for_all_conditions(cat_fails: bool, incidents: int) -> None:
    world = World()
    expression = FAILED["conditionThreshold"]["filter"]
    conditions = [
        condition(filter=f"{expression} AND resource.labels.job_name={name}")
        for name in ("dog", "cat")
    ]
    world.policy(*conditions, combiner="AND")
    world.execution("failed", "dog")
    if cat_fails:
        world.execution("failed", "cat")
    world.pass_time(MINUTE)
    assert len(world.incidents) == incidents


def test_conditions_can_be_asked_to_hold_for_one_resource() -> None:
    world = World()
    expression = FAILED["conditionThreshold"]["filter"]
    succeeded = expression.replace('"failed"', '"succeeded"')
    conditions = [condition(filter=text) for text in (expression, succeeded)]
    world.policy(*conditions, combiner="AND_WITH_MATCHING_RESOURCE")
    world.execution("failed", "dog")
    world.execution("succeeded", "cat")
    world.pass_time(MINUTE)
    assert world.incidents == []
    world.execution("succeeded", "dog")
    world.pass_time(MINUTE)
    assert [one["labels"]["resource.label.job_name"] for one in world.incidents] == ["dog"]


def test_entries_that_a_metric_counts_can_violate_a_threshold() -> None:
    world = World()
    metrics = "https://logging.googleapis.com/v2/projects/demo/metrics"
    world.client.post(metrics, {"name": "errors", "filter": "severity>=ERROR"}).ok
    expression = (
        'resource.type="cloud_run_job" AND metric.type="logging.googleapis.com/user/errors"'
    )
    world.policy(condition(filter=expression, thresholdValue=1))
    world.entry()
    world.entry("INFO")
    world.pass_time(MINUTE)
    assert world.incidents == []
    world.entry()
    world.pass_time(MINUTE)
    assert world.states == ["OPEN"]


def test_an_absence_is_seen_after_its_duration_and_ends_with_data() -> None:
    world = World()
    world.policy(absence())
    world.execution()
    world.pass_time(hours(23.4))
    assert world.states == []
    world.pass_time(hours(1))
    assert world.incidents[0]["openTime"] == rfc3339(START + hours(23.5))
    world.execution()
    world.pass_time(MINUTE)
    assert world.states == ["CLOSED"]


def test_the_absence_of_what_never_was_is_not_seen() -> None:
    world = World()
    world.policy(absence("120s"))
    world.pass_time(hours(48))
    assert world.incidents == []


def test_a_policy_that_is_disabled_or_deleted_has_no_open_incident() -> None:
    world = World()
    for change in ("disable", "delete"):
        policy = world.policy(FAILED)
        world.execution("failed")
        world.pass_time(MINUTE)
        assert world.states[-1] == "OPEN"
        url = f"https://monitoring.googleapis.com/v3/{policy['name']}"
        if change == "disable":
            world.client.patch(url, policy | {"enabled": False}).ok
            world.pass_time(MINUTE)
        else:
            world.client.delete(url).ok
        assert world.states[-1] == "CLOSED"


def test_a_disabled_channel_is_sent_nothing() -> None:
    world = World()
    name = world.channel()
    channel = world.client.get(f"https://monitoring.googleapis.com/v3/{name}").ok
    world.client.patch(
        f"https://monitoring.googleapis.com/v3/{name}", channel | {"enabled": False}
    ).ok
    world.policy(FAILED, notificationChannels=[name])
    world.execution("failed")
    world.pass_time(MINUTE)
    assert (world.states, world.sent) == (["OPEN"], [])


def test_what_the_rehearsal_does_not_measure_is_said_to_be_not_evaluated() -> None:
    world = World()
    expression = 'resource.type="bigquery_project" AND metric.type="bigquery.googleapis.com/x"'
    world.policy(condition(filter=expression))
    (told,) = world.not_evaluated
    assert told["why"] == "the rehearsal does not measure bigquery.googleapis.com/x"


def test_incidents_are_shown_by_the_api_too() -> None:
    world = World()
    policy = world.policy(FAILED)
    world.execution("failed")
    world.pass_time(MINUTE)
    (alert,) = world.client.get(f"{V3}/alerts").ok["alerts"]
    assert (alert["state"], alert["policy"]["name"]) == ("OPEN", policy["name"])
    assert alert["metric"]["labels"] == {"result": "failed"}
    assert world.client.get(f"https://monitoring.googleapis.com/v3/{alert['name']}").ok == alert
    assert world.client.get(f"{V3}/alerts", as_="user:eve@example.com").status == 403
