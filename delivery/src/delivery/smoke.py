"""Whether what is deployed does its work: one execution, its rows, and how fresh they are."""

from datetime import datetime, timedelta

from delivery.errors import ProgramError, UnhealthyError
from delivery.job import Execution, Job
from delivery.reporting import say
from delivery.system import System
from delivery.warehouse import Warehouse

_CLOCKS_DIFFER = timedelta(minutes=2)
_PUBLISHED = ("published", "unchanged")


def smoke(system: System) -> None:
    """Executes the job, waits, and looks at what it left.

    Raises:
        UnhealthyError: the execution failed, published nothing, or what it published is not fresh.
    """
    job = Job(system)
    digest = job.digest()
    execution = job.execute()
    run = _run_of(system, execution)
    if not execution.succeeded:
        raise UnhealthyError(
            f"Execution {execution.name} failed: {execution.message or 'no reason given'}"
            f"{_reason(run)} {_where(system, execution)}"
        )
    if run is None:
        raise UnhealthyError(
            f"Execution {execution.name} ended well and left no row in {system.dataset}."
            f"ingestion_runs: does the job's BIGQUERY_DATASET name another dataset?"
        )
    breeds = _breeds(system)
    _check(execution, run, breeds, digest)
    say(
        f"Execution {execution.name} took {execution.took.total_seconds():.0f} s: "
        f"{run['status']}, {breeds} breeds, read at {run['observed_at']}."
    )


def _check(
    execution: Execution, run: dict[str, str | None], breeds: int, digest: str | None
) -> None:
    """Raises UnhealthyError for the first thing that is not as it must be."""
    if run["status"] not in _PUBLISHED:
        raise UnhealthyError(f"The run of {execution.name} is {run['status']}.{_reason(run)}")
    if breeds < 1 or breeds != int(run["breeds_published"] or 0):
        raise UnhealthyError(
            f"There are {breeds} rows in breeds, and the run of {execution.name} says "
            f"{run['breeds_published']}."
        )
    read = datetime.fromisoformat(str(run["observed_at"]))
    if read < execution.created - _CLOCKS_DIFFER:
        raise UnhealthyError(
            f"The breeds were read at {read:%F %T}Z, before {execution.name} was started at "
            f"{execution.created:%F %T}Z: they are not fresh."
        )
    if digest is not None and run["image_digest"] not in (None, digest):
        raise UnhealthyError(
            f"The run of {execution.name} was one of {run['image_digest']}, and the job has "
            f"{digest}: does the job's IMAGE_DIGEST come from elsewhere?"
        )


def _run_of(system: System, execution: Execution) -> dict[str, str | None] | None:
    """The latest row of the run history of an execution; None if there is none."""
    sql = (
        "SELECT status, breeds_published, image_digest, error_class, error_message,"
        " FORMAT_TIMESTAMP('%Y-%m-%dT%H:%M:%S+00:00', observed_at) AS observed_at"
        f" FROM `{system.project}.{system.dataset}.ingestion_runs`"
        " WHERE execution = @execution ORDER BY started_at DESC LIMIT 1"
    )
    try:
        rows = Warehouse(system).rows(sql, execution=execution.name)
    except ProgramError:
        if execution.succeeded:
            raise
        # It may have failed before there were tables; then Cloud Run's message is what there is.
        return None
    return rows[0] if rows else None


def _breeds(system: System) -> int:
    sql = f"SELECT COUNT(*) AS breeds FROM `{system.project}.{system.dataset}.breeds`"
    return int(Warehouse(system).rows(sql)[0]["breeds"] or 0)


def _reason(run: dict[str, str | None] | None) -> str:
    if run is None or not run["error_class"]:
        return ""
    return f" {run['error_class']}: {run['error_message']}"


def _where(system: System, execution: Execution) -> str:
    return (
        "Its log: gcloud logging read 'resource.type=cloud_run_job AND "
        f'labels."run.googleapis.com/execution_name"={execution.name}\' '
        f"--project={system.project} --limit=50"
    )
