from datetime import timedelta

import pytest
from typer.testing import CliRunner

from rehearsal.cli.app import build
from rehearsal.cli.commands import clock
from rehearsal.cli.commands.clock import length_of
from rehearsal.documents import Document
from rehearsal.errors import RehearsalError
from rehearsal.running.state import State


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


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, Document | None]]:
    """What the command line asks the server, which is 8 days ahead."""
    questions: list[tuple[str, Document | None]] = []

    def ask(_: State, path: str, body: Document | None = None) -> Document:
        questions.append((path, body))
        return {"time": "2026-01-13T00:00:00.000000Z", "ahead_seconds": 8 * 86400.0}

    monkeypatch.setattr(clock, "ask", ask)
    return questions


def test_the_clock_is_shown(asked: list[tuple[str, Document | None]]) -> None:
    result = CliRunner().invoke(build(), ["clock"])
    assert result.output == "2026-01-13T00:00:00.000000Z (8 days, 0:00:00 ahead)\n"
    assert asked == [("clock", None)]


def test_the_clock_is_moved(asked: list[tuple[str, Document | None]]) -> None:
    assert CliRunner().invoke(build(), ["clock", "advance", "1d12h"]).exit_code == 0
    assert asked == [("clock/advance", {"seconds": 129600.0})]
