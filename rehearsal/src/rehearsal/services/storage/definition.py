"""The service that the handlers of Cloud Storage register with."""

from rehearsal.api.call import Call
from rehearsal.api.service import Service
from rehearsal.cloud import Cloud
from rehearsal.services.storage import lifecycle
from rehearsal.services.storage.content import contents
from rehearsal.services.storage.versions import blobs_in_use

API = ("storage", "v1")
CHECKED = "the handler checks: what is needed depends on what the call replaces"


def _start(cloud: Cloud) -> None:
    with cloud.store.transaction():
        contents(cloud).keep_only(blobs_in_use(cloud.store))
    lifecycle.install(cloud)


# New projects have Storage enabled: https://cloud.google.com/service-usage/docs/enabled-service
service = Service(
    "storage.googleapis.com",
    "Cloud Storage JSON API",
    enablement=False,
    older_errors=True,
    start=_start,
)


@service.resource_of(*API, "storage")
def _resource(call: Call) -> str:
    """The full name of what a call concerns."""
    bucket = call.path.get("bucket") or call.path.get("destinationBucket")
    if bucket is None:
        return f"//cloudresourcemanager.googleapis.com/projects/{call.project}"
    name = f"//storage.googleapis.com/projects/_/buckets/{bucket}"
    given = call.path.get("object") or call.path.get("destinationObject")
    return f"{name}/objects/{given}" if given else name
