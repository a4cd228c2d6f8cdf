"""What gcloud, bq, docker and Terraform once sent is answered in a way that they can work with."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from rehearsal.cloud import Addresses
from tests.traffic.recordings import recordings
from tests.traffic.replay import Replay
from tests.traffic.scenes import SCENES, Scene, play, remove_datasets
from tests.traffic.world import World


@pytest.fixture
def world(request: pytest.FixtureRequest, scene: Scene, tmp_path: Path) -> Iterator[World]:
    """An empty project, with the stand-ins behind it that the session needs."""
    behind = {name: request.getfixturevalue(_FIXTURES[name]) for name in scene.behind}
    made = World(tmp_path, Addresses(**behind))
    yield made
    if "bigquery" in scene.behind:
        remove_datasets(made)


_FIXTURES = {"bigquery": "upstream", "registry": "registry"}


@pytest.mark.parametrize(
    ("session", "scene"), [pytest.param(name, one, id=name) for name, one in SCENES.items()]
)
def test_each_answer_of_a_session_has_the_status_and_the_fields_that_the_tool_needs(
    session: str, scene: Scene, world: World
) -> None:
    replay = Replay(world)
    scene.prepare(replay)
    for earlier in scene.after:
        play(replay, earlier)
    differences = play(replay, session)
    assert not differences, "\n".join([f"{len(differences)} answers differ:", *differences])


def test_no_recording_is_left_out() -> None:
    elsewhere = {"errors_gcloud", "errors_tf", "gcloud_builds"}  # Cloud Build is not here
    assert recordings() <= SCENES.keys() | elsewhere
