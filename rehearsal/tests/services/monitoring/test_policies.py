import shutil
from typing import Any

import pytest

from tests.client import Client
from tests.services.monitoring.world import ERROR_LINE, EXECUTIONS, FAILED, V3, World

POLICIES = f"{V3}/alertPolicies"
RECORDED: dict[str, Any] = {
    "combiner": "OR",
    "conditions": [FAILED],
    "displayName": "failed executions",
    "enabled": True,
    "userLabels": {"team": "data"},
}
LIMIT = {"notificationRateLimit": {"period": "3600s"}}
PROMQL = {
    "alertRule": "NoSuccess",
    "duration": "0s",
    "evaluationInterval": "300s",
    "query": 'sum(increase(run_googleapis_com:job_completed_execution_count{result="succeeded"}'
    "[26h])) < 1",
    "ruleGroup": "pipeline",
}


def test_a_policy_is_made_read_changed_and_deleted_as_terraform_does() -> None:
    client = Client()
    made = client.post(POLICIES, RECORDED).ok
    name = made["name"]
    assert name.startswith("projects/demo/alertPolicies/2")
    assert made["creationRecord"]["mutatedBy"] == "owner@example.com"
    assert made["conditions"][0].pop("name").startswith(f"{name}/conditions/3")
    assert RECORDED.items() <= made.items()
    url = f"https://monitoring.googleapis.com/v3/{name}"
    whole = client.get(url).ok
    changed = client.patch(f"{url}?updateMask=displayName", whole | {"displayName": "r2"}).ok
    assert changed["displayName"] == "r2"
    assert changed["conditions"] == whole["conditions"]
    assert client.get(POLICIES).ok["alertPolicies"] == [changed]
    assert client.delete(url).ok == {}
    assert client.get(url).status == 404


def threshold(**change: Any) -> dict[str, Any]:
    return {"conditions": [{"conditionThreshold": FAILED["conditionThreshold"] | change}]}


def absent(duration: str) -> dict[str, Any]:
    kept = {"filter": FAILED["conditionThreshold"]["filter"], "duration": duration}
    return {"conditions": [{"conditionAbsent": kept}]}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"displayName": ""}, "display_name"),
        ({"conditions": []}, "alert_policy.conditions"),
        ({"combiner": "COMBINE_UNSPECIFIED"}, "alert_policy.combiner"),
        ({"conditions": [{"displayName": "x"}]},
         'Condition subtype (e.g. "condition_absent", "condition_threshold", etc.) is absent'),
        ({"alertStrategy": LIMIT},
         "only log-based alert policies may specify a notification rate limit"),
        ({"conditions": [ERROR_LINE]}, "must specify a notification rate limit"),
        ({"conditions": [ERROR_LINE, FAILED], "alertStrategy": LIMIT},
         "Alert policies with a log matching condition can only have a single condition."),
        ({"conditions": [{"conditionMatchedLog": {"filter": "a ="}}], "alertStrategy": LIMIT},
         "Unparseable filter"),
        (threshold(filter=f'metric.type="{EXECUTIONS}"'),
         'must specify a restriction on "resource.type" in the filter'),
        (threshold(filter='resource.type="cloud_run_job"'), '"metric.type"'),
        (threshold(filter="colour=red"), "no field of a time series"),
        (threshold(comparison="COMPARISON_GE"), "only COMPARISON_LT and COMPARISON_GT"),
        (threshold(duration="90s"), "must be a multiple of 60 seconds"),
        (threshold(aggregations=[{"alignmentPeriod": "30s", "perSeriesAligner": "ALIGN_SUM"}]),
         "at least 60 seconds"),
        (threshold(aggregations=[{"alignmentPeriod": "90060s", "perSeriesAligner": "ALIGN_SUM"}]),
         "at most 25 hours"),
        (threshold(thresholdValue="NaN"), "must be a finite number"),
        (threshold(trigger={"percent": "Infinity"}), "must be a finite number"),
        (threshold(duration="5m"), "no duration in seconds"),
        ({"conditions": [{"conditionPrometheusQueryLanguage": PROMQL | {"duration": "-30s"}}]},
         "must not be negative"),
        (absent("84660s"), "at most 23 hours 30 minutes"),
        (absent("60s"), "at least 120 seconds"),
        ({"alertStrategy": {"autoClose": "60s"}}, "between 1800 and 604800"),
        ({"conditions": [{"conditionPrometheusQueryLanguage": PROMQL | {"query": " "}}]},
         "query is required"),
        ({"conditions": [{"conditionPrometheusQueryLanguage": PROMQL | {"duration": "20s"}}]},
         "multiple of 30 seconds"),
    ],
)  # fmt: skip
def test_policies_that_are_refused(change: dict[str, Any], message: str) -> None:
    error = Client().post(POLICIES, RECORDED | change).error
    assert (error["code"], error["status"]) == (400, "INVALID_ARGUMENT")
    assert message in error["message"]


def test_an_absence_of_23_and_a_half_hours_is_the_longest() -> None:
    assert Client().post(POLICIES, RECORDED | absent("84600s")).status == 200


@pytest.mark.skipif(shutil.which("promtool") is None, reason="needs promtool (apt: prometheus)")
def test_a_query_that_prometheus_can_not_read_is_refused() -> None:
    wrong = {"conditionPrometheusQueryLanguage": PROMQL | {"query": "sum("}}
    error = Client().post(POLICIES, RECORDED | {"conditions": [wrong]}).error
    assert "unclosed left parenthesis" in error["message"]


def test_what_a_policy_names_must_be_there() -> None:
    client = Client()
    missing = {"notificationChannels": ["projects/demo/notificationChannels/1"]}
    assert client.post(POLICIES, RECORDED | missing).status == 404
    expression = 'resource.type="cloud_run_job" metric.type="logging.googleapis.com/user/x"'
    answer = client.post(POLICIES, RECORDED | threshold(filter=expression))
    assert answer.status == 404
    assert "Cannot find metric that matches type" in answer.error["message"]


def test_a_condition_that_the_rehearsal_has_not_is_refused() -> None:
    other = {"conditions": [{"conditionSql": {"query": "SELECT 1"}}]}
    assert Client().post(POLICIES, RECORDED | other).error["status"] == "UNIMPLEMENTED"


def test_conditions_keep_their_names_and_their_order_when_a_policy_changes() -> None:
    world = World()
    made = world.policy(FAILED, FAILED | {"displayName": "second"})
    url = f"https://monitoring.googleapis.com/v3/{made['name']}"
    conditions = [{"displayName": "new", **threshold()["conditions"][0]}, *made["conditions"]]
    changed = world.client.patch(url, made | {"conditions": conditions}).ok
    assert [one["displayName"] for one in changed["conditions"]] == ["new", "failed > 0", "second"]
    names = [one["name"] for one in changed["conditions"]]
    assert names[1:] == [one["name"] for one in made["conditions"]]
    assert len(set(names)) == 3


def test_who_may_not_make_policies_is_refused() -> None:
    answer = Client().post(POLICIES, RECORDED, as_="user:eve@example.com")
    assert "monitoring.alertPolicies.create" in answer.error["message"]
