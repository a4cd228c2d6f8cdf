"""The service that the handlers of Secret Manager register with."""

from rehearsal.api.service import Service
from rehearsal.cloud import Cloud
from rehearsal.services.secretmanager import expiry

API = ("secretmanager", "v1")


def _start(cloud: Cloud) -> None:
    expiry.install(cloud)


service = Service("secretmanager.googleapis.com", "Secret Manager API", start=_start)
