"""The optional parts, as they really run, and that nothing of them is left."""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from rehearsal.running import status
from rehearsal.running.parts import BIGQUERY, ENGINE, REGISTRY, Part
from tests.running import Rehearsal, rehearsal_up

pytestmark = pytest.mark.xdist_group("engine")
_PATIENCE_SECONDS = 120.0


def _needs(part: Part) -> pytest.MarkDecorator:
    return pytest.mark.skipif(
        bool(part.missing()), reason=f"no {' and no '.join(part.missing())}: {part.remedy}"
    )


@pytest.fixture(scope="module")
def rehearsal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rehearsal]:
    with rehearsal_up(tmp_path_factory.mktemp("rehearsal")) as running:
        yield running


@_needs(REGISTRY)
def test_the_registry_deletes_what_it_is_told_to(rehearsal: Rehearsal) -> None:
    registry = f"http://127.0.0.1:{rehearsal.state.settings().ports['registry']}/v2"
    with httpx.Client(trust_env=False, timeout=60) as client:
        upload = client.post(f"{registry}/p/r/i/blobs/uploads/").headers["location"]
        digest = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
        assert upload.startswith("/v2/")
        address = httpx.URL(registry).join(upload).copy_merge_params({"digest": digest})
        assert client.put(address).status_code == 201

        assert client.delete(f"{registry}/p/r/i/blobs/{digest}").status_code == 202


@_needs(BIGQUERY)
def test_bigquery_answers_without_fetching_anything(rehearsal: Rehearsal) -> None:
    port = rehearsal.state.settings().ports["bigquery"]
    with httpx.Client(trust_env=False, timeout=60) as client:
        answer = client.post(
            f"http://127.0.0.1:{port}/bigquery/v2/projects/demo/queries",
            json={"query": "SELECT 1 AS one", "useLegacySql": False},
        )

    assert answer.json()["rows"] == [{"f": [{"v": "1"}]}]


@_needs(ENGINE)
def test_docker_talks_to_the_rehearsals_own_engine(rehearsal: Rehearsal) -> None:
    _require_started(rehearsal)

    shown = rehearsal.ok("docker", "version", "--format", "{{.Server.Version}}")

    assert shown.strip()
    assert rehearsal.environment()["DOCKER_HOST"] == rehearsal.state.engine_address


@_needs(ENGINE)
def test_the_engine_ends_with_a_supervisor_that_is_killed(tmp_path: Path) -> None:
    with rehearsal_up(tmp_path, parts=["engine"]) as rehearsal:
        _require_started(rehearsal)
        told = status.read(rehearsal.state)
        assert told is not None
        os.kill(told.pid, signal.SIGKILL)

        address = rehearsal.state.engine_address
        _wait(lambda: not _answers(address))


def _require_started(rehearsal: Rehearsal) -> None:
    told = status.read(rehearsal.state)
    assert told is not None
    part = next(part for part in told.parts if part.name == ENGINE.name)
    if part.condition != "ready":
        pytest.skip(f"the engine does not run here: {rehearsal.state.log('engine').read_text()}")


def _answers(address: str) -> bool:
    docker = shutil.which("docker") or "docker"
    asked = [docker, "--host", address, "version"]
    return subprocess.run(asked, capture_output=True, timeout=60).returncode == 0


def _wait(done: Callable[[], bool]) -> None:
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while not done():
        assert time.monotonic() < deadline
        time.sleep(0.1)
