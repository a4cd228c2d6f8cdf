"""The locations that Artifact Registry has.

https://cloud.google.com/artifact-registry/docs/repositories/repo-locations
"""

from rehearsal.api.call import Call
from rehearsal.api.pages import page
from rehearsal.documents import Document
from rehearsal.errors import permission_denied
from rehearsal.services.artifactregistry.definition import API, service

_LOCATIONS = (
    "africa-south1", "asia", "asia-east1", "asia-east2", "asia-northeast1", "asia-northeast2",
    "asia-northeast3", "asia-south1", "asia-south2", "asia-southeast1", "asia-southeast2",
    "australia-southeast1", "australia-southeast2", "europe", "europe-central2", "europe-north1",
    "europe-southwest1", "europe-west1", "europe-west10", "europe-west12", "europe-west2",
    "europe-west3", "europe-west4", "europe-west6", "europe-west8", "europe-west9",
    "me-central1", "me-central2", "me-west1", "northamerica-northeast1",
    "northamerica-northeast2", "southamerica-east1", "southamerica-west1", "us", "us-central1",
    "us-east1", "us-east4", "us-east5", "us-south1", "us-west1", "us-west2", "us-west3",
    "us-west4",
)  # fmt: skip
_DOCS = "https://cloud.google.com/artifact-registry/docs/repositories/repo-locations"


def require_location(name: str) -> None:
    """Refuses a location that is none. ``name``: ``projects/P/locations/L``.

    The wording is unverified: it is that of other services of Google's.

    Raises:
        ApiError: 403.
    """
    location = name.rpartition("/")[2]
    if location not in _LOCATIONS:
        raise permission_denied(f"Location {location} is not found or access is unauthorized.")


@service.method("artifactregistry", "v1beta2", "artifactregistry.projects.locations.list",
                source="recorded")  # fmt: skip
@service.method(*API, "artifactregistry.projects.locations.list", source="recorded")
def list_locations(call: Call) -> Document:
    """Lists all locations."""
    known = [_location(call.path["name"], one) for one in _LOCATIONS]
    return page(call, known, "locations")


@service.method(*API, "artifactregistry.projects.locations.get", source=_DOCS)
def get_location(call: Call) -> Document:
    """Reads a location."""
    require_location(call.path["name"])
    project, _, location = call.path["name"].partition("/locations/")
    return _location(project, location)


def _location(project: str, location: str) -> Document:
    return {
        "name": f"{project}/locations/{location}",
        "locationId": location,
        "displayName": location,
    }
