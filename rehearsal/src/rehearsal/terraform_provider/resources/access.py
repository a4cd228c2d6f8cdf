"""A dataset's list of who has access, seen as a policy."""

from typing import Any

from rehearsal.documents import Document
from rehearsal.terraform_provider.resources.bigquery_datasets import POLICY_VERSION
from rehearsal.terraform_provider.session import Session

_ROLES = {
    "OWNER": "roles/bigquery.dataOwner",
    "WRITER": "roles/bigquery.dataEditor",
    "READER": "roles/bigquery.dataViewer",
}
"""https://cloud.google.com/bigquery/docs/access-control-basic-roles"""
_KINDS = {
    "userByEmail": ("user", "serviceAccount"),
    "groupByEmail": ("group",),
    "domain": ("domain",),
}
_SPECIAL = frozenset({"projectOwners", "projectWriters", "projectReaders", "allAuthenticatedUsers"})
_ACCOUNTS = ".gserviceaccount.com"


def read_access(session: Session, url: str) -> Document:
    """The policy that the list amounts to; what has no role is kept under ``others``."""
    found = session.rest.get(url, **POLICY_VERSION)
    bindings: list[Document] = []
    others = []
    for entry in found.get("access", []):
        if "role" in entry:
            _add(bindings, entry)
        else:
            others.append(entry)  # an authorized view, dataset or routine
    return {"bindings": bindings, "etag": found.get("etag"), "others": others}


def write_access(session: Session, url: str, policy: Document) -> None:
    """Replaces the list; there is no precondition, as in the real provider's request."""
    entries = [
        {"role": binding["role"]} | _entry(member) | _condition(binding)
        for binding in policy["bindings"]
        for member in binding["members"]
    ]
    session.rest.call("PATCH", url, {"access": entries + policy["others"]}, POLICY_VERSION)


def _add(bindings: list[Document], entry: Document) -> None:
    role, condition = _ROLES.get(entry["role"], entry["role"]), entry.get("condition")
    for binding in bindings:
        if binding["role"] == role and binding.get("condition") == condition:
            binding["members"].append(_member(entry))
            return
    bindings.append({"role": role, "members": [_member(entry)]} | _condition(entry))


def _condition(of: Document) -> Document:
    return {"condition": of["condition"]} if of.get("condition") else {}


def _member(entry: Document) -> str:
    if "userByEmail" in entry:
        email = entry["userByEmail"]
        return f"{'serviceAccount' if email.endswith(_ACCOUNTS) else 'user'}:{email}"
    for name, kinds in _KINDS.items():
        if name in entry:
            return f"{kinds[0]}:{entry[name]}"
    return str(entry.get("specialGroup") or entry.get("iamMember", ""))


def _entry(member: str) -> dict[str, Any]:
    kind, _, name = member.partition(":")
    for field, kinds in _KINDS.items():
        if kind in kinds:
            return {field: name}
    return {"specialGroup" if member in _SPECIAL else "iamMember": member}
