"""Whatever is sent to a method of ours, it answers, and only to whom it may."""

import threading
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rehearsal.api.service import Key, Served
from rehearsal.documents import Document
from rehearsal.execution.task import Outcome
from rehearsal.services import all_services
from rehearsal.services.run import wait_until_idle
from rehearsal.services.scheduler.attempts import install
from rehearsal.services.scheduler.delivery import Reply
from tests.client import OWNER, Client, Response
from tests.discovered_requests import Request, requests

STRANGER = "user:stranger@example.net"
ACCOUNT = "existing@demo.iam.gserviceaccount.com"
METHODS = sorted((key, served) for one in all_services() for key, served in one.methods.items())
steady = settings(
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)

_LOCATION = "projects/demo/locations/europe-west1"
_RUN = "https://run.googleapis.com/v2/" + _LOCATION
_SECRETS = "https://secretmanager.googleapis.com/v1/projects/demo/secrets"
_IAM = "https://iam.googleapis.com/v1/projects/demo"
_POOLS = f"{_IAM}/locations/global/workloadIdentityPools"
_REPOSITORIES = f"https://artifactregistry.googleapis.com/v1/{_LOCATION}/repositories"
_SCHEDULER = f"https://cloudscheduler.googleapis.com/v1/{_LOCATION}/jobs"
_BUCKETS = "https://storage.googleapis.com/storage/v1/b"

_CONTAINER = {"image": "europe-west1-docker.pkg.dev/demo/existing/image:v1"}
_SEEDS: dict[str, Document] = {
    "GoogleCloudRunV2Job": {
        "template": {"template": {"containers": [_CONTAINER], "serviceAccount": ACCOUNT}}
    },
    "Job": {
        "apiVersion": "run.googleapis.com/v1",
        "kind": "Job",
        "metadata": {"name": "existing", "namespace": "demo"},
        "spec": {"template": {"spec": {"template": {"spec": {"containers": [_CONTAINER]}}}}},
        "name": f"{_LOCATION}/jobs/existing",
        "schedule": "0 6 * * *",
        "timeZone": "Europe/Berlin",
        "httpTarget": {"uri": "https://example.com/"},
        "configuration": {"query": {"query": "SELECT 1", "useLegacySql": False}},
    },
    "Secret": {"replication": {"automatic": {}}},
    "AddSecretVersionRequest": {"payload": {"data": "bGl2ZQ=="}},
    "CreateServiceAccountRequest": {"accountId": "another-one"},
    "WorkloadIdentityPool": {"displayName": "Existing"},
    "WorkloadIdentityPoolProvider": {
        "attributeMapping": {"google.subject": "assertion.sub"},
        "attributeCondition": "assertion.repository == 'o/r'",
        "oidc": {"issuerUri": "https://token.actions.githubusercontent.com"},
    },
    "Repository": {"format": "DOCKER"},
    "Bucket": {"name": "existing", "location": "EU"},
    "Dataset": {"datasetReference": {"datasetId": "existing"}, "location": "EU"},
    "Table": {"tableReference": {"tableId": "existing"}},
    "SetIamPolicyRequest": {
        "policy": {"bindings": [{"role": "roles/viewer", "members": ["allUsers"]}]}
    },
    "Policy": {"bindings": [{"role": "roles/storage.admin", "members": [OWNER]}]},
    "TestIamPermissionsRequest": {"permissions": ["run.jobs.run"]},
    "ListLogEntriesRequest": {"resourceNames": ["projects/demo"], "filter": "severity>=ERROR"},
    "WriteLogEntriesRequest": {
        "entries": [
            {
                "logName": "projects/demo/logs/existing",
                "resource": {"type": "global"},
                "textPayload": "text",
            }
        ]
    },
    "LogMetric": {"name": "existing", "filter": "severity>=ERROR"},
    "GenerateAccessTokenRequest": {"scope": ["https://www.googleapis.com/auth/cloud-platform"]},
    "BatchEnableServicesRequest": {"serviceIds": ["run.googleapis.com"]},
}
"""Bodies that are right. ``Job`` is the name of three schemas; each ignores or refuses the rest."""


class Engine:
    """Succeeds at once."""

    def run(self, task: object, write: object, cancelled: threading.Event) -> Outcome:
        return Outcome(started=True, exit_code=0)


class Images:
    """Has every image."""

    def digest_of(self, image: str) -> str | None:
        return "sha256:" + "a" * 64


def made() -> Client:
    """A project that has one of each, called ``existing``."""
    client = Client()
    client.cloud.executor, client.cloud.registry = Engine(), Images()
    install(client.cloud, lambda _: Reply(200), lambda _: 0)
    job = {name: _SEEDS["Job"][name] for name in ("name", "schedule", "timeZone", "httpTarget")}
    for address, body in (
        (f"{_IAM}/serviceAccounts", {"accountId": "existing"}),
        (f"{_SECRETS}?secretId=existing", _SEEDS["Secret"]),
        (f"{_SECRETS}/existing:addVersion", _SEEDS["AddSecretVersionRequest"]),
        (f"{_POOLS}?workloadIdentityPoolId=existing", _SEEDS["WorkloadIdentityPool"]),
        (
            f"{_POOLS}/existing/providers?workloadIdentityPoolProviderId=existing",
            _SEEDS["WorkloadIdentityPoolProvider"],
        ),
        (f"{_REPOSITORIES}?repositoryId=existing", _SEEDS["Repository"]),
        (f"{_BUCKETS}?project=demo", _SEEDS["Bucket"]),
        (f"{_RUN}/jobs?jobId=existing", _SEEDS["GoogleCloudRunV2Job"]),
        (_SCHEDULER, job),
    ):
        client.post(address, body).ok
    return client


@pytest.fixture
def client() -> Iterator[Client]:
    world = made()
    yield world
    assert wait_until_idle(world.cloud, 60)


@pytest.mark.parametrize(
    ("key", "served"), [pytest.param(*one, id=" ".join(one[0])) for one in METHODS]
)
def test_every_request_gets_an_orderly_answer_and_a_stranger_gets_nothing(
    key: Key, served: Served, client: Client
) -> None:
    @settings(steady, max_examples=30)
    @given(request=requests(key, _SEEDS), caller=st.sampled_from((OWNER, OWNER, STRANGER, None)))
    def answers(request: Request, caller: str | None) -> None:
        answer = client.request(request.method, request.url, request.body, as_=caller)
        _require_orderly(answer)
        if caller != OWNER and not served.unchecked:
            assert answer.status >= 400, f"{caller} may: {answer.request}"

    answers()


def _require_orderly(answer: Response) -> None:
    assert answer.status < 500, f"{answer.request}: {answer.content.decode()}"
    if answer.status >= 400 and answer.content and answer.headers.get("content-type") is None:
        error = answer.json["error"]
        if isinstance(error, str):  # as OAuth 2.0 has it: error and error_description
            assert answer.json["error_description"]
        else:
            assert error["code"] == answer.status
            assert error["message"]
            assert error["status"]
