import json
import shutil
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from rehearsal.errors import RehearsalError
from rehearsal.execution.engine import Engine
from rehearsal.execution.images import NotPulledError, RegistryImages
from rehearsal.execution.podman import PodmanExecutor
from tests.execution.world import image_archive, neighbours, run, shell_task
from tests.servers import echo

pytestmark = pytest.mark.xdist_group("engine")

_TOKEN = "token-of-the-agent"
_USERS = "oauth2accesstoken:$2b$05$abcdefghijklmnopqrstuuXtZMbaK51tht0IEqivLp6QPs5FkCWcS\n"
"""That token, as the registry's htpasswd wants it."""


@dataclass(frozen=True)
class Registry:
    """A Docker registry with TLS that lets one token in, and an engine that trusts it."""

    engine: Engine
    image: str
    """By its digest."""


@pytest.fixture
def registry(engine: Engine, tmp_path: Path) -> Iterator[Registry]:
    if shutil.which("docker-registry") is None:
        pytest.skip("there is no docker-registry: run rehearsal/engine/install with ENGINE_OWN=1")
    with echo(tmp_path, "localhost") as server:
        assert server.certificate is not None
        certificate = server.certificate
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    configuration = _configuration(tmp_path, port, certificate)
    process = subprocess.Popen(
        ["docker-registry", "serve", configuration],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    try:
        _wait_until_it_listens(process, port)
        trusting = replace(engine, bundle=certificate)
        yield Registry(trusting, _push(trusting, tmp_path, f"localhost:{port}/demo/images/task"))
    finally:
        process.kill()
        process.communicate()


def _configuration(folder: Path, port: int, certificate: Path) -> Path:
    users, configuration = folder / "htpasswd", folder / "registry.yml"
    users.write_text(_USERS)
    document = {
        "version": 0.1,
        "log": {"level": "warn", "accesslog": {"disabled": True}},
        "storage": {"filesystem": {"rootdirectory": str(folder / "registry")}},
        "auth": {"htpasswd": {"realm": "tests", "path": str(users)}},
        "http": {
            "addr": f"127.0.0.1:{port}",
            "tls": {"certificate": str(certificate), "key": str(certificate)},
        },
    }
    configuration.write_text(json.dumps(document))
    return configuration


def _wait_until_it_listens(process: subprocess.Popen[bytes], port: int) -> None:
    while process.poll() is None:
        with closing(socket.socket()) as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
    raise AssertionError(process.communicate()[1])


def _push(engine: Engine, folder: Path, repository: str) -> str:
    """Pushes an image that is nowhere else, and gives its name by digest."""
    made, digest = f"{repository}:made", folder / "digest"
    credentials = f"--creds=oauth2accesstoken:{_TOKEN}"
    label = f"--change=LABEL made-for={repository}"
    engine.ask(
        ["import", "--change=ENV PATH=/bin", label, str(image_archive(engine)), made], folder
    )
    engine.ask(["push", credentials, f"--digestfile={digest}", made, f"{repository}:1"], folder)
    engine.ask(["rmi", made], folder)
    return f"{repository}@{digest.read_text()}"


def test_a_task_runs_from_an_image_that_only_the_registry_had(
    registry: Registry, tmp_path: Path
) -> None:
    with pytest.raises(RehearsalError, match="not known"):
        registry.engine.ask(["inspect", "--type=image", registry.image], tmp_path)
    executor = PodmanExecutor(registry.engine, tmp_path / "tasks", neighbours())
    assert run(executor, shell_task("echo pulled", image=registry.image)).out() == ["pulled"]


def test_an_image_that_somebody_has_removed_is_pulled_by_the_next_attempt(
    registry: Registry, tmp_path: Path
) -> None:
    executor = PodmanExecutor(registry.engine, tmp_path / "tasks", neighbours())
    task = shell_task("echo again", image=registry.image)
    assert run(executor, task).outcome.started
    registry.engine.ask(["rmi", registry.image], tmp_path)
    assert not run(executor, task).outcome.started
    assert run(executor, task).out() == ["again"]


def test_tasks_of_one_image_pull_it_once(registry: Registry, tmp_path: Path) -> None:
    asked: list[str] = []

    def token() -> str:
        asked.append(_TOKEN)
        return _TOKEN

    images = RegistryImages(registry.engine, tmp_path, token)
    threads = [
        threading.Thread(target=images.pull, args=(registry.image, threading.Event()))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(asked) == 1


def test_a_token_that_the_registry_refuses_is_the_reason(
    registry: Registry, tmp_path: Path
) -> None:
    refused = replace(neighbours(), registry_token=lambda: "wrong")
    executor = PodmanExecutor(registry.engine, tmp_path / "tasks", refused)
    ran = run(executor, shell_task("echo", image=registry.image))
    assert not ran.outcome.started
    assert "authentication required" in ran.outcome.message


def test_a_pull_can_be_cancelled(engine: Engine, tmp_path: Path) -> None:
    cancelled = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as silent:
        image = f"localhost:{silent.getsockname()[1]}/never/answers:1"

        def cancel() -> None:
            silent.accept()
            cancelled.set()

        threading.Thread(target=cancel).start()
        with pytest.raises(NotPulledError, match="cancelled"):
            RegistryImages(engine, tmp_path, lambda: _TOKEN).pull(image, cancelled)
