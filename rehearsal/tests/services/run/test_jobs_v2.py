"""Jobs as Terraform and the client libraries make them."""

import pytest

from tests.client import NUMBER, OWNER
from tests.services.run.world import (
    ACCOUNT,
    IMAGE,
    LOCATION,
    MEMBER,
    SECRET,
    V1_HOST,
    V2,
    World,
    container,
    job,
)

NAME = f"{LOCATION}/jobs/ingest"


@pytest.fixture
def world() -> World:
    return World()


def test_a_job_comes_back_as_it_was_sent(world: World) -> None:
    operation = world.client.post(f"{V2}?jobId=ingest", job()).ok
    assert operation["done"]
    assert operation["response"]["@type"] == "type.googleapis.com/google.cloud.run.v2.Job"
    found = world.job()
    sent = job()
    assert found["name"] == NAME
    assert found["labels"] == sent["labels"]
    task, wanted = found["template"]["template"], sent["template"]["template"]
    assert {name: task[name] for name in wanted} == wanted
    assert found["template"]["taskCount"] == 1
    assert found["generation"] == found["observedGeneration"] == "1"
    assert found["terminalCondition"]["state"] == "CONDITION_SUCCEEDED"
    assert found["creator"] == found["lastModifier"] == "owner@example.com"
    assert world.client.get(f"https://run.googleapis.com/v2/{operation['name']}").ok == operation


def test_what_a_job_does_not_say_is_filled_in(world: World) -> None:
    bare = {"template": {"template": {"containers": [{"image": IMAGE}]}}}
    world.client.post(f"{V2}?jobId=ingest", bare).ok
    template = world.job()["template"]
    task = template["template"]
    assert template["taskCount"] == 1
    assert (task["maxRetries"], task["timeout"]) == (3, "600s")
    assert task["containers"][0]["resources"]["limits"] == {"cpu": "1000m", "memory": "512Mi"}
    assert task["serviceAccount"] == f"{NUMBER}-compute@developer.gserviceaccount.com"
    assert world.job()["launchStage"] == "GA"


def test_a_second_job_of_a_name_is_refused(world: World) -> None:
    world.create()
    error = world.client.post(f"{V2}?jobId=ingest", job()).error
    assert (error["code"], error["message"]) == (409, "Resource 'ingest' already exists.")


def test_patch_replaces_all_that_can_be_set(world: World) -> None:
    world.create(annotations={"a": "b"})
    world.client.patch(f"{V2}/ingest", job(labels={"env": "other"}, template={"maxRetries": 5})).ok
    found = world.job()
    assert found["labels"] == {"env": "other"}
    assert "annotations" not in found
    assert found["template"]["template"]["maxRetries"] == 5


def test_only_a_change_of_the_template_raises_the_generation(world: World) -> None:
    first = world.create()
    world.client.patch(f"{V2}/ingest", job(labels={"env": "other"})).ok
    second = world.job()
    assert second["generation"] == "1"
    assert second["etag"] != first["etag"]
    world.client.patch(f"{V2}/ingest", job(template={"maxRetries": 2})).ok
    assert world.job()["generation"] == "2"
    assert world.job()["uid"] == first["uid"]


def test_an_old_etag_is_refused(world: World) -> None:
    etag = world.create()["etag"]
    world.client.patch(f"{V2}/ingest", job(labels={"env": "x"}, etag=etag)).ok
    for answer in (
        world.client.patch(f"{V2}/ingest", job(etag=etag)),
        world.client.delete(f"{V2}/ingest?etag={etag.strip('"')}"),
        world.client.post(f"{V2}/ingest:run", {"etag": etag}),
    ):
        assert (answer.error["code"], answer.error["status"]) == (409, "ABORTED")
        assert answer.error["message"].startswith("Conflict for resource 'ingest'")


def test_validate_only_keeps_nothing(world: World) -> None:
    operation = world.client.post(f"{V2}?jobId=ingest&validateOnly=true", job()).ok
    assert operation["response"]["template"]["taskCount"] == 1
    assert world.client.get(f"{V2}/ingest").status == 404
    world.create()
    world.client.patch(f"{V2}/ingest?validateOnly=true", job(labels={"env": "x"})).ok
    world.client.delete(f"{V2}/ingest?validateOnly=true").ok
    assert world.job()["labels"] == {"env": "demo"}


def test_patch_may_make_what_is_missing(world: World) -> None:
    assert world.client.patch(f"{V2}/ingest", job()).error["code"] == 404
    world.client.patch(f"{V2}/ingest?allowMissing=true", job()).ok
    assert world.job()["generation"] == "1"


def test_patch_may_not_make_what_the_caller_may_not_make(world: World) -> None:
    client = world.client
    client.grant("user:dev@example.com", "roles/run.developer", f"//run.googleapis.com/{NAME}")
    answer = client.patch(f"{V2}/ingest?allowMissing=true", job(), as_="user:dev@example.com")
    assert "run.jobs.create" in answer.error["message"]


def test_jobs_are_listed_by_region_and_in_all(world: World) -> None:
    world.create()
    world.create(name="other")
    elsewhere = V2.replace("europe-west1", "us-central1")
    world.client.post(f"{elsewhere}?jobId=far", job()).ok
    names = [one["name"] for one in world.client.get(V2).ok["jobs"]]
    assert names == [f"{LOCATION}/jobs/ingest", f"{LOCATION}/jobs/other"]
    everywhere = world.client.get(V2.replace("europe-west1", "-")).ok["jobs"]
    assert len(everywhere) == 3
    page = world.client.get(f"{V2}?pageSize=1").ok
    assert len(page["jobs"]) == 1
    rest = world.client.get(f"{V2}?pageSize=1&pageToken={page['nextPageToken']}").ok
    assert rest["jobs"][0]["name"].endswith("/other")


def test_a_deleted_job_is_gone_with_its_executions_and_its_policy(world: World) -> None:
    world.create()
    world.client.grant(MEMBER, "roles/run.invoker", f"//run.googleapis.com/{NAME}")
    execution = world.execute()
    operation = world.client.delete(f"{V2}/ingest").ok
    assert operation["response"]["deleteTime"]
    error = world.client.get(f"{V2}/ingest").error
    assert error["message"] == (
        "Resource 'ingest' of kind 'JOB' in region 'europe-west1' in project 'demo' does not exist."
    )
    url = f"https://run.googleapis.com/v2/{execution['name']}"
    assert world.client.get(url).status == 404
    assert world.client.get(f"{url}/tasks/x").status == 404
    world.create()
    policy = world.client.get(f"{V2}/ingest:getIamPolicy").ok
    assert "bindings" not in policy


def test_a_missing_image_ends_the_operation_and_shows_in_the_job(world: World) -> None:
    broken = job(template={"containers": [container(image=f"{IMAGE}none")]})
    operation = world.client.post(f"{V2}?jobId=ingest", broken).ok
    assert operation["error"] == {"code": 5, "message": f"Image '{IMAGE}none' not found."}
    ready = world.job()["terminalCondition"]
    assert (ready["state"], ready["reason"]) == ("CONDITION_FAILED", "CONTAINER_MISSING")
    world.client.patch(f"{V2}/ingest", job()).ok
    assert world.job()["terminalCondition"]["state"] == "CONDITION_SUCCEEDED"


def test_an_image_of_others_is_believed(world: World) -> None:
    world.create(template={"containers": [container(image="us-docker.pkg.dev/google/x/job")]})
    assert world.job()["terminalCondition"]["state"] == "CONDITION_SUCCEEDED"


def test_a_secret_that_the_account_may_not_read_is_named(world: World) -> None:
    with world.client.cloud.store.transaction():
        world.client.cloud.access.put_bindings(SECRET, [])
    operation = world.client.post(f"{V2}?jobId=ingest", job()).ok
    assert operation["error"]["code"] == 7
    assert operation["error"]["message"] == (
        f"Permission denied on secret: projects/{NUMBER}/secrets/dog-api-key/versions/latest for"
        f" Revision service account {ACCOUNT}. The service account used must be granted the"
        " 'Secret Manager Secret Accessor' role (roles/secretmanager.secretAccessor) at the secret,"
        " project or higher level."
    )
    assert world.job()["terminalCondition"]["reason"] == "SECRETS_ACCESS_CHECK_FAILED"


def test_a_secret_that_is_not_there_is_named(world: World) -> None:
    world.client.grant(MEMBER, "roles/secretmanager.secretAccessor")
    reference = {"secretKeyRef": {"secret": "none", "version": "latest"}}
    variables = [{"name": "KEY", "valueSource": reference}]
    broken = job(template={"containers": [container(env=variables)]})
    operation = world.client.post(f"{V2}?jobId=ingest", broken).ok
    assert operation["error"]["code"] == 5
    assert operation["error"]["message"] == (
        f"Secret projects/{NUMBER}/secrets/none/versions/latest was not found"
    )


@pytest.mark.parametrize("whole", ["projects/demo/secrets/dog-api-key",
                                   f"projects/{NUMBER}/secrets/dog-api-key"])  # fmt: skip
def test_a_secret_may_be_named_in_full(world: World, whole: str) -> None:
    reference = {"secretKeyRef": {"secret": whole, "version": "1"}}
    variables = [{"name": "KEY", "valueSource": reference}]
    found = world.create(template={"containers": [container(env=variables)]})
    assert found["terminalCondition"]["state"] == "CONDITION_SUCCEEDED"
    assert found["template"]["template"]["containers"][0]["env"] == variables
    world.execute()
    assert world.engine.tasks[0].environment["KEY"] == "live_key"


def test_who_may_not_act_as_the_account_makes_no_job_of_it(world: World) -> None:
    dev = "user:dev@example.com"
    world.client.grant(dev, "roles/run.developer")
    answer = world.client.post(f"{V2}?jobId=ingest", job(), as_=dev)
    assert answer.error["code"] == 403
    assert answer.error["message"] == (
        f"Permission 'iam.serviceaccounts.actAs' denied on service account {ACCOUNT} (or it may"
        " not exist)."
    )
    account = f"//iam.googleapis.com/projects/demo/serviceAccounts/{ACCOUNT}"
    world.client.grant(dev, "roles/iam.serviceAccountUser", account)
    world.client.post(f"{V2}?jobId=ingest", job(), as_=dev).ok


def test_an_account_that_is_not_there_is_refused_to_its_owner_too(world: World) -> None:
    ghost = "ghost@demo.iam.gserviceaccount.com"
    answer = world.client.post(f"{V2}?jobId=ingest", job(template={"serviceAccount": ghost}))
    assert "(or it may not exist)" in answer.error["message"]


def test_a_policy_is_the_same_in_both_versions(world: World) -> None:
    world.create()
    v1 = f"https://run.googleapis.com/v1/{NAME}"
    binding = {"role": "roles/run.invoker", "members": [MEMBER]}
    etag = world.client.get(f"{v1}:getIamPolicy").ok["etag"]
    policy = {"policy": {"bindings": [binding], "etag": etag, "version": 1}}
    world.client.post(f"{v1}:setIamPolicy", policy).ok
    assert world.client.get(f"{V2}/ingest:getIamPolicy").ok["bindings"] == [binding]
    asked = {"permissions": ["run.jobs.run", "run.jobs.delete"]}
    url = f"{V2}/ingest:testIamPermissions"
    assert world.client.post(url, asked, as_=MEMBER).ok == {"permissions": ["run.jobs.run"]}


def test_a_right_to_one_job_is_none_to_another(world: World) -> None:
    world.create()
    world.create(name="other")
    world.client.grant(MEMBER, "roles/run.viewer", f"//run.googleapis.com/{NAME}")
    assert world.client.get(f"{V2}/ingest", as_=MEMBER).status == 200
    assert world.client.get(f"{V2}/other", as_=MEMBER).status == 403
    v1 = f"{V1_HOST}/apis/run.googleapis.com/v1/namespaces/demo/jobs"
    assert world.client.get(f"{v1}/ingest", as_=MEMBER).status == 200
    assert world.client.get(f"{v1}/other", as_=MEMBER).status == 403
    assert world.client.get(v1, as_=MEMBER).status == 403
    assert world.client.get(v1, as_=OWNER).status == 200


def test_system_labels_are_refused_where_v2_has_fields(world: World) -> None:
    answer = world.client.post(
        f"{V2}?jobId=ingest", job(labels={"run.googleapis.com/launch-stage": "beta"})
    )
    assert "reserved for the system" in answer.error["message"]


def test_what_is_not_here_is_refused_before_it_is_believed(world: World) -> None:
    answer = world.client.post(f"{V2}?jobId=ingest", job(startExecutionToken="now"))
    assert answer.error["status"] == "UNIMPLEMENTED"
    assert "startExecutionToken" in answer.error["message"]
