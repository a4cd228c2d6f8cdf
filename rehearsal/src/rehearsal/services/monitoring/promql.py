"""Conditions in PromQL: which series they see, and how far they look back.

https://cloud.google.com/monitoring/promql/promql-mapping
"""

import re
from collections.abc import Callable
from datetime import datetime, timedelta

from rehearsal.api.durations import duration
from rehearsal.documents import Document, encode
from rehearsal.services.monitoring import descriptors
from rehearsal.services.monitoring.promtool import Rule, Samples
from rehearsal.services.monitoring.series import RETENTION, Point, Series, TimeSeries
from rehearsal.store import Store

_RANGE = re.compile(r"\[([^\[\]]*)\]|\boffset\s+-?((?:\d+(?:ms|[smhdwy]))+)")
_LENGTH = re.compile(r"(\d+)(ms|[smhdwy])")
_SECONDS = {"ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800, "y": 31536000}
_STALE_AFTER = timedelta(minutes=5)
_DEFAULT_INTERVAL = timedelta(seconds=30)
_OF_THE_CALENDAR = re.compile(
    r"\b(time|timestamp|minute|hour|month|year|day_of_\w+|days_in_month)\s*\(|@\s*(?:\d|start|end)"
)
_METRIC_NAME = re.compile(r"[a-zA-Z0-9_]+_(?:googleapis_com|io):[a-zA-Z0-9_:]+")


def rule_of(condition: Document) -> Rule:
    """The rule of a ``conditionPrometheusQueryLanguage``."""
    hold = duration(condition.get("duration", "0s"), "duration")
    written = condition.get("evaluationInterval", "0s")
    interval = duration(written, "evaluationInterval") or _DEFAULT_INTERVAL
    query = condition["query"]
    lookback = lookback_of(query) + 2 * hold + interval
    return Rule(query, hold, interval, min(lookback, RETENTION))


def lookback_of(query: str) -> timedelta:
    """As far as a query may look back: all its ranges and offsets, one after the other."""
    found = [text for pair in _RANGE.findall(query) for text in pair if text]
    seconds = sum(
        int(number) * _SECONDS[unit] for text in found for number, unit in _LENGTH.findall(text)
    )
    return timedelta(seconds=seconds) + _STALE_AFTER


def problem_of(query: str, store: Store, project: str) -> str:
    """Why the rehearsal can't evaluate a query; '' if it can."""
    found = _OF_THE_CALENDAR.search(query)
    if found:
        return f"{found[0]!r} needs the date, and tests of promtool begin in 1970"
    known = {
        name + suffix
        for descriptor in descriptors.everything(store, project)
        for name in (metric_name(descriptor["type"]),)
        for suffix in ("", "_count", "_sum")
    }
    unknown = [name for name in _METRIC_NAME.findall(query) if name not in known]
    return f"the rehearsal does not measure {', '.join(unknown)}" if unknown else ""


def metric_name(metric_type: str) -> str:
    """``run.googleapis.com/job/x`` as ``run_googleapis_com:job_x``."""
    domain, _, path = metric_type.partition("/")
    return f"{_word(domain)}:{_word(path)}"


def samples_for(
    query: str, series: TimeSeries, store: Store, project: str, start: datetime, end: datetime
) -> list[Samples]:
    """What a query may see: every series whose name is in it."""
    found = []
    for one in series.of_project(project):
        if metric_name(one.metric_type) in query or "__name__" in query:
            descriptor = descriptors.find(store, project, one.metric_type) or {}
            found += _samples(one, descriptor, series.points(one, start, end))
    return found


def _samples(series: Series, descriptor: Document, points: list[Point]) -> list[Samples]:
    name, labels = metric_name(series.metric_type), _labels(series)
    if descriptor.get("valueType") == "DISTRIBUTION":
        counts = _running(points, lambda point: len(point.values))
        sums = _running(points, lambda point: sum(point.values))
        return [Samples(f"{name}_count{labels}", counts), Samples(f"{name}_sum{labels}", sums)]
    if descriptor.get("metricKind") == "DELTA":
        # PromQL sees a delta metric as the counter that it would be: rate() and increase() work.
        return [Samples(name + labels, _running(points, lambda point: sum(point.values)))]
    return [Samples(name + labels, tuple((point.end, point.values[-1]) for point in points))]


def _running(
    points: list[Point], value: Callable[[Point], float]
) -> tuple[tuple[datetime, float], ...]:
    total, found = 0.0, []
    for point in points:
        total += value(point)
        found.append((point.end, total))
    return tuple(found)


def _labels(series: Series) -> str:
    labels = series.resource_labels | series.metric_labels
    labels = labels | {"monitored_resource": series.resource_type}
    pairs = [f"{_word(key)}={encode(value).decode()}" for key, value in sorted(labels.items())]
    return "{" + ",".join(pairs) + "}"


def _word(text: str) -> str:
    return re.sub(r"[^a-zA-Z0-9_]", "_", text)
