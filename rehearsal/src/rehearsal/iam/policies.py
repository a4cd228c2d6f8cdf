"""Policies: what is kept of them, which are well-formed, and whom their members mean.

https://cloud.google.com/iam/docs/reference/rest/v1/Policy
"""

import re
from collections.abc import Iterable

from rehearsal.documents import Document
from rehearsal.errors import invalid_argument
from rehearsal.iam.conditions import check
from rehearsal.iam.permissions import permissions_in
from rehearsal.identity.principal import ANONYMOUS, Principal

_BASIC_ROLES = frozenset({"roles/owner", "roles/editor", "roles/viewer"})
_MEMBER = re.compile(
    r"allUsers|allAuthenticatedUsers"
    r"|(user|serviceAccount|group):[^@\s]+@[^@\s]+"
    r"|domain:[^@\s]+"
    r"|project(Owner|Editor|Viewer):\S+"
    r"|principal(Set)?://iam\.googleapis\.com/\S+"
    r"|deleted:\S+"
)


def checked_bindings(bindings: Iterable[Document]) -> list[Document]:
    """The bindings as they are kept: one for each role and condition, members once and sorted.

    Raises:
        ApiError: 400: a role or a member is none.
    """
    merged: dict[tuple[str, str], Document] = {}
    for binding in bindings:
        role, members = binding.get("role", ""), binding.get("members", [])
        _require_role(role)
        for member in members:
            _require_member(member)
        condition = binding.get("condition")
        key = (role, str(condition))
        one = merged.setdefault(key, {"role": role, "members": []})
        if condition:
            _require_conditional(role)
            check(condition)
            one["condition"] = condition
        one["members"] = sorted({*one["members"], *members})
    return [merged[key] for key in sorted(merged) if merged[key]["members"]]


def _require_role(role: str) -> None:
    if permissions_in(role) is None:
        raise invalid_argument(f"Role {role} is not supported for this resource.")


def _require_conditional(role: str) -> None:
    """https://github.com/hashicorp/terraform-provider-google/issues/7833"""
    if role in _BASIC_ROLES:
        raise invalid_argument(f"Conditions can't be set on primitive roles: {role}.")


def _require_member(member: str) -> None:
    """The words: https://github.com/DefangLabs/defang/pull/1541,
    https://github.com/GoogleCloudPlatform/terraform-splunk-log-export/issues/41.
    """
    if not _MEMBER.fullmatch(member):
        raise invalid_argument(
            f"The member {member} is of an unknown type. Please set a valid type prefix for the"
            " member."
        )
    kind, _, email = member.partition(":")
    if kind in {"user", "group"} and email.endswith(".gserviceaccount.com"):
        raise invalid_argument(
            f'Principal {email} is of type "serviceAccount". The principal should appear as'
            f' "serviceAccount:{email}". See https://cloud.google.com/iam/help/members/types for'
            " additional documentation."
        )


def means(member: str, principal: Principal) -> bool:
    """Whether a member of a binding means this principal. Groups and domains have nobody here."""
    if member == "allUsers":
        return True
    if principal == ANONYMOUS:
        return False
    if member == "allAuthenticatedUsers":
        return principal.member.startswith(("user:", "serviceAccount:"))
    return member == principal.member or member in principal.sets
