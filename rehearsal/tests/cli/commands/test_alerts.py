from typing import Any

import pytest
from typer.testing import CliRunner

from rehearsal.cli.app import build
from rehearsal.cli.commands import alerts
from rehearsal.documents import decode

SENT = {
    "channel": "projects/demo/notificationChannels/1",
    "type": "email",
    "to": "data@example.com",
    "time": "2026-01-05T00:01:00.000000Z",
    "event": "OPENED",
    "subject": "[ALERT] failed executions",
    "text": "See the runbook.",
}
OPEN: dict[str, Any] = {
    "state": "OPEN",
    "openTime": "2026-01-05T00:01:00.000000Z",
    "policy": {"displayName": "failed executions"},
    "labels": {"resource.label.job_name": "dog"},
    "summary": "failed > 0 is above the threshold.",
    "sent": [SENT],
}
CLOSED = OPEN | {"state": "CLOSED", "closeTime": "2026-01-06T00:00:00.000000Z", "sent": []}
NOT_EVALUATED = {"displayName": "dead man", "why": "promtool is not installed"}


@pytest.fixture(autouse=True)
def _told(monkeypatch: pytest.MonkeyPatch) -> None:
    told = {"incidents": [OPEN, CLOSED], "not_evaluated": [NOT_EVALUATED]}
    monkeypatch.setattr(alerts, "ask", lambda *_: dict(told))


def test_incidents_are_shown_with_what_was_sent() -> None:
    result = CliRunner().invoke(build(), ["alerts"])
    assert result.stdout == (
        "2026-01-05T00:01:00.000000Z OPEN failed executions: failed > 0 is above the threshold.\n"
        "    resource.label.job_name=dog\n"
        "    sent 2026-01-05T00:01:00.000000Z to data@example.com (email):"
        " [ALERT] failed executions\n"
        "2026-01-05T00:01:00.000000Z CLOSED closed 2026-01-06T00:00:00.000000Z failed executions:"
        " failed > 0 is above the threshold.\n"
        "    resource.label.job_name=dog\n"
    )


def test_a_policy_that_is_not_evaluated_is_never_silent() -> None:
    result = CliRunner().invoke(build(), ["alerts", "--open"])
    assert result.stderr == "NOT EVALUATED dead man: promtool is not installed\n"
    assert "CLOSED" not in result.stdout


def test_programs_get_json() -> None:
    result = CliRunner().invoke(build(), ["alerts", "--open", "--format", "json"])
    assert decode(result.stdout.encode()) == {
        "incidents": [OPEN],
        "not_evaluated": [NOT_EVALUATED],
    }
