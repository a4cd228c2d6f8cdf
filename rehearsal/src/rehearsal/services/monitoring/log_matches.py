"""Policies that match log entries: each entry is looked at as it is written.

https://cloud.google.com/logging/docs/alerting/log-based-alerts
"""

from rehearsal.clock import parse_rfc3339
from rehearsal.cloud import Cloud
from rehearsal.documents import Document
from rehearsal.services.logging.matching import compiled
from rehearsal.services.logging_metrics.extractors import extractor
from rehearsal.services.monitoring.conditions import Labels
from rehearsal.services.monitoring.definition import POLICIES
from rehearsal.services.monitoring.incidents import keep, open_incident, open_of
from rehearsal.services.monitoring.notifications import OPENED, notify
from rehearsal.services.monitoring.series import mark_changed


def follow(cloud: Cloud) -> None:
    """Looks at each entry from now on."""

    def looked_at(entry: Document) -> None:
        parent = str(entry.get("logName", "")).partition("/logs/")[0]
        for _, policy in cloud.store.list(POLICIES, f"{parent}/alertPolicies/"):
            condition = policy["conditions"][0]
            match = condition.get("conditionMatchedLog")
            if match and policy.get("enabled", True) and compiled(match["filter"]).matches(entry):
                _matched(cloud, policy, condition, entry)

    cloud.journal.followers.append(looked_at)


def _matched(cloud: Cloud, policy: Document, condition: Document, entry: Document) -> None:
    """Opens an incident, or tells again of the one that is open, as often as the policy allows."""
    at = parse_rfc3339(entry["receiveTimestamp"])
    labels = _labels(condition["conditionMatchedLog"], entry)
    for incident in open_of(cloud.store, policy["name"]):
        if incident["labels"] == dict(labels):
            incident["lastSeen"] = entry["receiveTimestamp"]
            notify(cloud, policy, incident, at, OPENED)
            keep(cloud.store, incident)
            return
    open_incident(cloud, policy, condition, labels, at, _summary(entry))
    mark_changed(cloud.store, at)


def _labels(match: Document, entry: Document) -> Labels:
    resource = entry.get("resource", {})
    labels = {f"resource.label.{key}": value for key, value in resource.get("labels", {}).items()}
    labels |= {
        f"log.extracted_label.{key}": extractor(expression, key).text(entry)
        for key, expression in match.get("labelExtractors", {}).items()
    }
    return tuple(sorted(labels.items()))


def _summary(entry: Document) -> str:
    payload = entry.get("textPayload") or entry.get("jsonPayload", {}).get("message", "")
    resource = entry.get("resource", {}).get("type", "global")
    said = f": {payload}" if payload else "."
    return f"Log match condition fired for {resource} with {entry['severity']}{said}"
