from rehearsal.running.controls.alerts import alerts
from tests.services.monitoring.world import World


def test_incidents_and_policies_that_are_not_evaluated_are_told() -> None:
    world = World()
    world.log_policy(notificationChannels=[world.channel()])
    world.entry()
    told = alerts(world.client.cloud, {})
    assert [one["state"] for one in told["incidents"]] == ["OPEN"]
    assert told["not_evaluated"] == []
