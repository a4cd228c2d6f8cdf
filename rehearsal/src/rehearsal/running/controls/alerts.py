"""Incidents of alert policies, with what each channel was sent."""

from rehearsal.cloud import Cloud
from rehearsal.documents import Document
from rehearsal.running.control import route
from rehearsal.services.monitoring.evaluation import not_evaluated
from rehearsal.services.monitoring.incidents import incidents


@route("alerts")
def alerts(cloud: Cloud, _: Document) -> Document:
    """All incidents, oldest first, and the policies that can't be evaluated."""
    return {"incidents": incidents(cloud), "not_evaluated": not_evaluated(cloud)}
