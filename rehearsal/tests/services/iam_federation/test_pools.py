from datetime import timedelta

import pytest

from tests.client import Client
from tests.services.iam_federation.world import API, POOL, POOLS, with_pool, with_provider


def test_a_pool_is_made_by_an_operation_and_named_with_the_projects_number() -> None:
    client = Client()
    operation = client.post(f"{POOLS}?workloadIdentityPoolId=github", {"displayName": "G"}).ok
    assert operation["name"].startswith(f"{POOL}/operations/")
    done = client.get(f"{API}/{operation['name']}").ok
    assert done["done"] is True
    assert done["response"]["@type"] == "type.googleapis.com/google.iam.v1.WorkloadIdentityPool"
    assert client.get(f"{POOLS}/github").ok == {
        "name": POOL, "state": "ACTIVE", "displayName": "G",
    }  # fmt: skip


@pytest.mark.parametrize("pool_id", ["", "abc", "gcp-pool", "Upper", "x" * 33])
def test_a_bad_id_is_refused(pool_id: str) -> None:
    assert Client().post(f"{POOLS}?workloadIdentityPoolId={pool_id}", {}).status == 400


def test_a_pool_is_made_once() -> None:
    assert with_pool().post(f"{POOLS}?workloadIdentityPoolId=github", {}).status == 409


def test_a_patch_changes_what_the_mask_names() -> None:
    client = with_pool()
    client.patch(f"{POOLS}/github?updateMask=displayName", {"displayName": "new"}).ok
    assert client.get(f"{POOLS}/github").ok["displayName"] == "new"


def test_a_deleted_pool_says_so_and_can_be_brought_back() -> None:
    client = with_pool()
    client.delete(f"{POOLS}/github").ok
    assert client.get(f"{POOLS}/github").ok["state"] == "DELETED"
    assert client.get(POOLS).ok == {}
    assert len(client.get(f"{POOLS}?showDeleted=true").ok["workloadIdentityPools"]) == 1
    assert client.patch(f"{POOLS}/github?updateMask=disabled", {"disabled": True}).status == 404
    client.post(f"{POOLS}/github:undelete", {}).ok
    assert client.get(f"{POOLS}/github").ok == {
        "name": POOL, "state": "ACTIVE", "displayName": "GitHub",
    }  # fmt: skip


def test_the_id_of_a_deleted_pool_is_free_after_thirty_days() -> None:
    client = with_provider()
    client.delete(f"{POOLS}/github")
    client.cloud.timeline.advance(timedelta(days=29))
    assert client.post(f"{POOLS}?workloadIdentityPoolId=github", {}).status == 409
    client.cloud.timeline.advance(timedelta(days=1))
    assert client.post(f"{POOLS}?workloadIdentityPoolId=github", {}).status == 200
    assert client.get(f"{POOLS}/github/providers").ok == {}


def test_a_pool_that_is_there_is_not_brought_back() -> None:
    assert with_pool().post(f"{POOLS}/github:undelete", {}).status == 400


def test_there_are_no_attestation_rules() -> None:
    client = with_pool()
    assert client.get(f"{POOLS}/github:listAttestationRules").ok == {}
    assert client.get(f"{POOLS}/nope:listAttestationRules").status == 404


def test_a_stranger_may_not_read_a_pool() -> None:
    client = with_pool()
    assert client.get(f"{POOLS}/github", as_="user:x@example.com").status == 403
    rules = f"{POOLS}/github:listAttestationRules"
    assert client.get(rules, as_="user:x@example.com").status == 403
