"""Jobs as gcloud makes them, and both versions of one job."""

import pytest

from rehearsal.documents import Document
from tests.client import NUMBER
from tests.services.run.world import (
    ACCOUNT,
    IMAGE,
    LOCATION,
    REGION,
    V1,
    V1_HOST,
    V2,
    World,
    job,
)

ALL_REGIONS = V1.replace(V1_HOST, "https://run.googleapis.com")


@pytest.fixture
def world() -> World:
    return World()


def deployed(**task: object) -> Document:
    """What ``gcloud run jobs deploy`` sends."""
    client = {
        "run.googleapis.com/client-name": "gcloud",
        "run.googleapis.com/client-version": "528.0.0",
    }
    reference = {"secretKeyRef": {"key": "latest", "name": "dog-api-key"}}
    spec: Document = {
        "containers": [
            {
                "env": [
                    {"name": "DATASET", "value": "dog_breeds_raw"},
                    {"name": "API_KEY", "valueFrom": reference},
                ],
                "image": IMAGE,
                "name": "",
                "resources": {"limits": {"cpu": "1", "memory": "512Mi"}, "requests": {}},
            }
        ],
        "maxRetries": 1,
        "nodeSelector": {},
        "serviceAccountName": ACCOUNT,
        "timeoutSeconds": "1800",
    } | task
    return {
        "apiVersion": "run.googleapis.com/v1",
        "kind": "Job",
        "metadata": {
            "annotations": client,
            "labels": {"env": "demo"},
            "name": "ingest",
            "namespace": "demo",
        },
        "spec": {
            "template": {
                "metadata": {
                    "annotations": client,
                    "labels": {"client.knative.dev/nonce": "doc_gah_run"},
                },
                "spec": {"template": {"spec": spec}},
            }
        },
        "status": {"latestCreatedExecution": {}},
    }


def create(world: World) -> Document:
    return world.client.post(f"{V1}/jobs", deployed()).ok


def test_the_answer_has_all_that_gcloud_cannot_do_without(world: World) -> None:
    created = create(world)
    metadata = created["metadata"]
    assert (created["apiVersion"], created["kind"]) == ("run.googleapis.com/v1", "Job")
    assert (metadata["name"], metadata["namespace"]) == ("ingest", NUMBER)
    assert metadata["labels"]["cloud.googleapis.com/location"] == REGION
    assert metadata["labels"]["run.googleapis.com/lastUpdatedTime"]
    assert metadata["annotations"]["run.googleapis.com/creator"] == "owner@example.com"
    assert metadata["annotations"]["run.googleapis.com/lastModifier"] == "owner@example.com"
    assert metadata["generation"] == created["status"]["observedGeneration"] == 1
    template = created["spec"]["template"]
    annotations = template["metadata"]["annotations"]
    assert annotations["run.googleapis.com/execution-environment"] == "gen2"
    assert template["spec"]["taskCount"] == 1
    sent = deployed()["spec"]["template"]["spec"]["template"]["spec"]
    task = template["spec"]["template"]["spec"]
    for field in ("maxRetries", "serviceAccountName", "timeoutSeconds"):
        assert task[field] == sent[field]
    assert task["containers"][0]["env"] == sent["containers"][0]["env"]
    ready = {one["type"]: one["status"] for one in created["status"]["conditions"]}
    assert ready == {"Ready": "True", "ResourcesAvailable": "True"}
    assert created["status"]["executionCount"] == 0
    assert world.client.get(f"{V1}/jobs/ingest").ok == created
    assert world.client.get(f"{V1.replace('/demo', f'/{NUMBER}')}/jobs/ingest").ok == created


def test_what_gcloud_made_is_the_same_job_in_v2(world: World) -> None:
    create(world)
    found = world.job()
    assert (found["client"], found["clientVersion"]) == ("gcloud", "528.0.0")
    assert found["labels"] == {"env": "demo"}
    assert "annotations" not in found
    task = found["template"]["template"]
    reference = {"secretKeyRef": {"secret": "dog-api-key", "version": "latest"}}
    assert task["containers"][0]["env"][1] == {"name": "API_KEY", "valueSource": reference}
    assert task["timeout"] == "1800s"
    assert task["executionEnvironment"] == "EXECUTION_ENVIRONMENT_GEN2"


def test_what_gcloud_reads_it_may_send_back_unchanged(world: World) -> None:
    world.create(annotations={"note": "x"}, launchStage="BETA")
    before = world.job()
    read = world.client.get(f"{V1}/jobs/ingest").ok
    replaced = world.client.put(f"{V1}/jobs/ingest", read).ok
    after = world.job()
    assert replaced["metadata"]["generation"] == 1
    changing = ("updateTime", "etag", "conditions", "terminalCondition")
    for field in changing:
        before.pop(field), after.pop(field)
    assert after == before


def test_an_image_that_gcloud_changes_is_the_only_difference_for_terraform(world: World) -> None:
    world.create()
    before = world.job()["template"]
    read = world.client.get(f"{V1}/jobs/ingest").ok
    container = read["spec"]["template"]["spec"]["template"]["spec"]["containers"][0]
    world.images.digests[f"{IMAGE}2"] = "sha256:" + "b" * 64
    container["image"] = f"{IMAGE}2"
    assert world.client.put(f"{V1}/jobs/ingest", read).ok["metadata"]["generation"] == 2
    after = world.job()["template"]
    before["template"]["containers"][0]["image"] = f"{IMAGE}2"
    assert after == before
    world.client.patch(f"{V2}/ingest", job()).ok
    assert world.job()["generation"] == "3"


def test_an_old_resource_version_is_a_conflict(world: World) -> None:
    read = create(world)
    read["metadata"]["labels"]["env"] = "x"
    world.client.put(f"{V1}/jobs/ingest", read).ok
    assert world.client.put(f"{V1}/jobs/ingest", read).error["status"] == "ABORTED"
    del read["metadata"]["resourceVersion"]
    world.client.put(f"{V1}/jobs/ingest", read).ok


def test_a_missing_image_shows_as_not_ready(world: World) -> None:
    world.images.digests.clear()
    conditions = create(world)["status"]["conditions"]
    ready = next(one for one in conditions if one["type"] == "Ready")
    assert (ready["status"], ready["reason"]) == ("False", "ContainerMissing")
    assert ready["message"] == f"Image '{IMAGE}' not found."


def test_faults_are_named_at_their_places_in_v1(world: World) -> None:
    error = world.client.post(f"{V1}/jobs", deployed(maxRetries=11)).error
    place = "spec.template.spec.template.spec.maxRetries"
    assert error["message"].startswith(f"{place}: ")
    assert error["details"][0]["fieldViolations"][0]["field"] == place


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"envFrom": [{"prefix": "X"}]}, "containers[0].envFrom"),
        ({"securityContext": {"runAsUser": 1}}, "containers[0].securityContext"),
        ({"env": [{"name": "A", "valueFrom": {"configMapKeyRef": {"name": "m", "key": "k"}}}]},
         "containers[0].env[0].valueFrom.configMapKeyRef"),
    ],
)  # fmt: skip
def test_what_cloud_run_would_ignore_is_refused(world: World, change: Document, place: str) -> None:
    body = deployed()
    body["spec"]["template"]["spec"]["template"]["spec"]["containers"][0] |= change
    message = world.client.post(f"{V1}/jobs", body).error["message"]
    assert f"{place}: Must not be set" in message


@pytest.mark.parametrize(
    "volume",
    [{"name": "v", "configMap": {"name": "m"}}, {"name": "v", "csi": {"driver": "other"}}],
)
def test_volumes_that_cloud_run_does_not_have_are_refused(world: World, volume: Document) -> None:
    assert (
        "volumes[0]" in world.client.post(f"{V1}/jobs", deployed(volumes=[volume])).error["message"]
    )


def test_a_secret_may_be_named_by_an_alias(world: World) -> None:
    reference = {"secretKeyRef": {"name": "alias", "key": "1"}}
    body = deployed()
    template = body["spec"]["template"]
    container = template["spec"]["template"]["spec"]["containers"][0]
    container["env"] = [{"name": "KEY", "valueFrom": reference}]
    whole = f"projects/{NUMBER}/secrets/dog-api-key"
    template["metadata"]["annotations"]["run.googleapis.com/secrets"] = f"alias:{whole}"
    world.client.post(f"{V1}/jobs", body).ok
    variable = world.job()["template"]["template"]["containers"][0]["env"][0]
    assert variable["valueSource"]["secretKeyRef"] == {"secret": whole, "version": "1"}
    read = world.client.get(f"{V1}/jobs/ingest").ok
    assert world.client.put(f"{V1}/jobs/ingest", read).ok["metadata"]["generation"] == 1
    world.execute()
    assert world.engine.tasks[0].environment["KEY"] == "live_key"


def test_a_dry_run_keeps_nothing(world: World) -> None:
    world.client.post(f"{V1}/jobs?dryRun=all", deployed()).ok
    assert world.client.get(f"{V1}/jobs/ingest").status == 404


def test_jobs_of_the_host_s_region_are_listed(world: World) -> None:
    create(world)
    far = V2.replace(REGION, "us-central1")
    world.client.post(f"{far}?jobId=far", job()).ok
    here = world.client.get(f"{V1}/jobs").ok
    assert (here["kind"], here["metadata"]) == ("JobList", {})
    assert [one["metadata"]["name"] for one in here["items"]] == ["ingest"]
    everywhere = world.client.get(f"{ALL_REGIONS}/jobs").ok["items"]
    regions = [one["metadata"]["labels"]["cloud.googleapis.com/location"] for one in everywhere]
    assert regions == [REGION, "us-central1"]


def test_an_empty_list_still_has_its_metadata(world: World) -> None:
    assert world.client.get(f"{V1}/jobs").ok == {
        "apiVersion": "run.googleapis.com/v1",
        "kind": "JobList",
        "metadata": {},
        "items": [],
    }


def test_without_a_region_a_job_is_found_but_not_made(world: World) -> None:
    create(world)
    assert world.client.get(f"{ALL_REGIONS}/jobs/ingest").ok["metadata"]["name"] == "ingest"
    assert world.client.get(f"{ALL_REGIONS}/jobs/none").status == 404
    assert world.client.post(f"{ALL_REGIONS}/jobs", deployed()).error["code"] == 400


def test_a_deleted_job_is_missing_in_the_words_that_gcloud_knows(world: World) -> None:
    uid = create(world)["metadata"]["uid"]
    answer = world.client.delete(f"{V1}/jobs/ingest").ok
    assert (answer["status"], answer["details"]["uid"]) == ("Success", uid)
    error = world.client.get(f"{V1}/jobs/ingest").error
    assert (error["code"], error["status"]) == (404, "NOT_FOUND")
    assert error["message"] == (
        f"Resource 'ingest' of kind 'JOB' in region '{REGION}' in project 'demo' does not exist."
    )


def test_permissions_are_asked_for_on_the_job_in_its_region(world: World) -> None:
    create(world)
    dev = "user:dev@example.com"
    error = world.client.get(f"{V1}/jobs/ingest", as_=dev).error
    name = f"//run.googleapis.com/{LOCATION}/jobs/ingest"
    assert "run.jobs.get" in error["message"]
    assert LOCATION in error["message"]
    world.client.grant(dev, "roles/run.viewer", name)
    world.client.get(f"{V1}/jobs/ingest", as_=dev).ok


def test_nobody_without_a_token_gets_anything(world: World) -> None:
    assert world.client.get(f"{V1}/jobs/ingest", as_=None).status == 401
