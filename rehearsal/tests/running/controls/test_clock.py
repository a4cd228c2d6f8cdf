from datetime import datetime, timedelta
from typing import Any

import pytest

from rehearsal.errors import RehearsalError
from rehearsal.running.controls.clock import advance, show
from tests.client import START, Client


def test_the_clock_is_shown_with_how_far_it_is_ahead() -> None:
    client = Client()
    client.clock.advance(timedelta(hours=1))
    told = show(client.cloud, {})
    assert told == {"time": "2026-01-05T01:00:00.000000Z", "ahead_seconds": 3600.0}


def test_what_falls_due_on_the_way_is_done_before_the_answer() -> None:
    client = Client()
    fired: list[datetime] = []
    client.cloud.timeline.register(
        "test", fired.append, lambda: None if fired else START + timedelta(days=1)
    )
    assert advance(client.cloud, {"seconds": 8 * 86400})["time"] == "2026-01-13T00:00:00.000000Z"
    assert fired == [START + timedelta(days=1)]


@pytest.mark.parametrize("seconds", [-1, None, "8d", 1e12])
def test_time_moves_ahead_and_not_too_far(seconds: Any) -> None:
    with pytest.raises(RehearsalError, match="moves ahead"):
        advance(Client().cloud, {"seconds": seconds})
