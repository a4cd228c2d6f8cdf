"""The Dog API's content and limit, for tests that want others than the sample's."""

from rehearsal.cloud import Cloud
from rehearsal.documents import Document
from rehearsal.running.control import route
from rehearsal.services.thedogapi import configure


@route("thedogapi")
def thedogapi(cloud: Cloud, body: Document) -> Document:
    """Sets ``breeds`` (a list of records) and ``requests_per_minute``; absent: the sample's."""
    with cloud.store.transaction():
        configure(cloud, body.get("breeds"), body.get("requests_per_minute"))
    return {}
