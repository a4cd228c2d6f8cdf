from datetime import timedelta

from tests.services.monitoring.world import ERROR_LINE, World, hours


def test_an_entry_opens_an_incident_at_once() -> None:
    world = World()
    world.log_policy(notificationChannels=[world.channel()], documentation={"content": "Runbook"})
    world.entry("WARNING")
    assert world.incidents == []
    world.entry("ERROR", "boom")
    assert world.states == ["OPEN"]
    (message,) = world.sent
    assert (message["to"], message["subject"]) == ("data@example.com", "[ALERT] policy")
    assert message["text"] == (
        "Log match condition fired for cloud_run_job with ERROR: boom\n\nRunbook"
    )


def test_channels_are_told_as_often_as_the_policy_allows() -> None:
    world = World()
    world.log_policy(notificationChannels=[world.channel()])
    for _ in range(4):
        world.entry()
        world.pass_time(timedelta(minutes=20))
    assert world.states == ["OPEN"]
    assert len(world.sent) == 2


def test_an_incident_closes_when_no_entry_has_come_for_long() -> None:
    world = World()
    world.log_policy(notificationChannels=[world.channel()])
    world.entry()
    world.pass_time(hours(20))
    world.entry()
    world.pass_time(hours(23))
    assert world.states == ["OPEN"]
    world.pass_time(hours(2))
    assert world.states == ["CLOSED"]
    assert [one["event"] for one in world.sent] == ["OPENED", "OPENED"]
    world.entry()
    assert world.states == ["CLOSED", "OPEN"]


def test_extracted_labels_tell_incidents_apart() -> None:
    world = World()
    match = ERROR_LINE["conditionMatchedLog"]
    extractors = {"table": 'REGEXP_EXTRACT(textPayload, "table ([a-z]+)")'}
    condition = ERROR_LINE | {"conditionMatchedLog": match | {"labelExtractors": extractors}}
    world.policy(
        condition,
        alertStrategy={"notificationRateLimit": {"period": "300s"}},
        documentation={"subject": "${log.extracted_label.table}"},
        notificationChannels=[world.channel()],
    )
    world.entry(text="table breeds failed")
    world.pass_time(timedelta(minutes=6))
    world.entry(text="table runs failed")
    assert [one["subject"] for one in world.sent] == ["breeds", "runs"]


def test_a_disabled_policy_and_another_project_match_nothing() -> None:
    world = World()
    world.log_policy(enabled=False)
    world.log_policy()
    world.entry(logName="projects/other/logs/x")
    assert world.incidents == []
