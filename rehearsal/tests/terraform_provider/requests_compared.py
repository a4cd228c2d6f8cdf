"""Brings recorded requests and ours into one form: what a server makes up has one name in both."""

import json
import re
from collections.abc import Iterable
from typing import Any

from tests.client import OWNER
from tests.terraform_provider.reattached import Sent
from tests.traffic.recordings import Recorded

_MADE_UP = (
    (re.compile(r"(?<=/notificationChannels/)\d+"), "CHANNEL"),
    (re.compile(r"(?<=/conditions/)\d+"), "CONDITION"),
    (re.compile(r"(?<=/alertPolicies/)\d+"), "POLICY"),
    (re.compile(r"(?<=/dashboards/)[0-9a-f-]{36}"), "DASHBOARD"),
    (re.compile(r"admin@example\.com"), OWNER.partition(":")[2]),
)
_THERE_BEFORE = {
    "roles/owner": "the rehearsal's project has an owner",
    "roles/cloudscheduler.serviceAgent": "services that are enabled have agents",
    "roles/run.serviceAgent": "services that are enabled have agents",
    "roles/storage.legacyObjectOwner": "buckets with uniform access have it, as Google's do",
    "roles/storage.legacyObjectReader": "buckets with uniform access have it, as Google's do",
}
"""Roles that nobody had in the recorded policies: what a change leaves as it is."""
_IN_ANY_ORDER = frozenset({"env", "access", "bindings", "members", "serviceIds"})
"""Fields whose lists are sets."""


def requests(recorded: Iterable[Recorded]) -> list[Sent]:
    """The recorded requests, in order."""
    return [Sent.of(one.method, one.url, one.request) for one in recorded]


def normal(sent: Sent) -> Sent:
    """A request in the form in which it is compared."""
    return Sent(
        sent.method, sent.host, _named(sent.path), dict(sent.query), _normal(sent.body or {})
    )


def changes(sent: Iterable[Sent]) -> dict[str, Any]:
    """The body of the last request to each address that changes something.

    Several members of one policy are written one after another, in any order: the last one counts.
    """
    return {address(one): one.body for one in map(normal, sent) if one.changes}


def reads(sent: Iterable[Sent]) -> set[str]:
    """The addresses that are read."""
    addresses = (
        f"{one.method} {one.host}{_named(one.path)}"
        for one in sent
        if not (one.changes or "/operations/" in one.path)  # one that is done is not asked for
    )
    return set(addresses)


def address(sent: Sent) -> str:
    """Method and place, with the name where that is told in the query or in the body."""
    query = "&".join(f"{name}={value}" for name, value in sorted(sent.query.items()))
    text = f"{sent.method} {sent.host}{sent.path}" + (f"?{query}" if query else "")
    name = _name(sent.body)
    return f"{text} {name}" if sent.method == "POST" and name else text


def _name(body: Any) -> str:
    """What a new resource is called, where the address does not tell it."""
    for field in ("accountId", "displayName", "name"):
        if isinstance(body.get(field), str):
            return str(body[field])
    for field, part in (("tableReference", "tableId"), ("datasetReference", "datasetId")):
        if field in body:
            return str(body[field][part])
    return ""


def _normal(value: Any, field: str = "") -> Any:
    if isinstance(value, dict):
        named = {name: _normal(part, name) for name, part in value.items()}
        if "etag" in named:
            named["etag"] = "ETAG"
        return {name: part for name, part in named.items() if name != "bindings" or part}
    if isinstance(value, list):
        parts = [_normal(part) for part in value]
        if field == "bindings":
            parts = [part for part in parts if part["role"] not in _THERE_BEFORE]
        return sorted(parts, key=_text) if field in _IN_ANY_ORDER else parts
    return _named(value) if isinstance(value, str) else value


def _text(value: Any) -> str:
    return json.dumps(value, sort_keys=True)


def _named(text: str) -> str:
    for pattern, name in _MADE_UP:
        text = pattern.sub(name, text)
    return text
