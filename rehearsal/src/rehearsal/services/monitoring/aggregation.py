"""Aligns the points of each series to periods, and reduces several series to one.

https://cloud.google.com/monitoring/api/ref_v3/rest/v3/projects.alertPolicies#Aggregation
"""

import math
import statistics
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from rehearsal.api.durations import duration
from rehearsal.documents import Document
from rehearsal.errors import invalid_argument
from rehearsal.services.monitoring.series import SAMPLING, Point, Series

type Numbers = Sequence[float]

_HUNDRED = 100
_LONGEST_PERIOD = timedelta(weeks=104)


def _deviation(values: Numbers) -> float:
    return statistics.pstdev(values)


def _percentile(percent: float) -> Callable[[Numbers], float]:
    """Between the two nearest values, in proportion."""

    def of(values: Numbers) -> float:
        ordered = sorted(values)
        place = (len(ordered) - 1) * percent / _HUNDRED
        low, high = math.floor(place), math.ceil(place)
        return ordered[low] + (ordered[high] - ordered[low]) * (place - low)

    return of


_STATISTICS: dict[str, Callable[[Numbers], float]] = {
    "SUM": sum,
    "MEAN": statistics.fmean,
    "MIN": min,
    "MAX": max,
    "COUNT": len,
    "STDDEV": _deviation,
    "PERCENTILE_99": _percentile(99),
    "PERCENTILE_95": _percentile(95),
    "PERCENTILE_50": _percentile(50),
    "PERCENTILE_05": _percentile(5),
}


@dataclass(frozen=True)
class Aggregation:
    """How points become the values that a condition or a reader looks at."""

    period: timedelta
    aligner: str
    reducer: str
    group_by: tuple[tuple[str, ...], ...]

    @classmethod
    def of(cls, document: Document) -> "Aggregation":
        """From the API's document.

        Raises:
            ApiError: 400: a period is missing or below a minute, or the rehearsal lacks a word.
        """
        aligner = document.get("perSeriesAligner", "ALIGN_NONE").removeprefix("ALIGN_")
        reducer = document.get("crossSeriesReducer", "REDUCE_NONE").removeprefix("REDUCE_")
        period = duration(document.get("alignmentPeriod", "0s"), "alignmentPeriod")
        if aligner != "NONE" and period < SAMPLING:
            raise invalid_argument("The alignment period must be at least 60 seconds.")
        if period > _LONGEST_PERIOD:
            raise invalid_argument("The alignment period must be at most 104 weeks.")
        if aligner not in {"NONE", "DELTA", "RATE", "NEXT_OLDER"} | _STATISTICS.keys():
            raise invalid_argument(f"The rehearsal does not have the aligner ALIGN_{aligner}.")
        if reducer not in {"NONE"} | _STATISTICS.keys():
            raise invalid_argument(f"The rehearsal does not have the reducer REDUCE_{reducer}.")
        if reducer != "NONE" and aligner == "NONE":
            raise invalid_argument("A cross-series reducer needs a per-series aligner.")
        fields = tuple(_field(name) for name in document.get("groupByFields", []))
        return cls(period, aligner, reducer, fields)

    def align(self, points: Iterable[Point]) -> float | None:
        """The value of one series in one period; None without a point."""
        values = [value for point in points for value in point.values]
        if not values:
            return None
        if self.aligner in {"NONE", "NEXT_OLDER"}:
            return values[-1]
        if self.aligner == "DELTA":
            return sum(values)
        if self.aligner == "RATE":
            return sum(values) / self.period.total_seconds()
        return float(_STATISTICS[self.aligner](values))

    def group(self, series: Series) -> tuple[tuple[str, str], ...]:
        """The labels by which a series is told from the others once they are reduced."""
        document = series.document()
        metric, resource = document["metric"], document["resource"]
        if self.reducer == "NONE":
            labels = {f"metric.label.{key}": value for key, value in metric["labels"].items()}
            labels |= {f"resource.label.{key}": text for key, text in resource["labels"].items()}
            return tuple(sorted(labels.items()))
        return tuple((_shown(field), _at(document, field)) for field in self.group_by)

    def reduce(self, values: Numbers) -> float:
        """The value of several series that are one group."""
        if self.reducer == "NONE":
            return values[0]
        return float(_STATISTICS[self.reducer](values))


def _field(name: str) -> tuple[str, ...]:
    parts = name.replace(".label.", ".labels.").split(".", 2)
    if parts[0] not in {"metric", "resource", "project"}:
        raise invalid_argument(f'"{name}" is no field to group by.')
    return tuple(parts)


def _shown(field: tuple[str, ...]) -> str:
    return ".".join(field).replace(".labels.", ".label.")


def _at(document: Document, field: tuple[str, ...]) -> str:
    value: object = document
    for name in field:
        value = value.get(name, "") if isinstance(value, dict) else ""
    return str(value)
