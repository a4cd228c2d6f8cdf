import socket
import threading
from pathlib import Path

import pytest

from rehearsal.errors import RehearsalError
from rehearsal.running.state import PORT_NAMES, Settings, State, choose_ports, default_folder


def test_the_folder_is_the_one_that_the_variable_names(tmp_path: Path) -> None:
    assert default_folder({"REHEARSAL_STATE": str(tmp_path)}) == tmp_path


def test_the_folder_is_beside_the_project_without_a_variable() -> None:
    assert default_folder({}) == Path(__file__).parents[2] / ".state"


def test_settings_are_kept(tmp_path: Path) -> None:
    settings = Settings(project="p", allowed=("pypi.org",), ports={"server": 1234})

    State(tmp_path).keep(settings)

    assert State(tmp_path).settings() == settings


def test_settings_that_are_broken_are_told_with_the_remedy(tmp_path: Path) -> None:
    State(tmp_path).settings_file.write_text("{")

    with pytest.raises(RehearsalError, match="delete it"):
        State(tmp_path).settings()


def test_the_folder_is_nobody_elses_to_read(tmp_path: Path) -> None:
    state = State(tmp_path / "new")

    state.keep(Settings())

    assert state.folder.stat().st_mode & 0o077 == 0
    assert state.settings_file.stat().st_mode & 0o077 == 0


def test_each_port_is_free_and_another() -> None:
    assert len(set(choose_ports({}).values())) == len(PORT_NAMES)


def test_ports_are_kept_while_they_are_free() -> None:
    first = choose_ports({})

    assert choose_ports(first) == first


def test_a_port_that_somebody_else_has_taken_is_replaced() -> None:
    first = choose_ports({})
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", first["server"]))
        taken.listen()
        second = choose_ports(first)

    assert second["server"] != first["server"]
    assert second["proxy"] == first["proxy"]


def test_what_is_forgotten_is_resources_and_nothing_else(tmp_path: Path) -> None:
    state = State(tmp_path)
    for folder in (state.resources, state.authority, state.credentials, state.engine):
        folder.mkdir()
    state.keep(Settings(project="p"))

    state.forget_resources()

    assert not state.resources.exists()
    assert state.authority.exists()
    assert state.credentials.exists()
    assert state.settings().project == "p"


def test_the_engines_folder_may_be_shared(tmp_path: Path) -> None:
    state = State(tmp_path / "state")
    assert state.engine == tmp_path / "state" / "engine"

    state.keep(Settings(engine=str(tmp_path / "shared")))

    assert state.engine == tmp_path / "shared"


def test_one_command_at_a_time_changes_a_rehearsal(tmp_path: Path) -> None:
    state = State(tmp_path)
    order: list[str] = []

    def other() -> None:
        with state.alone():
            order.append("other")

    thread = threading.Thread(target=other)
    with state.alone():
        thread.start()
        thread.join(0.2)
        order.append("first")
    thread.join(60)

    assert order == ["first", "other"]
