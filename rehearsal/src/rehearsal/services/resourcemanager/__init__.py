"""Resource Manager: projects and their policies."""

from rehearsal.services.resourcemanager import projects
from rehearsal.services.resourcemanager.definition import service
from rehearsal.services.resourcemanager.projects import create_project

__all__ = ["create_project", "projects", "service"]
