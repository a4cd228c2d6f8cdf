"""Whatever is sent to a method of ours, it answers, and only to whom it may."""

from functools import cache

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rehearsal.api.service import Key, Served
from rehearsal.documents import Document
from rehearsal.services import all_services
from rehearsal.services.run import wait_until_idle
from tests.client import OWNER, Client, Response
from tests.discovered_requests import Request, collections, has_body, reads, requests
from tests.one_of_each import (
    ACCOUNT,
    BODIES,
    BUCKETS,
    CHOSEN,
    IAM,
    LOGGING,
    MONITORING,
    POOLS,
    PROJECT,
    REPOSITORIES,
    RUN,
    RUN_V1,
    SCHEDULER,
    SECRETS,
    made,
)

STRANGER = "user:stranger@example.net"
METHODS = sorted((key, served) for one in all_services() for key, served in one.methods.items())
steady = settings(
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)

type World = tuple[Client, dict[str, str]]


@cache
def world_to_read() -> World:
    """One for all that change nothing."""
    client, there = made(CHOSEN)
    assert wait_until_idle(client.cloud, 60)
    return client, there


@pytest.fixture
def world() -> World:
    """One of its own for each test that changes something."""
    client, there = made(CHOSEN.keys() - {"keys"})
    assert wait_until_idle(client.cloud, 60)
    return client, there


@pytest.mark.parametrize(
    ("key", "served"), [pytest.param(*one, id=" ".join(one[0])) for one in METHODS]
)
def test_every_request_gets_an_orderly_answer_and_a_stranger_gets_nothing(
    key: Key, served: Served
) -> None:
    client, there = world_to_read() if reads(key) else made(collections(key))

    @settings(steady, max_examples=30 if has_body(key) else 15)
    @given(
        request=requests(key, BODIES, there),
        caller=st.sampled_from((OWNER, OWNER, OWNER, STRANGER, None)),
    )
    def answers(request: Request, caller: str | None) -> None:
        answer = client.request(request.method, request.url, request.body, as_=caller)
        _require_orderly(answer)
        if caller != OWNER and not served.unchecked:
            assert answer.status >= 400, f"{caller} may: {answer.request}"

    answers()
    assert wait_until_idle(client.cloud, 60)


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
    "secret": f"{SECRETS}/existing",
    "job": f"{RUN}/jobs/existing",
    "repository": f"{REPOSITORIES}/existing",
    "account": f"{IAM}/serviceAccounts/{ACCOUNT}",
    "project": PROJECT,
    "bucket": f"{BUCKETS}/existing/iam",
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
    kind: str, world: World
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
    kind: str, world: World
) -> None:
    client, _ = world
    read = _policy(client, kind)
    added = {"role": "roles/viewer", "members": ["user:a@example.com"]}
    changed = read | {"bindings": [*read.get("bindings", []), added]}
    assert _set_policy(client, kind, changed).status == 200
    refused = _set_policy(client, kind, changed)
    assert refused.status in {409, 412}


_CHANGES = {
    "secret": ("PATCH", f"{SECRETS}/existing", "?updateMask=labels"),
    "job": ("PATCH", f"{RUN}/jobs/existing", ""),
    "job of version 1": ("PUT", f"{RUN_V1}/jobs/existing", ""),
    "repository": ("PATCH", f"{REPOSITORIES}/existing", "?updateMask=description"),
    "scheduled job": ("PATCH", f"{SCHEDULER}/existing", ""),
    "pool": ("PATCH", f"{POOLS}/existing", "?updateMask=displayName"),
    "provider": ("PATCH", f"{POOLS}/existing/providers/existing", "?updateMask=displayName"),
    "bucket": ("PATCH", f"{BUCKETS}/existing", ""),
    "whole bucket": ("PUT", f"{BUCKETS}/existing", ""),
    "object": ("PATCH", f"{BUCKETS}/existing/o/existing", ""),
    "metric": ("PUT", f"{LOGGING}/metrics/existing", ""),
    "alert policy": ("PATCH", f"{MONITORING}/v3/projects/demo/alertPolicies/", ""),
    "channel": ("PATCH", f"{MONITORING}/v3/projects/demo/notificationChannels/", ""),
    "dashboard": ("PATCH", f"{MONITORING}/v1/projects/demo/dashboards/", ""),
}
"""How each resource is changed: verb, address (an id that the server chose is left out), query."""
_COUNTED = {
    "etag", "generation", "observedGeneration", "metageneration", "resourceVersion",
    "mutationRecord", "mutationRecords", "run.googleapis.com/operation-id", "configuration_version",
}  # fmt: skip
"""What tells that there was a change, and not what it was."""


@pytest.mark.parametrize("kind", _CHANGES)
def test_a_resource_that_is_sent_back_as_it_was_read_stays_as_it_is(
    kind: str, world: World
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
