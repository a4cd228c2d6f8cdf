"""Notification channels: whom an alert is told to."""

import re

from rehearsal.api.call import Call
from rehearsal.api.masks import patch
from rehearsal.api.pages import page
from rehearsal.api.resources import Collection
from rehearsal.clock import rfc3339
from rehearsal.documents import Document
from rehearsal.errors import failed_precondition, invalid_argument
from rehearsal.services.monitoring.definition import CHANNELS, POLICIES, V3, service

_FIRST_NUMBER = 10**18
_SETTABLE = ("type", "displayName", "description", "labels", "userLabels", "enabled")
_NEEDED_LABELS = {
    "email": "email_address",
    "sms": "number",
    "webhook_tokenauth": "url",
    "webhook_basicauth": "url",
    "pubsub": "topic",
    "slack": "channel_name",
    "pagerduty": "service_key",
    "google_chat": "space",
}
"""https://cloud.google.com/monitoring/alerts/using-channels-api"""
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")

channels = Collection(
    CHANNELS,
    missing=lambda name: f"Could not find resource with name '{name}'.",
    exists=lambda name: f"The resource '{name}' already exists.",
)


@service.method(*V3, "monitoring.projects.notificationChannels.create", source="recorded")
def create(call: Call) -> Document:
    """Creates a channel."""
    _check(call.body)
    number = _FIRST_NUMBER + call.cloud.store.next_number(CHANNELS)
    name = f"{call.path['name']}/notificationChannels/{number}"
    now = {"mutateTime": rfc3339(call.now)}
    channel: Document = {"enabled": True} | call.body
    channel |= {"name": name, "creationRecord": now, "mutationRecords": [now]}
    return channels.create(call, name, channel)


@service.method(*V3, "monitoring.projects.notificationChannels.get", source="recorded")
def get(call: Call) -> Document:
    """A channel."""
    return channels.get(call, call.path["name"])


@service.method(*V3, "monitoring.projects.notificationChannels.list", source="unverified")
def list_channels(call: Call) -> Document:
    """The channels of a project."""
    found = channels.list(call, f"{call.path['name']}/notificationChannels/")
    return page(call, found, "notificationChannels") | {"totalSize": len(found)}


@service.method(*V3, "monitoring.projects.notificationChannels.patch", source="recorded")
def update(call: Call) -> Document:
    """Changes what the mask names; without one, all."""
    name = call.path["name"]
    current = channels.get(call, name)
    channel = patch(current, call.body, call.parameter("updateMask"), _SETTABLE)
    if "enabled" not in call.body:
        channel.setdefault("enabled", current["enabled"])
    _check(channel)
    channel["mutationRecords"] = [*current["mutationRecords"], {"mutateTime": rfc3339(call.now)}]
    return channels.replace(call, name, channel)


@service.method(*V3, "monitoring.projects.notificationChannels.delete", source="recorded")
def delete(call: Call) -> Document:
    """Deletes a channel; with ``force`` also where policies name it, who then lose it."""
    name = call.path["name"]
    channels.get(call, name)
    users = [
        (key, policy)
        for key, policy in call.cloud.store.list(POLICIES, f"projects/{call.project}/")
        if name in policy.get("notificationChannels", [])
    ]
    if users and (call.parameter("force") or "false").lower() != "true":
        raise failed_precondition(
            f"Cannot delete notification channel {name} because it is in use by"
            f" {len(users)} alerting policies; set force to delete it anyway."
        )
    for key, policy in users:
        policy["notificationChannels"].remove(name)
        call.cloud.store.put(POLICIES, key, policy)
    channels.delete(call, name)
    return {}


def _check(channel: Document) -> None:
    kind, labels = channel.get("type", ""), channel.get("labels", {})
    if kind not in _NEEDED_LABELS:
        raise invalid_argument(
            f'Field notification_channel.type had an invalid value of "{kind}": it is none of'
            f" {', '.join(_NEEDED_LABELS)}."
        )
    needed = _NEEDED_LABELS[kind]
    if not labels.get(needed):
        raise invalid_argument(
            f'Field notification_channel.labels had an invalid value: the label "{needed}" is'
            f' required for channels of the type "{kind}".'
        )
    if kind == "email" and _EMAIL.fullmatch(labels[needed]) is None:
        raise invalid_argument(
            "Field notification_channel.labels['email_address'] had an invalid value of"
            f' "{labels[needed]}": it is no email address.'
        )
