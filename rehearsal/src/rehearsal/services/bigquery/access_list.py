"""A dataset's ``access`` list: how it is normalised, and which IAM bindings it means.

https://cloud.google.com/bigquery/docs/reference/rest/v2/datasets#resource: the list takes basic
and IAM roles, and gives back the basic ones where there are such.
"""

from collections.abc import Iterable

from rehearsal.documents import Document
from rehearsal.identity.principal import Principal

_BASIC = {
    "roles/bigquery.dataOwner": "OWNER",
    "roles/bigquery.dataEditor": "WRITER",
    "roles/bigquery.dataViewer": "READER",
}
_IAM = {basic: role for role, basic in _BASIC.items()}
_SPECIAL_GROUPS = {
    "projectOwners": "projectOwner",
    "projectWriters": "projectEditor",
    "projectReaders": "projectViewer",
}
_FIELDS_BY_PREFIX = {
    "user": "userByEmail",
    "serviceAccount": "userByEmail",
    "group": "groupByEmail",
    "domain": "domain",
}


def default_access(creator: Principal | None) -> list[Document]:
    """What Google gives to a new dataset that names no access."""
    entries: list[Document] = [
        {"role": "WRITER", "specialGroup": "projectWriters"},
        {"role": "OWNER", "specialGroup": "projectOwners"},
        {"role": "READER", "specialGroup": "projectReaders"},
    ]
    if creator is not None:
        entries.insert(2, _entry_of("OWNER", creator.member))
    return entries


def normalised(entries: Iterable[Document]) -> list[Document]:
    """The list as Google keeps it: basic roles where there are such, each entry once."""
    result: list[Document] = []
    for entry in entries:
        kept = _normalised(entry)
        if kept not in result:
            result.append(kept)
    return result


def bindings(project: str, entries: Iterable[Document]) -> list[Document]:
    """The IAM bindings that the list means; views, routines and datasets have no members."""
    result: list[Document] = []
    for entry in entries:
        member = _member(project, entry)
        if member is None or "role" not in entry:
            continue
        binding: Document = {"role": _IAM.get(entry["role"], entry["role"]), "members": [member]}
        if "condition" in entry:
            binding["condition"] = entry["condition"]
        result.append(binding)
    return result


def _normalised(entry: Document) -> Document:
    entry = dict(entry)
    if "role" in entry:
        entry["role"] = _BASIC.get(entry["role"], entry["role"])
    member = entry.pop("iamMember", None)
    if member is None:
        return entry
    return {**entry, **_entry_of(entry.get("role", ""), member)}


def _entry_of(role: str, member: str) -> Document:
    prefix, _, name = member.partition(":")
    field = _FIELDS_BY_PREFIX.get(prefix)
    return {"role": role} | ({field: name} if field else {"iamMember": member})


def _member(project: str, entry: Document) -> str | None:
    if email := entry.get("userByEmail"):
        kind = "serviceAccount" if email.endswith(".gserviceaccount.com") else "user"
        return f"{kind}:{email}"
    for field, prefix in (("groupByEmail", "group:"), ("domain", "domain:"), ("iamMember", "")):
        if field in entry:
            return f"{prefix}{entry[field]}"
    group = entry.get("specialGroup")
    if group in _SPECIAL_GROUPS:
        return f"{_SPECIAL_GROUPS[group]}:{project}"
    return group
