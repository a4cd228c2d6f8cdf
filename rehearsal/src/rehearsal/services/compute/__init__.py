"""Compute Engine: the project's name, which Terraform's bucket asks for."""

from rehearsal.api.call import Call
from rehearsal.api.service import Service
from rehearsal.documents import Document

service = Service("compute.googleapis.com", "Compute Engine API", enablement=False)


@service.method("compute", "v1", "compute.projects.get", source="recorded")
def get_project(call: Call) -> Document:
    """The project, by its number or id."""
    return {"kind": "compute#project", "id": call.project_number, "name": call.project}
