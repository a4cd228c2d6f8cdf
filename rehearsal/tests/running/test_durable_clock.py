from datetime import UTC, datetime, timedelta
from pathlib import Path

from rehearsal.running.durable_clock import DurableClock
from rehearsal.store import Store


def test_a_clock_that_was_moved_is_as_far_ahead_after_a_restart(tmp_path: Path) -> None:
    DurableClock(Store(tmp_path / "store")).advance(timedelta(days=8))

    later = DurableClock(Store(tmp_path / "store"))

    assert later.offset == timedelta(days=8)
    assert later.now() >= datetime.now(UTC) + timedelta(days=7)


def test_moves_add_up(tmp_path: Path) -> None:
    store = Store(tmp_path / "store")
    DurableClock(store).advance(timedelta(hours=1))
    DurableClock(store).advance(timedelta(microseconds=1))

    assert DurableClock(store).offset == timedelta(hours=1, microseconds=1)
