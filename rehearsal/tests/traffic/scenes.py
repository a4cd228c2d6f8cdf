"""What each recorded session presumes: sessions before it, and what somebody had made by hand."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from rehearsal.documents import Document
from tests.client import OWNER
from tests.traffic.recordings import recording
from tests.traffic.replay import Replay
from tests.traffic.world import PROJECT, World

RUN = f"https://europe-west1-run.googleapis.com/apis/run.googleapis.com/v1/namespaces/{PROJECT}"
JOBS = f"https://run.googleapis.com/v2/projects/{PROJECT}/locations/europe-west1/jobs"
REPOSITORIES = f"https://artifactregistry.googleapis.com/v1/projects/{PROJECT}/locations/europe-west1/repositories"
_REGISTRY = "europe-west1-docker.pkg.dev"
IMAGES = f"https://{_REGISTRY}/v2/{PROJECT}/pipelines/ingest"
SECRETS = f"https://secretmanager.googleapis.com/v1/projects/{PROJECT}/secrets"
ACCOUNTS = f"https://iam.googleapis.com/v1/projects/{PROJECT}/serviceAccounts"
DATASETS = f"https://bigquery.googleapis.com/bigquery/v2/projects/{PROJECT}/datasets"
BUCKETS = f"https://storage.googleapis.com/storage/v1/b?project={PROJECT}"
RUNNER = f"dog-runner@{PROJECT}.iam.gserviceaccount.com"

_CONFIG, _LAYER = (
    "6f6d28ce5fed6bca34c3582c10b03abbc2f0787533d732aad67d0cdcd96e607e",
    "57b56447a69455b056d5fb2dce7b5dd6b7a89c2346e82754e55af5dadb93c649",
)
_BLOBS = {
    _CONFIG: b'{"architecture":"amd64","os":"linux","config":{},"created":"2026-11-23T18:00:00Z"}',
    _LAYER: b"a layer",
}
"""Contents for the digests that the recorded image has; its own are not recorded."""

_BREED = {"name": "breed", "type": "STRING"}

type Preparation = Callable[[Replay], None]


def nothing(_: Replay) -> None:
    """The session begins in an empty project."""


@dataclass(frozen=True)
class Unlike:
    """An answer that differs from the recorded one on purpose."""

    status: int
    why: str


@dataclass(frozen=True)
class Scene:
    """What a session presumes."""

    prepare: Preparation = nothing
    """Comes before all."""
    after: tuple[str, ...] = ()
    """The sessions before it, in order."""
    behind: tuple[str, ...] = ()
    """The real stand-ins that it needs."""
    midway: Mapping[int, Preparation] = field(default_factory=dict)
    """What is done by hand before the request of this number (from 0)."""
    unlike: Mapping[int, Unlike] = field(default_factory=dict)
    """The answers, by number, that are not compared with the recorded ones."""


def runner(replay: Replay) -> None:
    """The account that policies and jobs name."""
    _post(replay, ACCOUNTS, {"accountId": "dog-runner"})


def runner_and_secret(replay: Replay) -> None:
    """The job's account, which may read the job's secret."""
    runner(replay)
    _post(replay, f"{SECRETS}?secretId=dog-api-key", {"replication": {"automatic": {}}})
    _post(replay, f"{SECRETS}/dog-api-key:addVersion", {"payload": {"data": "bGl2ZQ=="}})
    replay.world.client.grant(
        f"serviceAccount:{RUNNER}",
        "roles/secretmanager.secretAccessor",
        f"//secretmanager.googleapis.com/projects/{PROJECT}/secrets/dog-api-key",
    )


def deployed(replay: Replay) -> None:
    """The job, as ``gcloud run jobs deploy`` made it."""
    runner_and_secret(replay)
    play(replay, "gcloud_run_deploy")


def executed(replay: Replay) -> None:
    """The job has run once, and has written a line."""
    deployed(replay)
    name = _execute(replay)
    replay.world.settle()
    replay.correspondence.given({"dog-ingest-abc12": name})


def _execute(replay: Replay) -> str:
    name: str = _post(replay, f"{RUN}/jobs/dog-ingest:run", {})["metadata"]["name"]
    return name


def loaded_table(replay: Replay) -> None:
    """The table that the job loads, and that the view reads."""
    table = {"tableReference": {"tableId": "breeds"}, "schema": {"fields": [_BREED]}}
    _post(replay, f"{DATASETS}/dog_breeds_raw/tables", table)


def state_bucket(replay: Replay) -> None:
    _post(replay, BUCKETS, {"name": f"{PROJECT}-tfstate", "location": "EU"})


def running_execution(replay: Replay) -> None:
    """An execution that goes on until it is cancelled."""
    deployed(replay)
    replay.world.engine.held = True
    name = _execute(replay)
    assert replay.world.engine.begun.acquire(timeout=120)
    replay.correspondence.given({"dog-ingest-bf268": name})


def default_account_and_job(replay: Replay) -> None:
    """The job ``j1`` that Terraform made, with the project's default account."""
    job = {"template": {"template": {"containers": [{"image": "a/b:c"}], "maxRetries": 3}}}
    _post(replay, f"{JOBS}?jobId=j1", job | {"labels": {"goog-terraform-provisioned": "true"}})


def longer_ids(replay: Replay) -> None:
    """The recorded ids are shorter than Google lets them be."""
    replay.correspondence.given({"gh": "gh-pool", "dog-x": "dog-xx"})


def repository(replay: Replay) -> None:
    _post(replay, f"{REPOSITORIES}?repositoryId=pipelines", {"format": "DOCKER"})


def repository_and_layers(replay: Replay) -> None:
    """A repository to which the image's blobs were pushed; ours are others than the recorded."""
    repository(replay)
    given = {name: _push_blob(replay, content) for name, content in _BLOBS.items()}
    replay.correspondence.given(given)


def image(replay: Replay) -> None:
    """An image with the tags ``v1`` and ``latest``, in a repository that is there."""
    kind = "application/vnd.oci.image"
    digests = {name: _push_blob(replay, content) for name, content in _BLOBS.items()}
    manifest = {
        "schemaVersion": 2,
        "mediaType": f"{kind}.manifest.v1+json",
        "config": _descriptor(f"{kind}.config.v1+json", digests, _CONFIG),
        "layers": [_descriptor(f"{kind}.layer.v1.tar+gzip", digests, _LAYER)],
    }
    for tag in ("v1", "latest"):
        replay.world.client.put(
            f"{IMAGES}/manifests/{tag}",
            manifest,
            headers={"content-type": f"{kind}.manifest.v1+json"},
        ).ok


def _descriptor(kind: str, digests: Mapping[str, str], blob: str) -> dict[str, object]:
    return {"mediaType": kind, "digest": f"sha256:{digests[blob]}", "size": len(_BLOBS[blob])}


def _push_blob(replay: Replay, content: bytes) -> str:
    """Gives the digest's hexadecimal part."""
    client, digest = replay.world.client, hashlib.sha256(content).hexdigest()
    begun = client.post(f"{IMAGES}/blobs/uploads/")
    assert begun.status == 202, begun.content
    address = f"https://{_REGISTRY}{begun.headers['location']}"
    done = client.put(f"{address}&digest=sha256:{digest}", content=content)
    assert done.status == 201, done.content
    return digest


def _post(replay: Replay, url: str, body: Document) -> Document:
    return replay.world.client.post(url, body, as_=OWNER).ok


_TERRAFORM = (
    "tf_01_apply",
    "tf_02_plan_no_changes",
    "tf_03_update",
    "tf_04_plan_after_update",
    "tf_05_destroy",
)

SCENES = {
    **{
        name: Scene(
            after=_TERRAFORM[:place],
            behind=("bigquery",),
            midway={} if place else {36: loaded_table},
        )
        for place, name in enumerate(_TERRAFORM)
    },
    "bq": Scene(
        behind=("bigquery",),
        unlike={21: Unlike(200, "a dry run makes no job, so it has no id")},
    ),
    "gcloud_iam": Scene(longer_ids),
    "gcloud_logging": Scene(executed),
    "gcloud_monitoring": Scene(),
    "gcloud_on_terraform_resources": Scene(after=_TERRAFORM[:1], behind=("bigquery",)),
    "gcloud_projects": Scene(runner),
    "gcloud_run_deploy": Scene(runner_and_secret),
    "gcloud_run_describe": Scene(deployed),
    "gcloud_run_execute": Scene(deployed),
    "gcloud_run_executions": Scene(
        running_execution,
        unlike={6: Unlike(400, "the second of two requests to cancel comes when it has ended")},
    ),
    "gcloud_run_iam": Scene(deployed),
    "gcloud_run_list": Scene(deployed),
    "gcloud_run_logs": Scene(executed),
    "gcloud_run_replace": Scene(runner_and_secret),
    "gcloud_run_update": Scene(deployed),
    "gcloud_run_delete": Scene(deployed),
    "gcloud_sched": Scene(runner),
    "gcloud_secrets": Scene(runner),
    "gcloud_services": Scene(),
    "gcloud_storage": Scene(
        unlike={18: Unlike(409, "a bucket with versions keeps what was removed")}
    ),
    "mixed_gcloud_update_then_tf_plan": Scene(default_account_and_job),
    "registry_docker_login": Scene(behind=("registry",)),
    "registry_podman_push": Scene(repository_and_layers, behind=("registry",)),
    "registry_podman_pull": Scene(
        repository_and_layers, after=("registry_podman_push",), behind=("registry",)
    ),
    "registry_skopeo": Scene(
        repository_and_layers, after=("registry_podman_push",), behind=("registry",)
    ),
    "gcloud_artifacts": Scene(
        behind=("registry",),
        midway={6: image},
        unlike={4: Unlike(200, "the recorded list had the repositories of every location")},
    ),
    "tf_backend_init": Scene(state_bucket),
    "tf_backend_apply": Scene(state_bucket, after=("tf_backend_init",)),
    "tf_backend_lock": Scene(state_bucket, after=("tf_backend_init", "tf_backend_apply")),
    "tf_backend_misc": Scene(state_bucket, after=("tf_backend_init",)),
}


def remove_datasets(world: World) -> None:
    """The stand-in of BigQuery outlives a world."""
    world.client.cloud.faults.clear()
    for dataset in world.client.get(DATASETS).ok.get("datasets", []):
        name = dataset["datasetReference"]["datasetId"]
        assert world.client.delete(f"{DATASETS}/{name}?deleteContents=true").status == 204


def play(replay: Replay, session: str) -> list[str]:
    """Replays a session with what is done midway; a line for each answer that is not as needed."""
    scene, differences = SCENES[session], []
    for number, record in enumerate(recording(session)):
        scene.midway.get(number, nothing)(replay)
        answer = replay.send(record)
        unlike = scene.unlike.get(number)
        wrong = replay.wrong(record, answer) if unlike is None else ""
        if unlike and answer.status != unlike.status:
            wrong = f"not {unlike.status}, although {unlike.why}"
        if wrong:
            differences.append(f"{number}: {record.told(answer.status)}: {wrong}")
    return differences
