"""Which APIs there are, which a project has enabled, and what enabling one brings along."""

from rehearsal.cloud import Cloud

KIND = "enabled services"
"""Kind of what was enabled, by ``PROJECT/SERVICE``."""
_DISABLED = "disabled services"
"""Kind of those of the start that were disabled."""

TITLES = {
    "artifactregistry.googleapis.com": "Artifact Registry API",
    "bigquery.googleapis.com": "BigQuery API",
    "bigquerystorage.googleapis.com": "BigQuery Storage API",
    "cloudbilling.googleapis.com": "Cloud Billing API",
    "cloudbuild.googleapis.com": "Cloud Build API",
    "cloudresourcemanager.googleapis.com": "Cloud Resource Manager API",
    "cloudscheduler.googleapis.com": "Cloud Scheduler API",
    "compute.googleapis.com": "Compute Engine API",
    "containeranalysis.googleapis.com": "Container Analysis API",
    "iam.googleapis.com": "Identity and Access Management (IAM) API",
    "iamcredentials.googleapis.com": "IAM Service Account Credentials API",
    "logging.googleapis.com": "Cloud Logging API",
    "monitoring.googleapis.com": "Cloud Monitoring API",
    "run.googleapis.com": "Cloud Run Admin API",
    "secretmanager.googleapis.com": "Secret Manager API",
    "serviceusage.googleapis.com": "Service Usage API",
    "storage.googleapis.com": "Cloud Storage API",
    "storage-api.googleapis.com": "Google Cloud Storage JSON API",
    "sts.googleapis.com": "Security Token Service API",
}
"""The APIs that can be enabled."""

FROM_THE_START = frozenset({
    "bigquery.googleapis.com", "bigquerystorage.googleapis.com", "logging.googleapis.com",
    "monitoring.googleapis.com", "serviceusage.googleapis.com", "storage.googleapis.com",
    "storage-api.googleapis.com",
})  # fmt: skip
"""https://cloud.google.com/service-usage/docs/enabled-service#default"""

_SERVICE_AGENTS = {
    "run.googleapis.com": ("serverless-robot-prod", "roles/run.serviceAgent"),
    "cloudscheduler.googleapis.com": ("gcp-sa-cloudscheduler", "roles/cloudscheduler.serviceAgent"),
}
"""https://cloud.google.com/iam/docs/service-agents"""


_DEPENDENT = {"bigquery.googleapis.com": ("bigquerystorage.googleapis.com",)}
"""Which APIs need another one: https://github.com/hashicorp/terraform-provider-google/issues/5304"""


def enabled(cloud: Cloud, project: str, service: str) -> bool:
    """Whether a project (by id) has enabled an API."""
    name = f"{project}/{service}"
    if service in FROM_THE_START:
        return cloud.store.get(_DISABLED, name) is None
    return cloud.store.get(KIND, name) is not None


def dependents(cloud: Cloud, project: str, service: str) -> list[str]:
    """The enabled APIs that need this one."""
    return [one for one in _DEPENDENT.get(service, ()) if enabled(cloud, project, one)]


def enable(cloud: Cloud, project: str, service: str) -> bool:
    """Enables an API; whether it was not so before. Its service agent gets its role."""
    if enabled(cloud, project, service):
        return False
    cloud.store.delete(_DISABLED, f"{project}/{service}")
    cloud.store.put(KIND, f"{project}/{service}", {})
    if service in _SERVICE_AGENTS:
        _welcome(cloud, project, service)
    return True


def disable(cloud: Cloud, project: str, service: str) -> None:
    """Disables an API. What it has made stays, and its service agent keeps its role."""
    cloud.store.delete(KIND, f"{project}/{service}")
    if service in FROM_THE_START:
        cloud.store.put(_DISABLED, f"{project}/{service}", {})


def enable_all(cloud: Cloud, project: str) -> None:
    """Enables every API."""
    for service in TITLES:
        enable(cloud, project, service)


def service_agent(cloud: Cloud, project: str, service: str) -> str:
    """The email of the account by which a service acts in a project."""
    domain, _ = _SERVICE_AGENTS[service]
    return f"service-{cloud.projects.number_of(project)}@{domain}.iam.gserviceaccount.com"


def _welcome(cloud: Cloud, project: str, service: str) -> None:
    """Gives the service's agent its role in the project."""
    _, role = _SERVICE_AGENTS[service]
    resource = f"//cloudresourcemanager.googleapis.com/projects/{project}"
    member = f"serviceAccount:{service_agent(cloud, project, service)}"
    bindings = cloud.access.policy(resource).get("bindings", [])
    cloud.access.put_bindings(resource, [*bindings, {"role": role, "members": [member]}])
