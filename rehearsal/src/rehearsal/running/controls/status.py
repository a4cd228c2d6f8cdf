"""``status``: that the server is there, its time, its projects."""

from rehearsal.clock import rfc3339
from rehearsal.cloud import Cloud
from rehearsal.documents import Document
from rehearsal.running.control import route


@route("status")
def status(cloud: Cloud, _: Document) -> Document:
    """Time, and ids of projects."""
    return {
        "time": rfc3339(cloud.clock.now()),
        "projects": [project["projectId"] for project in cloud.projects.all()],
    }
