"""The service that the handlers of Artifact Registry register with."""

from rehearsal.api.service import Service
from rehearsal.cloud import Cloud
from rehearsal.services.artifactregistry import cleanup
from rehearsal.services.artifactregistry.digests import Digests

API = ("artifactregistry", "v1")
HOST = "artifactregistry.googleapis.com"
TITLE = "Artifact Registry API"


def _start(cloud: Cloud) -> None:
    cloud.registry = Digests(cloud)
    cleanup.install(cloud)


service = Service(HOST, TITLE, start=_start)
