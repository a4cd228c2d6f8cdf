"""Incidents as the API shows them: ``projects.alerts``."""

from rehearsal.api.call import Call
from rehearsal.api.pages import page
from rehearsal.documents import Document
from rehearsal.errors import not_found
from rehearsal.services.monitoring.definition import V3, service
from rehearsal.services.monitoring.incidents import KIND

_SOURCE = "https://cloud.google.com/monitoring/api/ref_v3/rest/v3/projects.alerts"
_HERE = "the handler asks for it"


@service.method(*V3, "monitoring.projects.alerts.list", source=_SOURCE, unchecked=_HERE)
def list_alerts(call: Call) -> Document:
    """The incidents of a project, newest first."""
    parent = call.path["parent"]
    call.require("monitoring.alerts.list", f"//{service.host}/{parent}")
    found = [_shown(one) for _, one in call.cloud.store.list(KIND, f"{parent}/alerts/")]
    return page(call, found[::-1], "alerts") | {"totalSize": len(found)}


@service.method(*V3, "monitoring.projects.alerts.get", source=_SOURCE, unchecked=_HERE)
def get_alert(call: Call) -> Document:
    """An incident."""
    name = call.path["name"]
    call.require("monitoring.alerts.get", f"//{service.host}/{name}")
    incident = call.cloud.store.get(KIND, name)
    if incident is None:
        raise not_found(f"Could not find resource with name '{name}'.")
    return _shown(incident)


def _shown(incident: Document) -> Document:
    labels = incident["labels"]
    alert: Document = {
        name: incident[name]
        for name in ("name", "state", "openTime", "closeTime", "policy")
        if name in incident
    }
    alert["resource"] = {"labels": _below(labels, "resource.label.")}
    alert["metric"] = {"labels": _below(labels, "metric.label.")}
    extracted = _below(labels, "log.extracted_label.")
    if extracted:
        alert["log"] = {"extractedLabels": extracted}
    return alert


def _below(labels: dict[str, str], prefix: str) -> dict[str, str]:
    return {
        name.removeprefix(prefix): value
        for name, value in labels.items()
        if name.startswith(prefix)
    }
