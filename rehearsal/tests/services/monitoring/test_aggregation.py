from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rehearsal.errors import ApiError
from rehearsal.services.monitoring.aggregation import Aggregation
from rehearsal.services.monitoring.series import Point

NOW = datetime(2026, 1, 5, tzinfo=UTC)
numbers = st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=20)


def aligned(aligner: str, values: list[float]) -> float | None:
    rule = Aggregation.of({"alignmentPeriod": "60s", "perSeriesAligner": f"ALIGN_{aligner}"})
    return rule.align([Point(NOW, (value,)) for value in values])


@given(numbers, st.sampled_from(["MIN", "MEAN", "PERCENTILE_05", "PERCENTILE_50", "PERCENTILE_99"]))
def test_what_is_in_the_middle_lies_between_the_least_and_the_greatest(
    values: list[float], aligner: str
) -> None:
    found = aligned(aligner, values)
    assert found is not None
    assert min(values) - 1e-6 <= found <= max(values) + 1e-6


@pytest.mark.parametrize(
    ("aligner", "value"),
    [
        ("NONE", 4.0),
        ("NEXT_OLDER", 4.0),
        ("DELTA", 7.0),
        ("SUM", 7.0),
        ("COUNT", 3.0),
        ("RATE", 7 / 60),
        ("MEAN", 7 / 3),
        ("MIN", 1.0),
        ("MAX", 4.0),
        ("PERCENTILE_50", 2.0),
    ],
)
def test_points_are_aligned(aligner: str, value: float) -> None:
    assert aligned(aligner, [1, 2, 4]) == pytest.approx(value)


def test_a_period_without_a_point_has_no_value() -> None:
    assert aligned("SUM", []) is None


@pytest.mark.parametrize(
    "document",
    [
        {"perSeriesAligner": "ALIGN_SUM"},
        {"alignmentPeriod": "59s", "perSeriesAligner": "ALIGN_SUM"},
        {"alignmentPeriod": "99999999999s", "perSeriesAligner": "ALIGN_SUM"},
        {"alignmentPeriod": "60s", "perSeriesAligner": "ALIGN_PERCENT_CHANGE"},
        {"alignmentPeriod": "60s", "perSeriesAligner": "ALIGN_SUM",
         "crossSeriesReducer": "REDUCE_COUNT_TRUE"},
        {"crossSeriesReducer": "REDUCE_SUM"},
        {"groupByFields": ["severity"]},
    ],
)  # fmt: skip
def test_aggregations_that_are_refused(document: dict[str, object]) -> None:
    with pytest.raises(ApiError):
        Aggregation.of(document)
