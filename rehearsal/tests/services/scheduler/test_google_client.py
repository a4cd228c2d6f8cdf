"""Google's own client of Cloud Scheduler, unmodified, over REST."""

from datetime import timedelta

import pytest
from google.api_core.exceptions import NotFound
from google.cloud import scheduler_v1
from google.cloud.scheduler_v1.services.cloud_scheduler.transports import (
    CloudSchedulerRestTransport,
)
from google.oauth2.credentials import Credentials

from rehearsal.identity.principal import Principal
from tests.client import OWNER
from tests.google_clients import InMemory
from tests.services.scheduler.world import ACCOUNT, NAME, URI, World

PARENT = "projects/demo/locations/europe-west1"


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def google(world: World) -> scheduler_v1.CloudSchedulerClient:
    token = world.client.cloud.tokens.issue(Principal(OWNER), timedelta(days=1))
    credentials = Credentials(token)  # type: ignore[no-untyped-call]
    transport = CloudSchedulerRestTransport(credentials=credentials)
    transport._session.mount("https://", InMemory(world.client))
    return scheduler_v1.CloudSchedulerClient(transport=transport)


def test_a_job_from_its_making_to_its_end(
    world: World, google: scheduler_v1.CloudSchedulerClient
) -> None:
    target = scheduler_v1.HttpTarget(
        uri=URI, body=b"{}", oauth_token=scheduler_v1.OAuthToken(service_account_email=ACCOUNT)
    )
    job = scheduler_v1.Job(
        name=NAME, schedule="0 6 * * 1", time_zone="Europe/Berlin", http_target=target
    )
    made = google.create_job(parent=PARENT, job=job)
    assert made.state == scheduler_v1.Job.State.ENABLED
    world.advance(hours=6)
    assert google.get_job(name=NAME).last_attempt_time is not None
    assert world.deliveries[0].body == b"{}"
    google.pause_job(name=NAME)
    google.resume_job(name=NAME)
    made.description = "weekly"
    changed = google.update_job(job=made, update_mask={"paths": ["description"]})
    assert changed.description == "weekly"
    assert [one.name for one in google.list_jobs(parent=PARENT)] == [NAME]
    google.run_job(name=NAME)
    google.delete_job(name=NAME)
    with pytest.raises(NotFound):
        google.get_job(name=NAME)
