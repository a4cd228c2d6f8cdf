from typing import Any

import pytest

from tests.client import Client
from tests.services.monitoring.world import FAILED, V3, World

CHANNELS = f"{V3}/notificationChannels"
EMAIL: dict[str, Any] = {
    "displayName": "data team r1",
    "enabled": True,
    "labels": {"email_address": "data@example.com"},
    "type": "email",
}


def test_a_channel_is_made_read_changed_and_deleted_as_terraform_does() -> None:
    client = Client()
    made = client.post(CHANNELS, EMAIL).ok
    assert EMAIL.items() <= made.items()
    assert made["name"].startswith("projects/demo/notificationChannels/1")
    url = f"https://monitoring.googleapis.com/v3/{made['name']}"
    assert client.get(url).ok == made
    changed = client.patch(url, EMAIL | {"displayName": "data team r2"}).ok
    assert changed["displayName"] == "data team r2"
    assert client.get(CHANNELS).ok["notificationChannels"] == [changed]
    assert client.delete(f"{url}?force=false").ok == {}
    assert client.get(url).status == 404


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"type": "pigeon"}, "notification_channel.type"),
        ({"labels": {}}, '"email_address"'),
        ({"labels": {"email_address": "nobody"}}, "no email address"),
    ],
)
def test_channels_that_are_refused(change: dict[str, Any], message: str) -> None:
    assert message in Client().post(CHANNELS, EMAIL | change).error["message"]


def test_a_channel_in_use_is_deleted_by_force_only() -> None:
    world = World()
    name = world.channel()
    policy = world.policy(FAILED, notificationChannels=[name])
    url = f"https://monitoring.googleapis.com/v3/{name}"
    assert world.client.delete(url).error["status"] == "FAILED_PRECONDITION"
    assert world.client.delete(f"{url}?force=true").ok == {}
    left = world.client.get(f"https://monitoring.googleapis.com/v3/{policy['name']}").ok
    assert left["notificationChannels"] == []


def test_who_may_not_make_channels_is_refused() -> None:
    answer = Client().post(CHANNELS, EMAIL, as_="user:eve@example.com")
    assert "monitoring.notificationChannels.create" in answer.error["message"]
