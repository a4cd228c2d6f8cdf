"""Dashboards, kept and given back as they came."""

import uuid

from rehearsal.api.call import Call
from rehearsal.api.digests import etag, same_etag
from rehearsal.api.pages import page
from rehearsal.api.resources import Collection
from rehearsal.documents import Document
from rehearsal.errors import aborted, invalid_argument
from rehearsal.services.monitoring.definition import V1, service

_LAYOUTS = ("gridLayout", "mosaicLayout", "rowLayout", "columnLayout")

dashboards = Collection(
    "monitoring.dashboards",
    missing=lambda name: f"Requested entity was not found: {name}.",
    exists=lambda name: f"Dashboard {name} already exists.",
)


@service.method(*V1, "monitoring.projects.dashboards.create", source="recorded")
def create(call: Call) -> Document:
    """Creates a dashboard; its name has the project's number, whoever made it."""
    _check(call.body)
    own = call.body.get("name", "").rpartition("/")[2]
    key = f"projects/{call.project}/dashboards/{own or uuid.uuid4()}"
    dashboard = _marked(call.body | {"name": _shown(call, key)})
    if call.parameter("validateOnly") == "true":
        return dashboard
    return dashboards.create(call, key, dashboard)


@service.method(*V1, "monitoring.projects.dashboards.get", source="recorded")
def get(call: Call) -> Document:
    """A dashboard."""
    return dashboards.get(call, call.path["name"])


@service.method(*V1, "monitoring.projects.dashboards.list", source="recorded")
def list_dashboards(call: Call) -> Document:
    """The dashboards of a project."""
    return page(call, dashboards.list(call, f"{call.path['parent']}/dashboards/"), "dashboards")


@service.method(*V1, "monitoring.projects.dashboards.patch", source="recorded")
def update(call: Call) -> Document:
    """Replaces a dashboard; an etag that is sent must be the newest."""
    key = call.path["name"]
    current = dashboards.get(call, key)
    sent = call.body.get("etag")
    if sent and not same_etag(sent, current["etag"]):
        raise aborted(f"The etag of {current['name']} is not the newest: read it again.")
    _check(call.body)
    dashboard = _marked(call.body | {"name": current["name"]})
    if call.parameter("validateOnly") == "true":
        return dashboard
    return dashboards.replace(call, key, dashboard)


@service.method(*V1, "monitoring.projects.dashboards.delete", source="recorded")
def delete(call: Call) -> Document:
    """Deletes a dashboard."""
    dashboards.delete(call, call.path["name"])
    return {}


def _check(dashboard: Document) -> None:
    if not dashboard.get("displayName"):
        raise invalid_argument(
            "Field displayName is required.", ("displayName", "The field is required.")
        )
    layouts = [name for name in _LAYOUTS if name in dashboard]
    if len(layouts) > 1:
        raise invalid_argument(f"oneof field 'layout' is already set. Cannot set '{layouts[1]}'.")


def _marked(dashboard: Document) -> Document:
    return dashboard | {"etag": etag(dashboard)}


def _shown(call: Call, key: str) -> str:
    return f"projects/{call.project_number}/{key.split('/', 2)[2]}"
