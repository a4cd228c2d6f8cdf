"""The projects that a caller of BigQuery can see.

https://cloud.google.com/bigquery/docs/reference/rest/v2/projects/list
"""

from rehearsal.api.call import Call
from rehearsal.api.pages import page
from rehearsal.documents import Document
from rehearsal.services.bigquery import access
from rehearsal.services.bigquery.definition import method

_DOCUMENTATION = "https://cloud.google.com/bigquery/docs/reference/rest/v2/projects/list"


@method("projects.list", source=_DOCUMENTATION, judges=True)
def list_projects(call: Call) -> Document:
    """Those in which the caller may run jobs or make datasets."""
    seen = [
        _shown(project)
        for project in call.cloud.projects.all()
        if access.allowed(call, "bigquery.jobs.create", project["projectId"])
        or access.allowed(call, "bigquery.datasets.create", project["projectId"])
    ]
    return page(call, seen, "projects", 50) | {
        "kind": "bigquery#projectList",
        "totalItems": len(seen),
    }


def _shown(project: Document) -> Document:
    name = project["projectId"]
    return {
        "kind": "bigquery#project",
        "id": name,
        "numericId": project["projectNumber"],
        "projectReference": {"projectId": name},
        "friendlyName": project.get("name", name),
    }
