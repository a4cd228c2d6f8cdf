"""What is sent to channels, and kept in the incident as ``sent`` instead of being sent.

https://cloud.google.com/monitoring/alerts/doc-variables
"""

import re
from datetime import datetime

from rehearsal.api.durations import duration
from rehearsal.clock import parse_rfc3339, rfc3339
from rehearsal.cloud import Cloud
from rehearsal.documents import Document
from rehearsal.services.monitoring.definition import CHANNELS

OPENED, CLOSED = "OPENED", "CLOSED"
LAST_SENT = "monitoring.lastNotifications"
_VARIABLE = re.compile(r"\$\{([^}]+)\}")
_ADDRESSES = ("email_address", "number", "url", "topic", "channel_name", "space", "service_key")


def notify(cloud: Cloud, policy: Document, incident: Document, at: datetime, event: str) -> None:
    """Adds to ``sent`` of the incident what each enabled channel of the policy is sent."""
    if event not in _prompts(policy) or _too_soon(cloud, policy, at):
        return
    for name in policy.get("notificationChannels", []):
        channel = cloud.store.get(CHANNELS, name)
        if channel is not None and channel.get("enabled", True):
            incident["sent"].append(_message(policy, incident, channel, at, event))
    cloud.store.put(LAST_SENT, policy["name"], {"at": rfc3339(at)})


def _prompts(policy: Document) -> list[str]:
    """Of what is told; by default of both, but log matches end without being seen to."""
    logged = any("conditionMatchedLog" in one for one in policy["conditions"])
    default = [OPENED] if logged else [OPENED, CLOSED]
    prompts: list[str] = policy.get("alertStrategy", {}).get("notificationPrompts", default)
    return prompts


def _too_soon(cloud: Cloud, policy: Document, at: datetime) -> bool:
    """Whether the policy has been told of more lately than it allows."""
    limit = policy.get("alertStrategy", {}).get("notificationRateLimit")
    last = cloud.store.get(LAST_SENT, policy["name"])
    if not limit or last is None:
        return False
    return at < parse_rfc3339(last["at"]) + duration(limit["period"], "period")


def _message(
    policy: Document, incident: Document, channel: Document, at: datetime, event: str
) -> Document:
    documentation = policy.get("documentation", {})
    values = _values(policy, incident)
    head = "ALERT" if event == OPENED else "RESOLVED"
    subject = documentation.get("subject") or f"[{head}] {policy.get('displayName', '')}"
    labels = channel.get("labels", {})
    return {
        "channel": channel["name"],
        "type": channel["type"],
        "to": next((labels[name] for name in _ADDRESSES if name in labels), ""),
        "time": rfc3339(at),
        "event": event,
        "subject": _filled(subject, values),
        "text": "\n\n".join(
            part
            for part in (incident["summary"], _filled(documentation.get("content", ""), values))
            if part
        ),
    }


def _values(policy: Document, incident: Document) -> dict[str, str]:
    values: dict[str, str] = {
        "policy.name": policy["name"],
        "policy.display_name": policy.get("displayName", ""),
        "condition.name": incident["condition"]["name"],
        "condition.display_name": incident["condition"]["displayName"],
        "project": policy["name"].split("/")[1],
    }
    values |= {f"policy.user_label.{k}": v for k, v in policy.get("userLabels", {}).items()}
    values |= incident["labels"]
    return values


def _filled(text: str, values: dict[str, str]) -> str:
    """The text with its variables; one that has no value is '(none)', as at Google."""
    return _VARIABLE.sub(
        lambda found: values.get(found[1].replace(".labels.", ".label."), "(none)"), text
    )
