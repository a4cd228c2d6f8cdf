"""The service that the handlers of workload identity federation register with."""

from rehearsal.api import operations
from rehearsal.api.service import Service
from rehearsal.services.iam_federation import expiry

API = ("iam", "v1")
POOLS = "iam.projects.locations.workloadIdentityPools"

service = Service(
    "iam.googleapis.com",
    "Identity and Access Management (IAM) API",
    start=expiry.install,
)

for _operations in (f"{POOLS}.operations", f"{POOLS}.providers.operations"):
    operations.register(service, *API, f"{_operations}.get", source="recorded")
