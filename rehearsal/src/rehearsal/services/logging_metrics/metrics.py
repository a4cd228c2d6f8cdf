"""Log-based metrics: created, read, updated, deleted."""

from rehearsal.api.call import Call
from rehearsal.api.pages import page
from rehearsal.api.resources import Collection
from rehearsal.clock import rfc3339
from rehearsal.documents import Document
from rehearsal.services.logging_metrics import rules
from rehearsal.services.logging_metrics.definition import API, KIND, service

metrics = Collection(
    KIND,
    missing=lambda name: f"Metric {name.partition('/metrics/')[2]} does not exist.",
    exists=lambda name: f"Metric {name.partition('/metrics/')[2]} already exists.",
)


@service.method(*API, "logging.projects.metrics.create", source="recorded")
def create(call: Call) -> Document:
    """Creates a metric; it counts what is written from now on."""
    name = call.body.get("name", "")
    rules.check_name(name)
    rules.checked(call.body)
    now = rfc3339(call.now)
    metric = rules.completed(call.body, call.project, name)
    metric |= {"createTime": now, "updateTime": now}
    return metrics.create(call, f"{call.path['parent']}/metrics/{name}", metric)


@service.method(*API, "logging.projects.metrics.get", source="recorded")
def get(call: Call) -> Document:
    """A metric."""
    return metrics.get(call, call.path["metricName"])


@service.method(*API, "logging.projects.metrics.list", source="recorded")
def list_metrics(call: Call) -> Document:
    """The metrics of a project."""
    return page(call, metrics.list(call, f"{call.path['parent']}/metrics/"), "metrics")


@service.method(*API, "logging.projects.metrics.update", source="recorded")
def update(call: Call) -> Document:
    """Replaces a metric, or creates it."""
    full_name = call.path["metricName"]
    name = full_name.partition("/metrics/")[2]
    rules.check_name(name)
    rules.checked(call.body)
    earlier, now = metrics.find(call, full_name) or {}, rfc3339(call.now)
    metric = rules.completed(call.body, call.project, name)
    metric |= {"createTime": earlier.get("createTime", now), "updateTime": now}
    return metrics.put(call, full_name, metric)


@service.method(*API, "logging.projects.metrics.delete", source="recorded")
def delete(call: Call) -> Document:
    """Deletes a metric; what it has counted stays."""
    metrics.delete(call, call.path["metricName"])
    return {}
