import pytest

from rehearsal.errors import RehearsalError
from rehearsal.running.controls.dog_api import dog_api
from tests.client import Client


def test_settings_are_changed_and_shown() -> None:
    cloud = Client().cloud
    assert dog_api(cloud, {}) == {
        "keys": None, "requests_per_minute": 10, "breeds": None,
    }  # fmt: skip
    assert dog_api(cloud, {"keys": ["live_mine"]})["keys"] == ("live_mine",)
    assert dog_api(cloud, {"requests_per_minute": 60}) == {
        "keys": ("live_mine",),
        "requests_per_minute": 60,
        "breeds": None,
    }


def test_an_unknown_setting_is_refused() -> None:
    with pytest.raises(RehearsalError, match="can't be set so"):
        dog_api(Client().cloud, {"key": "live_mine"})


def test_fewer_than_no_breeds_are_refused() -> None:
    with pytest.raises(RehearsalError, match="at least 0"):
        dog_api(Client().cloud, {"breeds": -1})
