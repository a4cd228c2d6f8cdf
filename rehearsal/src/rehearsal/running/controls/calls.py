"""The record of calls."""

from rehearsal.cloud import Cloud
from rehearsal.documents import Document
from rehearsal.running.control import route


@route("calls")
def calls(cloud: Cloud, body: Document) -> Document:
    """Those whose method and principal contain the given texts, oldest first."""
    return {"calls": cloud.calls.list(body.get("method", ""), body.get("principal", ""))}
