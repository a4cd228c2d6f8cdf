"""Conditions in PromQL: Prometheus's engine tells when they change, until points come.

The answer for one set of points is kept, so that promtool runs once for each.
"""

import hashlib
from datetime import datetime, timedelta

from rehearsal.clock import parse_rfc3339, rfc3339
from rehearsal.cloud import Cloud
from rehearsal.documents import Document, encode
from rehearsal.services.monitoring.conditions import Finding, State, Verdict
from rehearsal.services.monitoring.promql import problem_of, rule_of, samples_for
from rehearsal.services.monitoring.promtool import (
    EvaluationError,
    Prediction,
    Rule,
    Samples,
    predict,
)
from rehearsal.services.monitoring.series import TimeSeries
from rehearsal.store import Store

_KIND = "monitoring.predictions"
_LEAST, _MOST, _FOR_EVER = timedelta(days=1), timedelta(days=31), timedelta(days=3660)
_NO_PROMTOOL_RETRIED_AFTER = timedelta(hours=1)


def verdict(cloud: Cloud, policy: Document, condition: Document, at: datetime) -> Verdict:
    """A ``conditionPrometheusQueryLanguage``; whatever series it has, it is one finding."""
    project = policy["name"].split("/")[1]
    written = condition["conditionPrometheusQueryLanguage"]
    problem = problem_of(written["query"], cloud.store, project)
    if problem:
        return Verdict(problem=problem)
    rule = rule_of(written)
    series = TimeSeries(cloud.store, cloud.clock)
    samples = samples_for(written["query"], series, cloud.store, project, at - rule.lookback, at)
    try:
        found = _predicted(cloud, condition, rule, samples, at)
    except EvaluationError as error:
        return Verdict(problem=str(error), due=at + _NO_PROMTOOL_RETRIED_AFTER)
    created = parse_rfc3339(policy["mutationRecord"]["mutateTime"])
    if found.firing and at < created + rule.hold:
        return Verdict({(): Finding(State.PENDING)}, created + rule.hold)
    state = State.VIOLATED if found.firing else State.CLEAR
    return Verdict({(): Finding(state, "is firing.")}, found.until)


def _asked(rule: Rule, samples: list[Samples], at: datetime) -> Prediction:
    """What promtool says, as far ahead as the points there are can make a difference."""
    if any(one.values for one in samples):
        return predict(rule, samples, at, min(max(rule.lookback + rule.interval, _LEAST), _MOST))
    # Without a point the query says the same for ever: only its duration is to be waited for.
    ahead = 2 * rule.hold + rule.interval
    found = predict(rule, samples, at, ahead)
    return found if found.until < at + ahead else Prediction(found.firing, at + _FOR_EVER)


def forget(store: Store, policy: str) -> None:
    """Drops the answers for a policy's conditions."""
    for name, _ in store.list(_KIND, f"{policy}/"):
        store.delete(_KIND, name)


def _predicted(
    cloud: Cloud,
    condition: Document,
    rule: Rule,
    samples: list[Samples],
    at: datetime,
) -> Prediction:
    """The kept answer, if no points have come and its time has not run out; else a new one."""
    newest = [
        [one.selector, [[rfc3339(moment), value] for moment, value in one.values[-1:]]]
        for one in samples
    ]
    known = hashlib.sha256(encode([rule.query, newest])).hexdigest()
    kept = cloud.store.get(_KIND, condition["name"])
    if kept and kept["of"] == known and at < parse_rfc3339(kept["until"]):
        return Prediction(kept["firing"], parse_rfc3339(kept["until"]))
    found = _asked(rule, samples, at)
    with cloud.store.transaction():
        cloud.store.put(
            _KIND,
            condition["name"],
            {"of": known, "firing": found.firing, "until": rfc3339(found.until)},
        )
    return found
