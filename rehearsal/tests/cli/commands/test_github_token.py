from typing import Any

import pytest
from typer.testing import CliRunner

from rehearsal.cli.app import build
from rehearsal.cli.commands import github_token
from rehearsal.documents import Document
from rehearsal.running.state import State


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, Any]]:
    questions: list[tuple[str, Any]] = []

    def ask(_: State, path: str, body: Document | None = None) -> Document:
        questions.append((path, body))
        return {"token": "a.b.c", "variables": {"URL": "https://x/?a=1&b=2", "TOKEN": "t"}}

    monkeypatch.setattr(github_token, "ask", ask)
    return questions


def test_a_token_is_printed_alone(asked: list[tuple[str, Any]]) -> None:
    options = ["--repository", "acme/dogs", "--ref", "refs/heads/x", "--event", "pull_request",
               "--audience", "mine"]  # fmt: skip
    result = CliRunner().invoke(build(), ["github-token", *options])
    assert result.output == "a.b.c\n"
    path, body = asked[0]
    assert (path, body["audience"], body["lifetime_seconds"]) == ("github-token", "mine", 300.0)
    assert body["workflow"]["repository"] == "acme/dogs"
    assert body["workflow"]["event"] == "pull_request"


def test_the_variables_of_a_job_are_printed_for_a_shell(asked: list[tuple[str, Any]]) -> None:
    arguments = ["github-token", "--repository", "acme/dogs", "--request"]
    result = CliRunner().invoke(build(), arguments)
    assert result.output == "export URL='https://x/?a=1&b=2'\nexport TOKEN=t\n"
