"""Incidents: opened when a condition is violated, closed when it no longer is, and told of.

https://cloud.google.com/monitoring/alerts/incidents-events
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from rehearsal.api.durations import duration
from rehearsal.clock import parse_rfc3339, rfc3339
from rehearsal.cloud import Cloud
from rehearsal.documents import Document
from rehearsal.services.monitoring.conditions import Labels
from rehearsal.services.monitoring.notifications import CLOSED, OPENED, notify
from rehearsal.store import Store

KIND = "monitoring.incidents"
_AUTO_CLOSE = "604800s"
"""https://cloud.google.com/monitoring/api/ref_v3/rest/v3/projects.alertPolicies#AlertStrategy"""


def incidents(cloud: Cloud) -> list[Document]:
    """All incidents, oldest first, each with what was sent of it (``sent``)."""
    found = [incident for _, incident in cloud.store.list(KIND)]
    return sorted(found, key=lambda incident: (incident["openTime"], incident["name"]))


def open_of(store: Store, policy: str) -> Iterator[Document]:
    """The open incidents of a policy."""
    project = policy.split("/")[1]
    for _, incident in store.list(KIND, f"projects/{project}/alerts/"):
        if incident["policy"]["name"] == policy and incident["state"] == "OPEN":
            yield incident


def open_incident(
    cloud: Cloud, policy: Document, condition: Document, labels: Labels, at: datetime, summary: str
) -> Document:
    """Opens an incident and tells the policy's channels."""
    project = policy["name"].split("/")[1]
    number = cloud.store.next_number(KIND)
    incident: Document = {
        "name": f"projects/{project}/alerts/0.{number:012d}",
        "state": "OPEN",
        "openTime": rfc3339(at),
        "lastSeen": rfc3339(at),
        "policy": {
            "name": policy["name"],
            "displayName": policy.get("displayName", ""),
            "userLabels": policy.get("userLabels", {}),
            "severity": policy.get("severity", "SEVERITY_UNSPECIFIED"),
        },
        "condition": {
            "name": condition["name"],
            "displayName": condition.get("displayName", ""),
        },
        "labels": dict(labels),
        "summary": summary,
        "sent": [],
    }
    notify(cloud, policy, incident, at, OPENED)
    keep(cloud.store, incident)
    return incident


def close_incident(
    cloud: Cloud, policy: Document | None, incident: Document, at: datetime, why: str
) -> None:
    """Closes an incident, and tells the policy's channels where it asks for that."""
    incident |= {"state": "CLOSED", "closeTime": rfc3339(at), "closedBecause": why}
    if policy is not None:
        notify(cloud, policy, incident, at, CLOSED)
    keep(cloud.store, incident)


def keep(store: Store, incident: Document) -> None:
    """Keeps what has changed of an incident."""
    store.put(KIND, incident["name"], incident)


def auto_close_of(policy: Document) -> timedelta:
    """After how long without data an incident is closed."""
    written = policy.get("alertStrategy", {}).get("autoClose", _AUTO_CLOSE)
    return duration(written, "alertStrategy.autoClose")


def seen(incident: Document) -> datetime:
    """When an incident was last known to be violated."""
    return parse_rfc3339(incident["lastSeen"])
