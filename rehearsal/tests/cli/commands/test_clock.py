from datetime import timedelta

import pytest

from rehearsal.cli.commands.clock import length_of
from rehearsal.errors import RehearsalError


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("8d", timedelta(days=8)),
        ("36h", timedelta(hours=36)),
        ("1w", timedelta(weeks=1)),
        ("90m", timedelta(minutes=90)),
        ("1d12h", timedelta(days=1, hours=12)),
        ("5s", timedelta(seconds=5)),
    ],
)
def test_a_length_of_time_is_a_number_with_a_unit(text: str, length: timedelta) -> None:
    assert length_of(text) == length


@pytest.mark.parametrize("text", ["", "8", "d", "-8d", "8 d", "8x", "1.5h"])
def test_anything_else_is_refused_with_examples(text: str) -> None:
    with pytest.raises(RehearsalError, match="write 8d, 36h, 1w, 90m or 1d12h"):
        length_of(text)
