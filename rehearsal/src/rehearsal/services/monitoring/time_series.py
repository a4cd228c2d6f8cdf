"""Reads time series and metric descriptors.

https://cloud.google.com/monitoring/api/ref_v3/rest/v3/projects.timeSeries/list
"""

from datetime import datetime

from rehearsal.api.call import Call
from rehearsal.api.pages import page
from rehearsal.clock import parse_rfc3339, rfc3339
from rehearsal.documents import Document
from rehearsal.errors import invalid_argument, not_found
from rehearsal.services.monitoring import descriptors
from rehearsal.services.monitoring.aggregation import Aggregation
from rehearsal.services.monitoring.definition import V3, service
from rehearsal.services.monitoring.filters import invalid, series_filter
from rehearsal.services.monitoring.series import RETENTION, Point, Series, TimeSeries

_SOURCE = "https://cloud.google.com/monitoring/api/ref_v3/rest/v3"


@service.method(*V3, "monitoring.projects.metricDescriptors.list", source=_SOURCE)
def list_descriptors(call: Call) -> Document:
    """The metrics that there are."""
    wanted = series_filter(call.parameter("filter") or "")
    found = [
        descriptor
        for descriptor in descriptors.everything(call.cloud.store, call.project)
        if wanted.matches({"metric": descriptor, "project": call.project})
    ]
    return page(call, found, "metricDescriptors", default=10_000)


@service.method(*V3, "monitoring.projects.metricDescriptors.get", source=_SOURCE)
def get_descriptor(call: Call) -> Document:
    """One metric."""
    metric_type = call.path["name"].partition("/metricDescriptors/")[2]
    descriptor = descriptors.find(call.cloud.store, call.project, metric_type)
    if descriptor is None:
        raise unknown_metric(metric_type)
    return descriptor


@service.method(*V3, "monitoring.projects.timeSeries.list", source=_SOURCE)
def list_time_series(call: Call) -> Document:
    """Series that pass the filter, with their points in the interval, newest first."""
    expression = call.parameter("filter") or ""
    wanted = series_filter(expression)
    if not wanted.metric_type:
        raise invalid("filter", expression, 'must specify a restriction on "metric.type"')
    descriptor = descriptors.find(call.cloud.store, call.project, wanted.metric_type)
    if descriptor is None:
        raise unknown_metric(wanted.metric_type)
    start, end = _interval(call)
    series = TimeSeries(call.cloud.store, call.cloud.clock)
    found = {
        one: series.points(one, start, end)
        for one in series.of_type(call.project, wanted.metric_type)
        if wanted.matches(one.document() | {"project": call.project})
    }
    shown = _shown(call, found, descriptor, end)
    return page(call, shown, "timeSeries", default=100_000)


def unknown_metric(metric_type: str) -> Exception:
    """The 404 of a metric that nobody has written yet."""
    return not_found(
        f'Cannot find metric that matches type = "{metric_type}". If a metric was created'
        " recently, it could take up to 10 minutes to become available. Please try again soon."
    )


def _interval(call: Call) -> tuple[datetime, datetime]:
    text = call.parameter("interval.endTime")
    if not text:
        raise invalid_argument("Field interval.end_time had an invalid value: it is required.")
    try:
        end = parse_rfc3339(text)
        start = parse_rfc3339(call.parameter("interval.startTime") or text)
    except ValueError as error:
        raise invalid_argument(f"Field interval had an invalid value: {error}") from error
    if start > end:
        raise invalid_argument(
            "Field interval.start_time had an invalid value: it is after interval.end_time."
        )
    # Older points are not kept, and a start in the first years of the calendar has no name.
    return max(start, call.now - RETENTION), end


def _shown(
    call: Call, found: dict[Series, list[Point]], descriptor: Document, end: datetime
) -> list[Document]:
    rule = _aggregation(call)
    kinds = {"metricKind": descriptor["metricKind"], "valueType": descriptor["valueType"]}
    if rule.aligner == "NONE":
        return [
            one.document() | kinds | {"points": [_raw(descriptor, p) for p in reversed(points)]}
            for one, points in found.items()
            if points
        ]
    return _aligned(rule, found, end)


def _aggregation(call: Call) -> Aggregation:
    names = ("alignmentPeriod", "perSeriesAligner", "crossSeriesReducer")
    document: Document = {
        name: call.parameter(f"aggregation.{name}")
        for name in names
        if call.parameter(f"aggregation.{name}")
    }
    document["groupByFields"] = call.query.get("aggregation.groupByFields", [])
    return Aggregation.of(document)


def _aligned(rule: Aggregation, found: dict[Series, list[Point]], end: datetime) -> list[Document]:
    groups: dict[tuple[tuple[str, str], ...], list[Series]] = {}
    for series in found:
        groups.setdefault(rule.group(series), []).append(series)
    shown = []
    for members in groups.values():
        points = _aligned_points(rule, [found[one] for one in members], end)
        if points:
            kept = members[0].document() if rule.reducer == "NONE" else _reduced(rule, members[0])
            kinds = {"metricKind": "GAUGE", "valueType": "DOUBLE"}
            shown.append(kept | kinds | {"points": points})
    return shown


def _aligned_points(rule: Aggregation, members: list[list[Point]], end: datetime) -> list[Document]:
    """A point for each period, back from ``end``, in which there is one; newest first."""
    aligned: dict[int, list[float]] = {}
    for points in members:
        by_period: dict[int, list[Point]] = {}
        for point in points:
            by_period.setdefault((end - point.end) // rule.period, []).append(point)
        for back, within in by_period.items():
            value = rule.align(within)
            if value is not None:
                aligned.setdefault(back, []).append(value)
    return [
        _point(
            end - (back + 1) * rule.period,
            end - back * rule.period,
            {"doubleValue": rule.reduce(values)},
        )
        for back, values in sorted(aligned.items())
    ]


def _reduced(rule: Aggregation, member: Series) -> Document:
    """What is left of the labels of series that were reduced to one."""
    labels = dict(rule.group(member))
    document = member.document()
    for part in ("metric", "resource"):
        document[part]["labels"] = {
            name.split(".", 2)[2]: value
            for name, value in labels.items()
            if name.startswith(f"{part}.label.")
        }
    return document


def _raw(descriptor: Document, point: Point) -> Document:
    values = point.values
    value: Document
    if descriptor["valueType"] == "DISTRIBUTION":
        mean = sum(values) / len(values)
        squares = sum((one - mean) ** 2 for one in values)
        distribution = {"count": str(len(values)), "mean": mean, "sumOfSquaredDeviation": squares}
        value = {"distributionValue": distribution}
    elif descriptor["valueType"] == "INT64":
        value = {"int64Value": str(round(values[-1]))}
    else:
        value = {"doubleValue": values[-1]}
    return _point(point.start, point.end, value)


def _point(start: datetime, end: datetime, value: Document) -> Document:
    return {
        "interval": {"startTime": rfc3339(start), "endTime": rfc3339(end)},
        "value": value,
    }
