"""A project in which jobs can run: an account, a secret, a repository, and a scripted engine."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from rehearsal.discovery.description import description
from rehearsal.discovery.validation import validated
from rehearsal.documents import Document
from rehearsal.execution.task import Outcome, Task, Write
from rehearsal.services.run import wait_until_idle
from tests.client import OWNER, Client, Response

REGION = "europe-west1"
LOCATION = f"projects/demo/locations/{REGION}"
V2 = f"https://run.googleapis.com/v2/{LOCATION}/jobs"
V1_HOST = f"https://{REGION}-run.googleapis.com"
V1 = f"{V1_HOST}/apis/run.googleapis.com/v1/namespaces/demo"
ACCOUNT = "runner@demo.iam.gserviceaccount.com"
MEMBER = f"serviceAccount:{ACCOUNT}"
REPOSITORY = f"{REGION}-docker.pkg.dev/demo/pipelines/ingest"
IMAGE = f"{REPOSITORY}:v1"
DIGEST = "sha256:" + "a" * 64
SECRET = "//secretmanager.googleapis.com/projects/demo/secrets/dog-api-key"
WAIT_SECONDS = 60.0

type Script = Callable[[Task, Write, threading.Event], Outcome]


def succeed(*_: object) -> Outcome:
    return Outcome(started=True, exit_code=0)


def exits(code: int) -> Script:
    return lambda *_: Outcome(started=True, exit_code=code)


@dataclass
class Engine:
    """Does what ``script`` says, and remembers each task that it was given."""

    script: Script = succeed
    tasks: list[Task] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def run(self, task: Task, write: Write, cancelled: threading.Event) -> Outcome:
        with self._lock:
            self.tasks.append(task)
        return self.script(task, write, cancelled)


@dataclass
class Held:
    """A script that holds each attempt until it is let go."""

    begun: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    let_go: threading.Event = field(default_factory=threading.Event)

    def __call__(self, task: Task, write: Write, cancelled: threading.Event) -> Outcome:
        self.begun.release()
        assert self._end(cancelled).wait(WAIT_SECONDS)
        return Outcome(started=True, exit_code=0, cancelled=cancelled.is_set())

    def _end(self, cancelled: threading.Event) -> threading.Event:
        return self.let_go

    def wait_for(self, attempts: int) -> None:
        """Waits until so many more attempts have begun."""
        for _ in range(attempts):
            assert self.begun.acquire(timeout=WAIT_SECONDS)


class Endless(Held):
    """A script whose attempts end only when they are cancelled."""

    def _end(self, cancelled: threading.Event) -> threading.Event:
        return cancelled


@dataclass
class Images:
    """The digests that tags have."""

    digests: dict[str, str] = field(default_factory=lambda: {IMAGE: DIGEST})

    def digest_of(self, image: str) -> str | None:
        named = image.partition("@")[2]
        return named if named in self.digests.values() else self.digests.get(image)


@dataclass
class Points:
    """The points that were added to time series."""

    added: list[tuple[str, dict[str, str], dict[str, str]]] = field(default_factory=list)

    def add(
        self,
        metric_type: str,
        metric_labels: dict[str, str],
        resource_type: str,
        resource_labels: dict[str, str],
        moment: object,
        value: float,
    ) -> None:
        assert resource_type == "cloud_run_job"
        assert value == 1
        self.added.append((metric_type, metric_labels, resource_labels))


class World:
    def __init__(self) -> None:
        self.client = Client()
        self.engine, self.images, self.points = Engine(), Images(), Points()
        cloud = self.client.cloud
        cloud.executor, cloud.registry, cloud.series = self.engine, self.images, self.points
        accounts = "https://iam.googleapis.com/v1/projects/demo/serviceAccounts"
        self.client.post(accounts, {"accountId": ACCOUNT.partition("@")[0]}).ok
        self.secret("dog-api-key", "bGl2ZV9rZXk=")
        self.client.grant(MEMBER, "roles/secretmanager.secretAccessor", SECRET)

    def secret(self, name: str, data: str) -> None:
        base = "https://secretmanager.googleapis.com/v1/projects/demo/secrets"
        self.client.post(f"{base}?secretId={name}", {"replication": {"automatic": {}}}).ok
        self.client.post(f"{base}/{name}:addVersion", {"payload": {"data": data}}).ok

    def create(self, *, name: str = "ingest", **changes: Any) -> Document:
        """Makes a job by v2, and gives it."""
        operation = self.client.post(f"{V2}?jobId={name}", job(**changes)).ok
        assert operation["done"]
        return self.job(name)

    def job(self, name: str = "ingest") -> Document:
        """A job, which has the form that both API versions describe."""
        conforming("v1", "Job", self.client.get(f"{V1}/jobs/{name}").ok)
        return conforming("v2", "GoogleCloudRunV2Job", self.client.get(f"{V2}/{name}").ok)

    def run(self, body: Document | None = None, as_: str = OWNER) -> Response:
        """Begins an execution by v1."""
        return self.client.post(f"{V1}/jobs/ingest:run", body or {}, as_=as_)

    def idle(self) -> None:
        assert wait_until_idle(self.client.cloud, WAIT_SECONDS)

    def execute(self, body: Document | None = None) -> Document:
        """Runs an execution to its end; gives its v2 form."""
        name = self.run(body).ok["metadata"]["name"]
        self.idle()
        return self.execution(name)

    def execution(self, name: str) -> Document:
        """An execution, which has the form that both API versions describe."""
        conforming("v1", "Execution", self.client.get(f"{V1}/executions/{name}").ok)
        found = self.client.get(f"{V2}/ingest/executions/{name}").ok
        return conforming("v2", "GoogleCloudRunV2Execution", found)

    def tasks(self, execution: Document) -> list[Document]:
        found: list[Document] = self.client.get(
            f"https://run.googleapis.com/v2/{execution['name']}/tasks"
        ).ok["tasks"]
        for task in found:
            short = task["name"].rpartition("/")[2]
            conforming("v1", "Task", self.client.get(f"{V1}/tasks/{short}").ok)
            conforming("v2", "GoogleCloudRunV2Task", task)
        return found

    def entries(self, log: str) -> list[Document]:
        found = self.client.cloud.store.list("entries")
        return [entry for _, entry in found if entry["logName"].endswith(f"%2F{log}")]


def conforming(version: str, schema: str, document: Document) -> Document:
    """The document, which must be as Google's description of the API has it."""
    assert validated(description("run", version), schema, document) == document
    return document


def task_template(**changes: Any) -> Document:
    return {
        "containers": [container()],
        "maxRetries": 1,
        "serviceAccount": ACCOUNT,
        "timeout": "1800s",
    } | changes


def container(**changes: Any) -> Document:
    return {
        "image": IMAGE,
        "env": [
            {"name": "DATASET", "value": "dog_breeds_raw"},
            {
                "name": "API_KEY",
                "valueSource": {"secretKeyRef": {"secret": "dog-api-key", "version": "latest"}},
            },
        ],
        "resources": {"limits": {"cpu": "1", "memory": "512Mi"}},
    } | changes


def job(*, template: Document | None = None, **changes: Any) -> Document:
    """A job as Terraform sends it; ``template`` changes the task's template."""
    execution = {"taskCount": 1, "template": task_template(**(template or {}))}
    outer = {name: changes.pop(name) for name in ("taskCount", "parallelism") if name in changes}
    return {"labels": {"env": "demo"}, "template": execution | outer} | changes


def completed(execution: Document) -> Document:
    """The condition Completed, of v2 or v1."""
    conditions = execution.get("conditions") or execution["status"]["conditions"]
    return next(one for one in conditions if one["type"] == "Completed")
