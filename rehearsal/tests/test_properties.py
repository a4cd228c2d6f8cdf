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
from tests.discovered_requests import Request, has_body, requests

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
_RUN_V1 = "https://europe-west1-run.googleapis.com/apis/run.googleapis.com/v1/namespaces/demo"
_SECRETS = "https://secretmanager.googleapis.com/v1/projects/demo/secrets"
_IAM = "https://iam.googleapis.com/v1/projects/demo"
_POOLS = f"{_IAM}/locations/global/workloadIdentityPools"
_REPOSITORIES = f"https://artifactregistry.googleapis.com/v1/{_LOCATION}/repositories"
_SCHEDULER = f"https://cloudscheduler.googleapis.com/v1/{_LOCATION}/jobs"
_PROJECT = "https://cloudresourcemanager.googleapis.com/v1/projects/demo"
_BUCKETS = "https://storage.googleapis.com/storage/v1/b"
_OBJECT = (
    "https://storage.googleapis.com/upload/storage/v1/b/existing/o?uploadType=media&name=existing"
)
_LOGGING = "https://logging.googleapis.com/v2/projects/demo"
_MONITORING = "https://monitoring.googleapis.com"

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
_BODIES: dict[str, Document] = {
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
_BODIES |= {
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


def made() -> tuple[Client, dict[str, str]]:
    """A project that has one of each, called ``existing``; and the ids that the server chose."""
    client = Client()
    client.cloud.executor, client.cloud.registry = Engine(), Images()
    install(client.cloud, lambda _: Reply(200), lambda _: 0)
    for role in ("roles/iam.serviceAccountTokenCreator", "roles/storage.admin"):
        client.grant(OWNER, role)
    job = _BODIES["cloudscheduler/Job"] | {"name": f"{_LOCATION}/jobs/existing"}
    for address, body in (
        (f"{_IAM}/serviceAccounts", {"accountId": "existing"}),
        (f"{_SECRETS}?secretId=existing", _BODIES["secretmanager/Secret"]),
        (f"{_SECRETS}/existing:addVersion", _BODIES["secretmanager/AddSecretVersionRequest"]),
        (f"{_POOLS}?workloadIdentityPoolId=existing", _BODIES["iam/WorkloadIdentityPool"]),
        (f"{_POOLS}/existing/providers?workloadIdentityPoolProviderId=existing", _PROVIDER),
        (f"{_REPOSITORIES}?repositoryId=existing", _BODIES["artifactregistry/Repository"]),
        (f"{_BUCKETS}?project=demo", {"name": "existing", "location": "EU"}),
        (_OBJECT, {"content": "of an object"}),
        (f"{_RUN}/jobs?jobId=existing", _BODIES["run/GoogleCloudRunV2Job"]),
        (_SCHEDULER, job),
        (f"{_LOGGING}/metrics", _BODIES["logging/LogMetric"] | {"name": "existing"}),
        (f"{_LOGGING.removesuffix('/projects/demo')}/entries:write", {"entries": [_ENTRY]}),
    ):
        client.post(address, body).ok
    return client, {place: _last(client.post(*one).ok) for place, one in _CHOSEN.items()}


_CHOSEN = {
    "keys": (f"{_IAM}/serviceAccounts/{ACCOUNT}/keys", {}),
    "executions": (f"{_RUN}/jobs/existing:run", {}),
    "alertPolicies": (f"{_MONITORING}/v3/projects/demo/alertPolicies", _ALERT),
    "notificationChannels": (f"{_MONITORING}/v3/projects/demo/notificationChannels", _CHANNEL),
    "dashboards": (f"{_MONITORING}/v1/projects/demo/dashboards", _DASHBOARD),
}
"""What gets its id from the server: the requests that make it, by collection."""


def _last(answer: Document) -> str:
    name = answer.get("metadata", answer).get("name") or answer["name"]
    return str(name).rpartition("/")[2]


@pytest.fixture
def world() -> Iterator[tuple[Client, dict[str, str]]]:
    client, there = made()
    assert wait_until_idle(client.cloud, 60)
    yield client, there
    assert wait_until_idle(client.cloud, 60)


@pytest.mark.parametrize(
    ("key", "served"), [pytest.param(*one, id=" ".join(one[0])) for one in METHODS]
)
def test_every_request_gets_an_orderly_answer_and_a_stranger_gets_nothing(
    key: Key, served: Served, world: tuple[Client, dict[str, str]]
) -> None:
    client, there = world

    @settings(steady, max_examples=25 if has_body(key) else 12)
    @given(
        request=requests(key, _BODIES, there),
        caller=st.sampled_from((OWNER, OWNER, OWNER, STRANGER, None)),
    )
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


_ROLES = ("roles/viewer", "roles/run.invoker", "roles/storage.objectViewer", "roles/no.such", "")
_MEMBERS = (
    OWNER,
    "user:a@example.com",
    "allUsers",
    f"serviceAccount:{ACCOUNT}",
    "serviceAccount:missing@demo.iam.gserviceaccount.com",
    "a@example.com",
    "",
)
_RIGHT_ROLES, _RIGHT_MEMBERS = set(_ROLES[:3]), set(_MEMBERS[:4])
_POLICIES = {
    "secret": f"{_SECRETS}/existing",
    "job": f"{_RUN}/jobs/existing",
    "repository": f"{_REPOSITORIES}/existing",
    "account": f"{_IAM}/serviceAccounts/{ACCOUNT}",
    "project": _PROJECT,
    "bucket": f"{_BUCKETS}/existing/iam",
}
bindings = st.lists(
    st.fixed_dictionaries(
        {
            "role": st.sampled_from(_ROLES),
            "members": st.lists(st.sampled_from(_MEMBERS), max_size=3),
        }
    ),
    max_size=3,
)


def _policy(client: Client, kind: str) -> Document:
    address = _POLICIES[kind]
    if kind == "bucket":
        return client.get(address).ok
    verb = "POST" if kind in {"account", "project"} else "GET"
    return client.request(verb, f"{address}:getIamPolicy").ok


def _set_policy(client: Client, kind: str, policy: Document) -> Response:
    if kind == "bucket":
        return client.put(_POLICIES[kind], policy)
    return client.post(f"{_POLICIES[kind]}:setIamPolicy", {"policy": policy})


def _grants(policy: Document) -> set[tuple[str, str]]:
    return {
        (one["role"], member)
        for one in policy.get("bindings", [])
        for member in one.get("members", [])
    }


@pytest.mark.parametrize("kind", _POLICIES)
def test_a_policy_is_either_kept_as_it_was_sent_or_refused_without_a_trace(
    kind: str, world: tuple[Client, dict[str, str]]
) -> None:
    client, _ = world
    owners = {"role": "roles/owner", "members": [OWNER]}

    @settings(steady, max_examples=60)
    @given(chosen=bindings)
    def holds(chosen: list[Document]) -> None:
        before = _policy(client, kind)
        sent = [*chosen, owners] if kind == "project" else chosen
        answer = _set_policy(client, kind, {"etag": before["etag"], "bindings": sent})
        _require_orderly(answer)
        after = _policy(client, kind)
        if answer.status >= 400:
            assert after == before
            return
        assert _grants(after) == _grants({"bindings": sent})
        assert {role for role, _ in _grants(after)} <= _RIGHT_ROLES | {"roles/owner"}
        assert {member for _, member in _grants(after)} <= _RIGHT_MEMBERS
        assert all(one["members"] for one in after.get("bindings", []))
        assert _set_policy(client, kind, after).status == 200

    holds()


@pytest.mark.parametrize("kind", _POLICIES)
def test_a_policy_that_somebody_else_has_changed_is_not_overwritten(
    kind: str, world: tuple[Client, dict[str, str]]
) -> None:
    client, _ = world
    read = _policy(client, kind)
    added = {"role": "roles/viewer", "members": ["user:a@example.com"]}
    changed = read | {"bindings": [*read.get("bindings", []), added]}
    assert _set_policy(client, kind, changed).status == 200
    refused = _set_policy(client, kind, changed)
    assert refused.status in {409, 412}


_CHANGES = {
    "secret": ("PATCH", f"{_SECRETS}/existing", "?updateMask=labels"),
    "job": ("PATCH", f"{_RUN}/jobs/existing", ""),
    "job of version 1": ("PUT", f"{_RUN_V1}/jobs/existing", ""),
    "repository": ("PATCH", f"{_REPOSITORIES}/existing", "?updateMask=description"),
    "scheduled job": ("PATCH", f"{_SCHEDULER}/existing", ""),
    "pool": ("PATCH", f"{_POOLS}/existing", "?updateMask=displayName"),
    "provider": ("PATCH", f"{_POOLS}/existing/providers/existing", "?updateMask=displayName"),
    "bucket": ("PATCH", f"{_BUCKETS}/existing", ""),
    "whole bucket": ("PUT", f"{_BUCKETS}/existing", ""),
    "object": ("PATCH", f"{_BUCKETS}/existing/o/existing", ""),
    "metric": ("PUT", f"{_LOGGING}/metrics/existing", ""),
    "alert policy": ("PATCH", f"{_MONITORING}/v3/projects/demo/alertPolicies/", ""),
    "channel": ("PATCH", f"{_MONITORING}/v3/projects/demo/notificationChannels/", ""),
    "dashboard": ("PATCH", f"{_MONITORING}/v1/projects/demo/dashboards/", ""),
}
"""How each resource is changed: verb, address (an id that the server chose is left out), query."""
_COUNTED = {
    "etag", "generation", "observedGeneration", "metageneration", "resourceVersion",
    "mutationRecord", "mutationRecords", "run.googleapis.com/operation-id", "configuration_version",
}  # fmt: skip
"""What tells that there was a change, and not what it was."""


@pytest.mark.parametrize("kind", _CHANGES)
def test_a_resource_that_is_sent_back_as_it_was_read_stays_as_it_is(
    kind: str, world: tuple[Client, dict[str, str]]
) -> None:
    client, there = world
    verb, address, query = _CHANGES[kind]
    if address.endswith("/"):
        address += there[address.split("/")[-2]]
    read = client.get(address).ok
    for _ in range(2):
        client.request(verb, address + query, client.get(address).ok).ok
        assert _without_counts(client.get(address).ok) == _without_counts(read)


def _without_counts(value: object) -> object:
    if isinstance(value, dict):
        return {key: _without_counts(one) for key, one in value.items() if key not in _COUNTED}
    if isinstance(value, list):
        return [_without_counts(one) for one in value]
    return value
