"""Amounts of CPU, memory and time."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rehearsal.services.run.quantities import (
    cpu,
    duration,
    duration_seconds,
    memory_bytes,
    spoken_duration,
)


@pytest.mark.parametrize(
    ("text", "amount"),
    [("1", 1.0), ("1000m", 1.0), (".5", 0.5), ("2.0", 2.0), ("m", None), ("-1", None)],
)
def test_cpu(text: str, amount: float | None) -> None:
    assert cpu(text) == amount


@pytest.mark.parametrize(
    ("text", "amount"),
    [("512Mi", 2**29), ("1Gi", 2**30), ("1G", 10**9), ("1.5Gi", 3 * 2**29), ("7", 7), ("1k", 1000),
     ("Mi", None), ("1 Gi", None), ("1MB", None)],
)  # fmt: skip
def test_memory(text: str, amount: int | None) -> None:
    assert memory_bytes(text) == amount


@pytest.mark.parametrize("text", ["1", "s", "-1s", "1.s", "1m"])
def test_what_is_no_duration_is_none(text: str) -> None:
    assert duration_seconds(text) is None


@settings(deadline=None)
@given(st.integers(0, 10**7))
def test_a_whole_number_of_seconds_comes_back(seconds: int) -> None:
    assert duration(seconds) == f"{seconds}s"
    assert duration_seconds(duration(seconds)) == seconds


def test_a_fraction_that_is_zero_is_left_out() -> None:
    assert duration(duration_seconds("1800.000s") or 0) == "1800s"
    assert duration(duration_seconds("0.500s") or 0) == "0.5s"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0s"), (56.034, "56.03s"), (63.6, "1m3.6s"), (3602, "1h0m2s"), (59.999, "1m0s")],
)
def test_durations_in_messages(seconds: float, text: str) -> None:
    assert spoken_duration(seconds) == text
