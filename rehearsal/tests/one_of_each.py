"""A project that has one of each resource, called ``existing``, and bodies that make another."""

import threading
from collections.abc import Collection

from rehearsal.documents import Document
from rehearsal.execution.task import Outcome
from rehearsal.services.scheduler.attempts import install
from rehearsal.services.scheduler.delivery import Reply
from tests.client import OWNER, Client

ACCOUNT = "existing@demo.iam.gserviceaccount.com"
LOCATION = "projects/demo/locations/europe-west1"
RUN = "https://run.googleapis.com/v2/" + LOCATION
RUN_V1 = "https://europe-west1-run.googleapis.com/apis/run.googleapis.com/v1/namespaces/demo"
SECRETS = "https://secretmanager.googleapis.com/v1/projects/demo/secrets"
IAM = "https://iam.googleapis.com/v1/projects/demo"
POOLS = f"{IAM}/locations/global/workloadIdentityPools"
REPOSITORIES = f"https://artifactregistry.googleapis.com/v1/{LOCATION}/repositories"
SCHEDULER = f"https://cloudscheduler.googleapis.com/v1/{LOCATION}/jobs"
PROJECT = "https://cloudresourcemanager.googleapis.com/v1/projects/demo"
BUCKETS = "https://storage.googleapis.com/storage/v1/b"
_OBJECT = (
    "https://storage.googleapis.com/upload/storage/v1/b/existing/o?uploadType=media&name=existing"
)
LOGGING = "https://logging.googleapis.com/v2/projects/demo"
MONITORING = "https://monitoring.googleapis.com"

_CONTAINER = {"image": "europe-west1-docker.pkg.dev/demo/existing/image:v1"}
_POLICY = {"policy": {"bindings": [{"role": "roles/viewer", "members": ["allUsers"]}]}}
_PROVIDER = {
    "attributeMapping": {"google.subject": "assertion.sub"},
    "attributeCondition": "assertion.repository == 'o/r'",
    "oidc": {"issuerUri": "https://token.actions.githubusercontent.com"},
}
_ENTRY = {
    "logName": "projects/demo/logs/existing",
    "resource": {"type": "global"},
    "textPayload": "text",
}
_ALERT = {
    "displayName": "Existing",
    "combiner": "OR",
    "conditions": [
        {"displayName": "Existing", "conditionMatchedLog": {"filter": "severity>=ERROR"}}
    ],
    "alertStrategy": {"notificationRateLimit": {"period": "300s"}},
}
_CHANNEL = {"type": "email", "labels": {"email_address": "a@example.com"}}
_DASHBOARD = {"displayName": "Existing", "mosaicLayout": {"columns": 12}}
BODIES: dict[str, Document] = {
    "artifactregistry/Repository": {"format": "DOCKER"},
    "bigquery/Dataset": {"datasetReference": {"datasetId": "another"}, "location": "EU"},
    "bigquery/Job": {"configuration": {"query": {"query": "SELECT 1", "useLegacySql": False}}},
    "bigquery/Table": {"tableReference": {"tableId": "another"}},
    "cloudresourcemanager/SetIamPolicyRequest": {
        "policy": {"bindings": [{"role": "roles/owner", "members": [OWNER]}]}
    },
    "cloudscheduler/Job": {
        "schedule": "0 6 * * *",
        "timeZone": "Europe/Berlin",
        "httpTarget": {"uri": "https://example.com/"},
    },
    "iam/CreateServiceAccountRequest": {"accountId": "another-one"},
    "iam/WorkloadIdentityPool": {"displayName": "Existing"},
    "iam/WorkloadIdentityPoolProvider": _PROVIDER,
    "logging/ListLogEntriesRequest": {
        "resourceNames": ["projects/demo"],
        "filter": "severity>=ERROR",
    },
    "logging/LogMetric": {"name": "another", "filter": "severity>=ERROR"},
    "logging/WriteLogEntriesRequest": {"entries": [_ENTRY]},
    "monitoring/AlertPolicy": _ALERT,
    "monitoring/Dashboard": _DASHBOARD,
    "monitoring/NotificationChannel": _CHANNEL,
    "run/GoogleCloudRunV2Job": {
        "template": {"template": {"containers": [_CONTAINER], "serviceAccount": ACCOUNT}}
    },
    "run/Job": {
        "apiVersion": "run.googleapis.com/v1",
        "kind": "Job",
        "metadata": {"name": "another", "namespace": "demo"},
        "spec": {"template": {"spec": {"template": {"spec": {"containers": [_CONTAINER]}}}}},
    },
    "secretmanager/AddSecretVersionRequest": {"payload": {"data": "bGl2ZQ=="}},
    "secretmanager/Secret": {"replication": {"automatic": {}}},
    "serviceusage/BatchEnableServicesRequest": {"serviceIds": ["run.googleapis.com"]},
    "storage/Bucket": {"name": "another", "location": "EU"},
    "storage/Policy": {"bindings": [{"role": "roles/storage.admin", "members": [OWNER]}]},
    "iamcredentials/GenerateAccessTokenRequest": {
        "scope": ["https://www.googleapis.com/auth/cloud-platform"]
    },
}
"""Bodies that are right, by API and schema."""
BODIES |= {
    f"{api}/{schema}": body
    for api in ("artifactregistry", "iam", "run", "secretmanager")
    for schema, body in (
        ("SetIamPolicyRequest", _POLICY),
        ("GoogleIamV1SetIamPolicyRequest", _POLICY),
        ("TestIamPermissionsRequest", {"permissions": ["run.jobs.run"]}),
    )
}


class Engine:
    """Succeeds at once."""

    def run(self, task: object, write: object, cancelled: threading.Event) -> Outcome:
        return Outcome(started=True, exit_code=0)


class Images:
    """Has every image."""

    def digest_of(self, image: str) -> str | None:
        return "sha256:" + "a" * 64


def made(collections: Collection[str]) -> tuple[Client, dict[str, str]]:
    """The client, and the ids that the server chose in those of ``CHOSEN`` that are wanted."""
    client = Client()
    client.cloud.executor, client.cloud.registry = Engine(), Images()
    install(client.cloud, lambda _: Reply(200), lambda _: 0)
    for role in ("roles/iam.serviceAccountTokenCreator", "roles/storage.admin"):
        client.grant(OWNER, role)
    job = BODIES["cloudscheduler/Job"] | {"name": f"{LOCATION}/jobs/existing"}
    for address, body in (
        (f"{IAM}/serviceAccounts", {"accountId": "existing"}),
        (f"{SECRETS}?secretId=existing", BODIES["secretmanager/Secret"]),
        (f"{SECRETS}/existing:addVersion", BODIES["secretmanager/AddSecretVersionRequest"]),
        (f"{POOLS}?workloadIdentityPoolId=existing", BODIES["iam/WorkloadIdentityPool"]),
        (f"{POOLS}/existing/providers?workloadIdentityPoolProviderId=existing", _PROVIDER),
        (f"{REPOSITORIES}?repositoryId=existing", BODIES["artifactregistry/Repository"]),
        (f"{BUCKETS}?project=demo", {"name": "existing", "location": "EU"}),
        (_OBJECT, {"content": "of an object"}),
        (f"{RUN}/jobs?jobId=existing", BODIES["run/GoogleCloudRunV2Job"]),
        (SCHEDULER, job),
        (f"{LOGGING}/metrics", BODIES["logging/LogMetric"] | {"name": "existing"}),
        (f"{LOGGING.removesuffix('/projects/demo')}/entries:write", {"entries": [_ENTRY]}),
    ):
        client.post(address, body).ok
    wanted = {place: one for place, one in CHOSEN.items() if place in collections}
    return client, {place: _last(client.post(*one).ok) for place, one in wanted.items()}


CHOSEN = {
    "keys": (f"{IAM}/serviceAccounts/{ACCOUNT}/keys", {}),
    "executions": (f"{RUN}/jobs/existing:run", {}),
    "alertPolicies": (f"{MONITORING}/v3/projects/demo/alertPolicies", _ALERT),
    "notificationChannels": (f"{MONITORING}/v3/projects/demo/notificationChannels", _CHANNEL),
    "dashboards": (f"{MONITORING}/v1/projects/demo/dashboards", _DASHBOARD),
}
"""What gets its id from the server: the requests that make it, by collection."""


def _last(answer: Document) -> str:
    name = answer.get("metadata", answer).get("name") or answer["name"]
    return str(name).rpartition("/")[2]
