"""Errors that were made on purpose reach the tool as the recorded ones did; others are our own."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from rehearsal.cloud import Addresses
from tests.traffic.recordings import Recorded, recording
from tests.traffic.replay import Replay
from tests.traffic.scenes import remove_datasets
from tests.traffic.world import World

_OUR_OWN = {
    "errors_gcloud": {2, 9, 13, 14, 15, 16, 17, 19, 20, 23, 27, 32, 34, 35, 37, 42},
    "errors_tf": {63},
}
"""The errors, by number, that the requests deserve; the others were made on purpose."""
_NOT_COMPARED = {
    "errors_gcloud": {},
    "errors_tf": {62: "an operation of a name that the recorded server was told to give"},
}

type Worlds = Callable[[], World]


@pytest.fixture
def worlds(upstream: str, tmp_path: Path) -> Iterator[Worlds]:
    """Makes empty projects; the datasets of the one before are removed."""
    made: list[World] = []

    def make() -> World:
        if made:
            remove_datasets(made[-1])
        folder = tmp_path / str(len(made))
        folder.mkdir()
        made.append(World(folder, Addresses(bigquery=upstream)))
        return made[-1]

    yield make
    remove_datasets(made[-1])


@pytest.mark.parametrize("session", ["errors_gcloud", "errors_tf"])
def test_each_error_of_a_session_is_answered_as_recorded(session: str, worlds: Worlds) -> None:
    records = recording(session)
    replay, created, differences = Replay(worlds()), set[str](), []
    for number, record in enumerate(records):
        if _creates(record) and record.url in created:  # here the recording began again
            replay, created = Replay(worlds(), injected=replay.injected), set()
        if _creates(record):
            created.add(record.url)
        wrong = _wrong(replay, record, own=number in _OUR_OWN[session])
        if wrong and number not in _NOT_COMPARED[session]:
            differences.append(f"{number}: {wrong}")
    assert not differences, "\n".join([f"{len(differences)} answers differ:", *differences])
    errors = sum(not one.succeeded for one in records)
    assert replay.injected == errors - len(_OUR_OWN[session])


def _creates(record: Recorded) -> bool:
    return record.method == "POST" and record.succeeded and ":" not in record.path


def _wrong(replay: Replay, record: Recorded, *, own: bool) -> str:
    """What is wrong with the answer, or ""."""
    if record.succeeded or own:
        answer = replay.send(record)
        wrong = replay.wrong(record, answer)
        return wrong and f"{record.told(answer.status)}: {wrong}"
    answer = replay.refuse(record)
    message = record.response.get("error", {}).get("message")
    if answer.status == record.status and message in (None, answer.error["message"]):
        return ""
    return f"{record.told(answer.status)}: {answer.content.decode()}"
