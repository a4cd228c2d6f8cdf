"""The points that Cloud Run adds to Cloud Monitoring's time series.

https://cloud.google.com/monitoring/api/metrics_gcp_p_z#gcp-run
"""

from rehearsal.cloud import Cloud
from rehearsal.documents import Document
from rehearsal.services.run.conditions import SUCCEEDED, of_type
from rehearsal.services.run.lifecycle.verdicts import Verdict
from rehearsal.services.run.names import Name

_PREFIX = "run.googleapis.com/job"


def count_execution(cloud: Cloud, execution: Document) -> None:
    """One execution that has ended."""
    completed = of_type(execution, "Completed") or {}
    result = "succeeded" if completed.get("state") == SUCCEEDED else "failed"
    _add(cloud, execution, "completed_execution_count", {"result": result})


def count_attempt(cloud: Cloud, execution: Document, attempt: int, verdict: Verdict) -> None:
    """One attempt of a task that has ended."""
    result = "succeeded" if verdict.result == "succeeded" else "failed"
    labels = {"result": result, "attempt": str(attempt)}
    _add(cloud, execution, "completed_task_attempt_count", labels)


def _add(cloud: Cloud, execution: Document, metric: str, labels: dict[str, str]) -> None:
    if cloud.series is None:
        return
    at = Name.of(execution["name"])
    resource = {"project_id": at.project, "location": at.region, "job_name": at.job}
    with cloud.store.transaction():
        cloud.series.add(
            f"{_PREFIX}/{metric}", labels, "cloud_run_job", resource, cloud.clock.now(), 1
        )
