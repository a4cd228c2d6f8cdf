"""The metrics that there are: those that the rehearsal measures, and log-based ones.

https://cloud.google.com/monitoring/api/metrics_gcp_p_z#gcp-run
"""

from rehearsal.documents import Document
from rehearsal.services.logging_metrics.definition import KIND, TYPE_PREFIX
from rehearsal.store import Store

_RUN = "run.googleapis.com"
_RESULT = {"key": "result", "description": "The execution result, 'succeeded' or 'failed'."}
_ATTEMPT = {"key": "attempt", "valueType": "INT64", "description": "The attempt number."}


def _measured(
    metric: str, title: str, value_type: str, labels: list[Document], kind: str = "DELTA"
) -> Document:
    return {
        "type": f"{_RUN}/{metric}",
        "displayName": title,
        "description": f"{title}.",
        "metricKind": kind,
        "valueType": value_type,
        "unit": "1" if value_type == "INT64" else "10^2.%",
        "labels": labels,
        "launchStage": "GA",
        "metadata": {"samplePeriod": "60s", "ingestDelay": "120s"},
        "monitoredResourceTypes": ["cloud_run_job"],
    }


_MEASURED = (
    _measured("container/cpu/utilizations", "Container CPU Utilization", "DISTRIBUTION", []),
    _measured("container/memory/utilizations", "Container Memory Utilization", "DISTRIBUTION", []),
    _measured("job/completed_execution_count", "Completed Executions", "INT64", [_RESULT]),
    _measured("job/completed_task_attempt_count", "Completed Task Attempts", "INT64",
              [_RESULT, _ATTEMPT]),
)  # fmt: skip
_BY_TYPE = {descriptor["type"]: descriptor for descriptor in _MEASURED}


def find(store: Store, project: str, metric_type: str) -> Document | None:
    """The descriptor of a metric, or None."""
    if metric_type in _BY_TYPE:
        return _named(project, _BY_TYPE[metric_type])
    if not metric_type.startswith(TYPE_PREFIX):
        return None
    name = metric_type.removeprefix(TYPE_PREFIX)
    metric = store.get(KIND, f"projects/{project}/metrics/{name}")
    return metric["metricDescriptor"] if metric else None


def everything(store: Store, project: str) -> list[Document]:
    """All descriptors of a project, by type."""
    made = [metric["metricDescriptor"] for _, metric in store.list(KIND, f"projects/{project}/")]
    known = [_named(project, descriptor) for descriptor in _MEASURED]
    return sorted(known + made, key=lambda descriptor: str(descriptor["type"]))


def _named(project: str, descriptor: Document) -> Document:
    return descriptor | {"name": f"projects/{project}/metricDescriptors/{descriptor['type']}"}
