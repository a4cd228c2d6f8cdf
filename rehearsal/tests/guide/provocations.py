"""The causes of what the guide's troubleshooting is about, each brought about for real."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

from tests.e2e.deployment import JOB, PROJECT, REGION
from tests.guide.person import Person

RUNNER = f"serviceAccount:dlt-runner@{PROJECT}.iam.gserviceaccount.com"
INVOKER = f"serviceAccount:dlt-invoker@{PROJECT}.iam.gserviceaccount.com"
_UPDATE = ("gcloud", "run", "jobs", "update", JOB, f"--region={REGION}")
_PIPELINE = "pipelines/dlt-ingestion/src/dlt_ingestion/pipeline.py"
_IMAGE = "<region>-docker.pkg.dev/<project>/<repository>/<image>"
_HOG = "--args=-c,x=bytearray(700000000)"

Provocation = Callable[[Person], AbstractContextManager[None]]


def _fails(person: Person) -> None:
    ended = person.deployment.execute()
    assert ended.returncode == 1, ended.stdout + ended.stderr


def _typed(person: Person, commands: str) -> None:
    ended = person.terminal.run(person.filled(commands))
    assert ended.code == 0, str(ended)


@contextmanager
def credentials_are_handed_over_bare(person: Person) -> Iterator[None]:
    """Somebody simplifies the code, which a key file on a laptop would forgive."""
    path = person.terminal.folder / _PIPELINE
    right, wrong = (
        "credentials=signed_in(warehouse.credentials)",
        "credentials=warehouse.credentials",
    )
    code = path.read_text(encoding="utf-8")
    assert code.count(right) == 1, f"{_PIPELINE} has changed, and so must what goes wrong in it"
    path.write_text(code.replace(right, wrong), encoding="utf-8")
    _typed(person, f"docker build -t {_IMAGE}:wrong pipelines/dlt-ingestion/\n"
                   f"docker push {_IMAGE}:wrong")  # fmt: skip
    person.deployment.ok(*_UPDATE, f"--image={person.filled(_IMAGE)}:wrong")
    # Only a run that has something to publish gets as far as dlt.
    with fewer_breeds(person, 71):
        _fails(person)
        yield


@contextmanager
def fewer_breeds(person: Person, number: int) -> Iterator[None]:
    """The API's list is shorter for a while."""
    person.deployment.rehearsal.ask("dog-api", {"breeds": number})
    try:
        yield
    finally:
        person.deployment.rehearsal.ask("dog-api", {"breeds": None})


@contextmanager
def the_api_is_slow(person: Person) -> Iterator[None]:
    """Three pages, three seconds each, and a job that has five."""
    person.deployment.ok(*_UPDATE, "--task-timeout=5s")
    person.deployment.own("fault", "add", "--host", "api.thedogapi.com", "--delay", "3")
    try:
        _fails(person)
        yield
    finally:
        person.deployment.own("fault", "clear")


@contextmanager
def the_work_needs_more_memory(person: Person) -> Iterator[None]:
    """700 MB; the same work is done again with what the remedy gives."""
    hog = (*_UPDATE, "--command=python", _HOG)
    person.deployment.ok(*hog, "--max-retries=0")
    _fails(person)
    yield
    person.deployment.ok(*hog)
    ended = person.deployment.execute()
    person.deployment.ok(*_UPDATE, "--command=", "--args=")
    assert ended.returncode == 0, ended.stdout + ended.stderr + person.deployment.said()


@contextmanager
def the_scheduler_may_not_start_the_job(person: Person) -> Iterator[None]:
    """Its week passes, and nothing runs."""
    before = len(person.deployment.executions())
    person.deployment.ok("gcloud", "run", "jobs", "remove-iam-policy-binding", JOB,
                         f"--region={REGION}", f"--member={INVOKER}",
                         "--role=roles/run.invoker")  # fmt: skip
    person.deployment.own("clock", "advance", "1w")
    assert len(person.deployment.executions()) == before
    yield
    started = person.deployment.executions()[before:]
    by = [one["metadata"]["annotations"]["run.googleapis.com/creator"] for one in started]
    assert INVOKER.removeprefix("serviceAccount:") in by, by


@contextmanager
def the_job_may_not_read_the_secret(person: Person) -> Iterator[None]:
    person.deployment.ok("gcloud", "secrets", "remove-iam-policy-binding", "dog-api-key",
                         f"--member={RUNNER}",
                         "--role=roles/secretmanager.secretAccessor")  # fmt: skip
    _fails(person)
    yield


@contextmanager
def the_key_is_revoked(person: Person) -> Iterator[None]:
    """The Dog API takes only the key that the guide's test types as the one that works."""
    person.deployment.rehearsal.ask("dog-api", {"keys": ["live_rehearsal-one-that-works"]})
    try:
        _fails(person)
        yield
    finally:
        person.deployment.rehearsal.ask("dog-api", {"keys": None})


@contextmanager
def somebody_changes_the_location(person: Person) -> Iterator[None]:
    person.deployment.ok(*_UPDATE, "--update-env-vars=BIGQUERY_LOCATION=EU")
    _fails(person)
    yield


@contextmanager
def somebody_disables_bigquery(person: Person) -> Iterator[None]:
    person.deployment.ok("gcloud", "services", "disable", "bigquery.googleapis.com", "--force")
    _fails(person)
    yield


@contextmanager
def somebody_deletes_the_image(person: Person) -> Iterator[None]:
    """By the digest that the job has, with all its tags."""
    job = person.deployment.ok(
        "gcloud", "run", "jobs", "describe", JOB, f"--region={REGION}",
        "--format=value(spec.template.spec.template.spec.containers[0].image)",
    ).strip()  # fmt: skip
    person.deployment.ok("gcloud", "artifacts", "docker", "images", "delete", job, "--delete-tags",
                         "--quiet")  # fmt: skip
    _fails(person)
    yield


PROVOCATIONS: dict[str, Provocation] = {
    "credentials-that-dlt-cant-read": credentials_are_handed_over_bare,
    "the-job-takes-too-long": the_api_is_slow,
    "the-job-runs-out-of-memory": the_work_needs_more_memory,
    "the-trigger-fires-and-nothing-runs": the_scheduler_may_not_start_the_job,
    "no-access-to-the-secret": the_job_may_not_read_the_secret,
    "the-key-is-refused": the_key_is_revoked,
    "the-dataset-is-in-another-location": somebody_changes_the_location,
    "an-api-is-disabled": somebody_disables_bigquery,
    "the-image-is-not-found": somebody_deletes_the_image,
}
"""By the anchor of the entry."""
