"""Counts log entries into the time series of log-based metrics, as they are written.

https://cloud.google.com/logging/docs/logs-based-metrics: a metric counts no entry that was
written before it was made.
"""

import math
from datetime import datetime

from rehearsal.clock import parse_rfc3339
from rehearsal.cloud import Cloud
from rehearsal.documents import Document
from rehearsal.services.logging.matching import compiled
from rehearsal.services.logging_metrics.definition import KIND, TYPE_PREFIX
from rehearsal.services.logging_metrics.extractors import extractor
from rehearsal.services.monitoring.series import TimeSeries


def follow(cloud: Cloud) -> None:
    """Counts each entry from now on."""

    def counted(entry: Document) -> None:
        parent = str(entry.get("logName", "")).partition("/logs/")[0]
        for _, metric in cloud.store.list(KIND, f"{parent}/metrics/"):
            if not metric.get("disabled") and compiled(metric["filter"]).matches(entry):
                _add(cloud, parent.removeprefix("projects/"), metric, entry)

    cloud.journal.followers.append(counted)


def _add(cloud: Cloud, project: str, metric: Document, entry: Document) -> None:
    value = _value(metric, entry)
    if value is None:
        return
    resource = entry.get("resource") or {"type": "global", "labels": {}}
    TimeSeries(cloud.store, cloud.clock).add(
        TYPE_PREFIX + metric["name"],
        labels_of(metric, entry),
        resource["type"],
        {"project_id": project} | resource.get("labels", {}),
        parse_rfc3339(entry["timestamp"]),
        value,
        project=project,
    )


def labels_of(metric: Document, entry: Document) -> dict[str, str]:
    """The labels that a metric takes from an entry; '' where it finds nothing."""
    return {
        key: extractor(expression, key).text(entry)
        for key, expression in metric.get("labelExtractors", {}).items()
    }


def _value(metric: Document, entry: Document) -> float | None:
    """1 for a counter; for a distribution the number in the entry, None if there is none."""
    if not metric.get("valueExtractor"):
        return 1
    text = extractor(metric["valueExtractor"], "valueExtractor").text(entry)
    try:
        value = float(text)
    except ValueError:
        # Google too leaves out entries that have no number there.
        return None
    return value if math.isfinite(value) else None


def count(cloud: Cloud, metric: Document, start: datetime, end: datetime) -> int:
    """How many entries a metric has counted in minutes that ended in ``start < t <= end``."""
    series = TimeSeries(cloud.store, cloud.clock)
    project = metric["resourceName"].split("/")[1]
    points = [
        point
        for one in series.of_type(project, TYPE_PREFIX + metric["name"])
        for point in series.points(one, start, end)
    ]
    if metric.get("valueExtractor"):
        return sum(len(point.values) for point in points)
    return round(sum(sum(point.values) for point in points))
