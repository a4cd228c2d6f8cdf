import os
import subprocess
from pathlib import Path

import pytest

from rehearsal.errors import RehearsalError
from rehearsal.execution.engine import Engine, last_words, obstacle
from rehearsal.running.state import PROJECT_FOLDER
from tests.execution.world import SYSTEM_BUNDLE

pytestmark = pytest.mark.xdist_group("engine")


def test_a_machine_that_runs_tasks_has_no_obstacle(engine: Engine) -> None:
    assert obstacle(engine) is None


def test_an_engine_that_was_never_started_is_an_obstacle(engine: Engine, tmp_path: Path) -> None:
    reason = obstacle(Engine(tmp_path, SYSTEM_BUNDLE))
    assert reason is not None
    assert f"rehearsal/engine/up with ENGINE_OWN=1 ENGINE_STATE={tmp_path}" in reason


def test_a_machine_without_podman_is_told_how_to_get_it(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    reason = obstacle(engine)
    assert reason is not None
    assert "rehearsal/engine/install" in reason
    with pytest.raises(RehearsalError, match="rehearsal/engine/install"):
        engine.ask(["version"], tmp_path)


def test_a_command_that_fails_is_told_in_podmans_words(engine: Engine, tmp_path: Path) -> None:
    with pytest.raises(RehearsalError, match=r"podman rm: .*no-such-container"):
        engine.ask(["rm", "no-such-container"], tmp_path)


def test_podman_gets_no_credentials_of_this_process(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REGISTRY_AUTH_FILE", "/somewhere")
    monkeypatch.setenv("HTTPS_PROXY", "http://elsewhere")
    variables = engine.environment()
    assert "REGISTRY_AUTH_FILE" not in variables
    assert "HTTPS_PROXY" not in variables


def test_the_last_line_is_what_podman_means() -> None:
    assert last_words(b"Trying to pull...\nError: no such image\n\n") == "no such image"
    assert last_words(b"") == "podman ended and said nothing"


@pytest.fixture
def docker_answers(tmp_path: Path) -> dict[str, str]:
    """Variables with which a Docker engine seems to answer."""
    client = tmp_path / "docker"
    client.write_text("#!/bin/sh\nexit 0\n")
    client.chmod(0o755)
    kept = {name: text for name, text in os.environ.items() if not name.startswith("DOCKER_")}
    return kept | {
        "PATH": f"{tmp_path}:{os.environ['PATH']}",
        "ENGINE_STATE": str(tmp_path / "state"),
        "ENGINE_OWN": "",
    }


def _script(name: str, variables: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [PROJECT_FOLDER / "engine" / name], env=variables, capture_output=True, text=True
    )


@pytest.mark.parametrize("script", ["install", "up"])
def test_a_docker_engine_is_enough_unless_an_own_one_is_asked_for(
    docker_answers: dict[str, str], script: str
) -> None:
    ended = _script(script, docker_answers)
    assert ended.returncode == 0
    assert "an engine answers" in ended.stderr or "a container engine answers" in ended.stderr
    assert ended.stdout == ""


def test_an_own_engine_has_an_address_of_its_own(engine: Engine) -> None:
    # It runs already, so nothing is started.
    variables = {"ENGINE_OWN": "1", "ENGINE_STATE": str(engine.folder)}
    ended = _script("up", os.environ | variables | {"DOCKER_HOST": "unix:///run/another.sock"})
    assert ended.stdout.splitlines() == [
        f"export DOCKER_HOST=unix://{engine.folder}/podman.sock",
        "export DOCKER_BUILDKIT=0",
    ]
