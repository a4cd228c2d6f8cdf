"""Evaluates conditions on metrics at a moment: which series violate them, and when to look again.

https://cloud.google.com/monitoring/alerts/concepts-indepth and
https://cloud.google.com/monitoring/api/ref_v3/rest/v3/projects.alertPolicies#Condition
"""

import operator
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum

from rehearsal.api.durations import duration
from rehearsal.documents import Document
from rehearsal.services.monitoring.aggregation import Aggregation
from rehearsal.services.monitoring.filters import series_filter
from rehearsal.services.monitoring.series import SAMPLING, Point, Series, TimeSeries

type Labels = tuple[tuple[str, str], ...]

COMPARISONS: dict[str, Callable[[float, float], bool]] = {
    "COMPARISON_GT": operator.gt,
    "COMPARISON_LT": operator.lt,
}
_SEEN_BEFORE_ITS_POLICY = timedelta(hours=24)
"""An absence is only seen of a series that was there at most so long before the policy."""


class State(Enum):
    """What a condition says of a series at a moment."""

    VIOLATED = "violated"
    PENDING = "pending"
    CLEAR = "clear"
    NO_DATA = "no data"


@dataclass(frozen=True)
class Finding:
    """The state of a series, and what was seen."""

    state: State
    summary: str = ""


@dataclass(frozen=True)
class Verdict:
    """What a condition says of each series, and when it may first say something else."""

    findings: dict[Labels, Finding] = field(default_factory=dict)
    due: datetime | None = None
    problem: str = ""
    """Why it can't be evaluated; '' if it was."""


@dataclass(frozen=True)
class Group:
    """Series that are reduced to one, with their points."""

    rule: Aggregation
    points: tuple[tuple[Point, ...], ...]

    def value(self, moment: datetime) -> float | None:
        """The group's value in the period that ends at ``moment``; None without a point."""
        start = moment - period_of(self.rule)
        aligned = [
            self.rule.align(point for point in points if start < point.end <= moment)
            for points in self.points
        ]
        present = [value for value in aligned if value is not None]
        return self.rule.reduce(present) if present else None

    def ends(self) -> Iterator[datetime]:
        """The moments of all points."""
        return (point.end for points in self.points for point in points)


def period_of(rule: Aggregation) -> timedelta:
    """The period of alignment; a minute, where points are not aligned."""
    return max(rule.period, SAMPLING)


def groups_of(
    series: TimeSeries, project: str, condition: Document, start: datetime, end: datetime
) -> dict[Labels, Group]:
    """The groups of a condition's series, with the points of ``start < t <= end``."""
    rule = aggregation_of(condition)
    return {
        labels: Group(rule, tuple(tuple(series.points(one, start, end)) for one in ones))
        for labels, ones in members_of(series, project, condition).items()
    }


def members_of(series: TimeSeries, project: str, condition: Document) -> dict[Labels, list[Series]]:
    """A condition's series, by the labels by which groups of them are told apart."""
    rule = aggregation_of(condition)
    wanted = series_filter(condition["filter"])
    members: dict[Labels, list[Series]] = {}
    for one in series.of_type(project, wanted.metric_type):
        if wanted.matches(one.document() | {"project": project}):
            members.setdefault(rule.group(one), []).append(one)
    return members


def aggregation_of(condition: Document) -> Aggregation:
    """The (first) aggregation of a condition."""
    return Aggregation.of((condition.get("aggregations") or [{}])[0])


def threshold(
    series: TimeSeries, project: str, condition: Document, created: datetime, at: datetime
) -> Verdict:
    """A ``conditionThreshold``: violated if its comparison has held for its duration."""
    hold = duration(condition.get("duration", "0s"), "duration")
    period = period_of(aggregation_of(condition))
    groups = groups_of(series, project, condition, at - hold - period, at)
    findings = {
        labels: _threshold_finding(group, condition, hold, at) for labels, group in groups.items()
    }
    offsets = (timedelta(), period, hold, period + hold)
    moments = [
        end + offset for group in groups.values() for end in group.ends() for offset in offsets
    ]
    moments.append(created + hold)
    return Verdict(findings, min((one for one in moments if one > at), default=None))


def _threshold_finding(group: Group, condition: Document, hold: timedelta, at: datetime) -> Finding:
    missing = condition.get("evaluationMissingData", "EVALUATION_MISSING_DATA_NO_OP")
    compare = COMPARISONS[condition["comparison"]]
    limit = float(condition.get("thresholdValue", 0))
    held = missing.endswith("_ACTIVE")

    def violates(value: float | None) -> bool:
        return held if value is None else compare(value, limit)

    value = group.value(at)
    if not violates(value):
        no_data = value is None and not missing.endswith("_INACTIVE")
        return Finding(State.NO_DATA if no_data else State.CLEAR)
    if not all(violates(group.value(moment)) for moment in _instants(group, hold, at)):
        return Finding(State.PENDING)
    side = "above" if condition["comparison"] == "COMPARISON_GT" else "below"
    shown = "no value" if value is None else f"a value of {value:.3f}"
    return Finding(State.VIOLATED, f"is {side} the threshold of {limit:.3f} with {shown}.")


def _instants(group: Group, hold: timedelta, at: datetime) -> list[datetime]:
    """Moments of the last ``hold`` at which the value may have become another."""
    period = period_of(group.rule)
    changes = {moment for end in group.ends() for moment in (end, end + period)}
    within = {moment for moment in changes if at - hold <= moment < at}
    return sorted(within | {at - hold})


def absence(
    series: TimeSeries, project: str, condition: Document, created: datetime, at: datetime
) -> Verdict:
    """A ``conditionAbsent``: violated by a series that was there and then not for its duration."""
    length = duration(condition["duration"], "duration")
    rule = aggregation_of(condition)
    gone = length + (rule.period if rule.aligner != "NONE" else timedelta())
    findings, moments = {}, []
    for labels, members in members_of(series, project, condition).items():
        points = [series.last(one, created - _SEEN_BEFORE_ITS_POLICY, at) for one in members]
        last = max((point.end for point in points if point is not None), default=None)
        if last is None:
            continue
        if last + gone <= at:
            findings[labels] = Finding(
                State.VIOLATED, f"has been absent since {last:%F %H:%M} UTC."
            )
        else:
            findings[labels] = Finding(State.CLEAR)
            moments.append(last + gone)
    return Verdict(findings, min(moments, default=None))
