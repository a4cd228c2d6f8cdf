"""Time series: points of a minute each, by metric and monitored resource.

A counter's point is the sum of what was added in its minute; a gauge's the last value; a
distribution's all values. https://cloud.google.com/monitoring/api/v3/kinds-and-types
"""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from rehearsal.clock import Clock, parse_rfc3339, rfc3339
from rehearsal.documents import Document, encode
from rehearsal.services.monitoring.descriptors import find
from rehearsal.store import Store

SERIES = "monitoring.series"
POINTS = "monitoring.points"
CHANGED = "monitoring.changed"
SAMPLING = timedelta(minutes=1)
"""https://cloud.google.com/monitoring/api/metrics_gcp: Cloud Run's metrics are sampled so."""
RETENTION = timedelta(days=42)
"""https://cloud.google.com/monitoring/quotas#data_retention_policy, of metrics of user's logs"""


@dataclass(frozen=True)
class Series:
    """One series: its name in the store, and its labels."""

    name: str
    metric_type: str
    metric_labels: dict[str, str] = field(hash=False)
    resource_type: str
    resource_labels: dict[str, str] = field(hash=False)

    def document(self) -> Document:
        """``metric`` and ``resource`` as the API has them."""
        return {
            "metric": {"type": self.metric_type, "labels": self.metric_labels},
            "resource": {"type": self.resource_type, "labels": self.resource_labels},
        }

    @classmethod
    def of(cls, name: str, document: Document) -> "Series":
        """From its document."""
        metric, resource = document["metric"], document["resource"]
        return cls(name, metric["type"], metric["labels"], resource["type"], resource["labels"])


@dataclass(frozen=True)
class Point:
    """What was measured in the minute that ended at ``end``."""

    end: datetime
    values: tuple[float, ...]

    @property
    def start(self) -> datetime:
        """When its minute began."""
        return self.end - SAMPLING


class TimeSeries:
    """All series of all projects; as ``cloud.series`` it takes points from other services."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store, self._clock = store, clock

    def add(
        self,
        metric_type: str,
        metric_labels: dict[str, str],
        resource_type: str,
        resource_labels: dict[str, str],
        moment: Any,
        value: float,
        *,
        project: str = "",
    ) -> None:
        """Adds a value at ``moment``; ``project`` is by default the resource's ``project_id``."""
        project = project or resource_labels["project_id"]
        series = Series(
            _name(project, metric_type, metric_labels, resource_type, resource_labels),
            metric_type, metric_labels, resource_type, resource_labels,
        )  # fmt: skip
        end = minute_after(moment)
        with self._store.transaction():
            self._store.put(SERIES, series.name, series.document())
            self._add_value(project, series, end, value)
            mark_changed(self._store, max(end, self._clock.now()))

    def of_type(self, project: str, metric_type: str) -> list[Series]:
        """The series of a metric."""
        return [
            Series.of(name, document)
            for name, document in self._store.list(SERIES, f"{project}/{metric_type}#")
        ]

    def of_project(self, project: str) -> list[Series]:
        """All series of a project."""
        return [
            Series.of(name, document) for name, document in self._store.list(SERIES, f"{project}/")
        ]

    def points(self, series: Series, start: datetime, end: datetime) -> list[Point]:
        """Points with ``start < end of the point <= end``, oldest first."""
        after = timedelta(microseconds=1)
        found = self._store.range(
            POINTS,
            f"{series.name} {rfc3339(start + after)}",
            f"{series.name} {rfc3339(end + after)}",
        )
        return [
            Point(parse_rfc3339(name.rpartition(" ")[2]), tuple(document["values"]))
            for name, document in found
        ]

    def last(self, series: Series, start: datetime, end: datetime) -> Point | None:
        """The newest point with ``start < end of the point <= end``."""
        length = SAMPLING
        while start < end:
            edge = max(start, end - length)
            found = self.points(series, edge, end)
            if found:
                return found[-1]
            end, length = edge, 2 * length
        return None

    def _add_value(self, project: str, series: Series, end: datetime, value: float) -> None:
        name = f"{series.name} {rfc3339(end)}"
        earlier = (self._store.get(POINTS, name) or {"values": []})["values"]
        descriptor = find(self._store, project, series.metric_type) or {}
        if descriptor.get("valueType") == "DISTRIBUTION":
            values = [*earlier, value]
        elif descriptor.get("metricKind") == "DELTA":
            values = [sum(earlier) + value]
        else:
            values = [value]
        self._store.put(POINTS, name, {"values": values})
        if not earlier:
            oldest = rfc3339(self._clock.now() - RETENTION)
            self._store.delete_range(POINTS, f"{series.name} ", f"{series.name} {oldest}")


def minute_after(moment: datetime) -> datetime:
    """The end of the minute that ``moment`` is in; itself, if it is the end of one."""
    start = moment.replace(second=0, microsecond=0)
    return start if start == moment else start + SAMPLING


def mark_changed(store: Store, moment: datetime) -> None:
    """Something is to be looked at, at ``moment`` or earlier, if that is already known."""
    earlier = changed(store)
    if earlier is None or moment < earlier:
        store.put(CHANGED, "at", {"moment": rfc3339(moment)})


def changed(store: Store) -> datetime | None:
    """When what has changed is to be looked at."""
    document = store.get(CHANGED, "at")
    return parse_rfc3339(document["moment"]) if document else None


def clear_changed(store: Store) -> None:
    """All that had changed is being looked at."""
    store.delete(CHANGED, "at")


def _name(
    project: str,
    metric_type: str,
    metric_labels: dict[str, str],
    resource_type: str,
    resource_labels: dict[str, str],
) -> str:
    labels = [sorted(metric_labels.items()), resource_type, sorted(resource_labels.items())]
    return f"{project}/{metric_type}#{hashlib.sha256(encode(labels)).hexdigest()[:16]}"
