"""The locations that Cloud Scheduler has.

https://cloud.google.com/scheduler/docs/locations
"""

from rehearsal.api.call import Call
from rehearsal.api.pages import page
from rehearsal.documents import Document
from rehearsal.errors import not_found
from rehearsal.services.scheduler.definition import service

_LOCATIONS = (
    "asia-east1", "asia-east2", "asia-northeast1", "asia-northeast2", "asia-northeast3",
    "asia-south1", "asia-southeast1", "asia-southeast2", "australia-southeast1",
    "europe-central2", "europe-west1", "europe-west2", "europe-west3", "europe-west6",
    "northamerica-northeast1", "southamerica-east1", "us-central1", "us-east1", "us-east4",
    "us-west1", "us-west2", "us-west3", "us-west4",
)  # fmt: skip


def require_location(name: str) -> None:
    """Refuses a location that is none. ``name``: ``projects/P/locations/L``.

    Raises:
        ApiError: 404.
    """
    location = name.rpartition("/")[2]
    if location not in _LOCATIONS:
        raise not_found(f"Location '{location}' is not a valid location.")


@service.method(
    "cloudscheduler", "v1", "cloudscheduler.projects.locations.list", source="unverified"
)
def list_locations(call: Call) -> Document:
    """Lists all locations."""
    known = [_location(call.path["name"], one) for one in _LOCATIONS]
    return page(call, known, "locations")


@service.method(
    "cloudscheduler", "v1", "cloudscheduler.projects.locations.get", source="unverified"
)
def get_location(call: Call) -> Document:
    """Reads a location."""
    require_location(call.path["name"])
    project, _, location = call.path["name"].partition("/locations/")
    return _location(project, location)


def _location(project: str, location: str) -> Document:
    return {
        "name": f"{project}/locations/{location}",
        "locationId": location,
        "labels": {"cloud.googleapis.com/region": location},
    }
