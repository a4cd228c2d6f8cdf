"""The audit entry of a cleanup: in a dry run, that is where Google tells what would have gone.

https://cloud.google.com/artifact-registry/docs/repositories/cleanup-policy#dry-run
Google writes it if the project has Data Access audit logs enabled; here it always is.
"""

from collections.abc import Sequence
from datetime import datetime

from rehearsal.clock import rfc3339
from rehearsal.cloud import Cloud
from rehearsal.documents import Document
from rehearsal.services.artifactregistry.names import RepositoryName

_HOST = "artifactregistry.googleapis.com"
_PACKAGE = "google.devtools.artifactregistry.v1"
_METHOD = f"{_PACKAGE}.ArtifactRegistry.BatchDeleteVersions"


def log(
    cloud: Cloud,
    place: RepositoryName,
    names: Sequence[str],
    at: datetime,
    *,
    validate_only: bool,
) -> None:
    """Writes the entry of one repository's cleanup."""
    labels = {"project_id": place.project, "service": _HOST, "method": _METHOD}
    cloud.journal.write(
        {
            "logName": f"projects/{place.project}/logs/cloudaudit.googleapis.com%2Fdata_access",
            "resource": {"type": "audited_resource", "labels": labels},
            "severity": "INFO",
            "timestamp": rfc3339(at),
            "protoPayload": _payload(cloud, place, names, validate_only=validate_only),
        }
    )


def _payload(
    cloud: Cloud, place: RepositoryName, names: Sequence[str], *, validate_only: bool
) -> Document:
    number = cloud.projects.number_of(place.project)
    agent = f"service-{number}@gcp-sa-artifactregistry.iam.gserviceaccount.com"
    request: Document = {
        "@type": f"type.googleapis.com/{_PACKAGE}.BatchDeleteVersionsRequest",
        "parent": f"{place}/packages/-",
        "names": list(names),
    }
    if validate_only:
        request["validateOnly"] = True
    return {
        "@type": "type.googleapis.com/google.cloud.audit.AuditLog",
        "serviceName": _HOST,
        "methodName": _METHOD,
        "resourceName": str(place),
        "authenticationInfo": {"principalEmail": agent},
        "request": request,
        "status": {},
    }
