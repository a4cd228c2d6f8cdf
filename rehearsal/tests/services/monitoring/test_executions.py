"""What Cloud Run measures and its containers write is what alerts are built on."""

from datetime import timedelta

from rehearsal.execution.task import Outcome, Task, Write
from rehearsal.services.monitoring.series import TimeSeries
from tests.services.monitoring import world as alerts
from tests.services.run.world import World as RunWorld
from tests.services.run.world import exits


def worlds() -> tuple[RunWorld, alerts.World]:
    """Jobs that can run, whose executions are measured."""
    jobs = RunWorld()
    cloud = jobs.client.cloud
    cloud.series = TimeSeries(cloud.store, cloud.clock)
    jobs.create()
    return jobs, alerts.World(jobs.client)


def test_an_execution_that_fails_opens_an_incident_of_its_job() -> None:
    jobs, world = worlds()
    world.policy(alerts.FAILED)
    jobs.execute()
    world.pass_time(timedelta(minutes=1))
    assert world.incidents == []
    jobs.engine.script = exits(1)
    jobs.execute()
    world.pass_time(timedelta(minutes=1))
    (incident,) = world.incidents
    assert incident["labels"]["resource.label.job_name"] == "ingest"


def test_a_line_that_a_container_writes_is_matched_by_its_severity() -> None:
    jobs, world = worlds()
    world.log_policy(notificationChannels=[world.channel()])

    def complains(_: Task, write: Write, *__: object) -> Outcome:
        write("stderr", b'{"severity": "warning", "message": "slow"}')
        write("stdout", b'{"severity": "error", "message": "no breeds", "rows": 0}')
        return Outcome(started=True, exit_code=0)

    jobs.engine.script = complains
    jobs.execute()
    (message,) = world.sent
    assert message["text"] == ("Log match condition fired for cloud_run_job with ERROR: no breeds")
