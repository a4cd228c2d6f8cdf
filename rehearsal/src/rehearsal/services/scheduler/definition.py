"""The service that the handlers of Cloud Scheduler register with."""

from rehearsal.api.service import Service
from rehearsal.cloud import Cloud
from rehearsal.services.scheduler.attempts import install


def _start(cloud: Cloud) -> None:
    install(cloud)


service = Service("cloudscheduler.googleapis.com", "Cloud Scheduler API", start=_start)
