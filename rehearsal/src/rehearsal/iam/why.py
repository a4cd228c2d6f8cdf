"""Why somebody may do something, or may not: the bindings that give it, the roles that would."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

import msgspec

from rehearsal.cloud import Cloud
from rehearsal.documents import Document
from rehearsal.errors import RehearsalError
from rehearsal.iam.access import Access
from rehearsal.iam.permissions import roles_with
from rehearsal.identity.principal import ANONYMOUS, Principal

_PROJECT = re.compile(r"projects/[^/]+")
_RESOURCE_MANAGER = "cloudresourcemanager.googleapis.com"
_SHORT_HOSTS = {"resourcemanager": _RESOURCE_MANAGER}
"""Where the first word of a permission is not that of the host."""


@dataclass(frozen=True)
class Grant:
    """A role that a policy gives the principal; ``condition`` is its expression, or ''."""

    role: str
    resource: str
    condition: str


@dataclass(frozen=True)
class Explanation:
    """The verdict on a permission, and where it comes from."""

    principal: str
    permission: str
    resource: str
    given: tuple[Grant, ...]
    """What gives the permission, the nearest policy first; empty: it is denied."""
    held_back: tuple[Grant, ...]
    """What would, if its condition held at this moment."""
    roles: tuple[str, ...]
    """Every role with the permission, the narrowest first."""
    places: tuple[str, ...]
    """The resource, and the project whose policy counts for it as well."""


def explain(access: Access, principal: Principal, permission: str, resource: str) -> Explanation:
    """Explains the verdict of ``access`` at this moment."""
    given = list(access.granting(principal, permission, resource))
    named = access.naming(principal, permission, resource)
    project = access.project_of(resource)
    top = f"//{_RESOURCE_MANAGER}/projects/{project}"
    return Explanation(
        principal=principal.member,
        permission=permission,
        resource=resource,
        given=_grants(given),
        held_back=_grants(one for one in named if one not in given),
        roles=roles_with(permission),
        places=(resource,) if not project or resource == top else (resource, top),
    )


def _grants(bindings: Iterable[tuple[str, Document]]) -> tuple[Grant, ...]:
    return tuple(
        Grant(binding["role"], name, binding.get("condition", {}).get("expression", ""))
        for name, binding in bindings
    )


def why(cloud: Cloud, body: Document) -> Document:
    """A control: ``principal``, ``permission`` and ``resource``, as a person types them.

    Answers with the fields of an Explanation.

    Raises:
        RehearsalError: that is no principal, permission or resource.
    """
    permission = str(body.get("permission", ""))
    if not roles_with(permission):
        raise RehearsalError(
            f"no role holds the permission {permission!r}: write it as run.jobs.run"
        )
    principal = principal_named(str(body.get("principal", "")))
    resource = resource_named(str(body.get("resource", "")), permission)
    told: Document = msgspec.to_builtins(explain(cloud.access, principal, permission, resource))
    return told


def principal_named(text: str) -> Principal:
    """A principal by its e-mail address, or as policies name it; ``nobody`` bears no token.

    Raises:
        RehearsalError: it is neither.
    """
    if text == "nobody":
        return ANONYMOUS
    if text.startswith(("principal://", "principalSet://")):
        return Principal(text)
    kind, colon, email = text.rpartition(":")
    if "@" not in email or kind not in {"", "user", "serviceAccount"}:
        raise RehearsalError(
            f"{text!r} is no principal: give an e-mail address, principal://..., or nobody"
        )
    if colon:
        return Principal(text)
    kind = "serviceAccount" if email.endswith(".gserviceaccount.com") else "user"
    return Principal(f"{kind}:{email}")


def resource_named(text: str, permission: str) -> str:
    """A resource's full name; without ``//SERVICE/`` it is of the permission's service.

    Raises:
        RehearsalError: it is no name of a resource.
    """
    service, slash, name = text.removeprefix("//").partition("/")
    if text.startswith("//") and slash and name and "." in service:
        return text
    if not re.match(r"projects/[^/]", text):
        raise RehearsalError(
            f"{text!r} is no resource: write it as an error names it,"
            " //run.googleapis.com/projects/P/locations/L/jobs/J, or projects/P"
        )
    if _PROJECT.fullmatch(text):
        return f"//{_RESOURCE_MANAGER}/{text}"
    first = permission.partition(".")[0]
    return f"//{_SHORT_HOSTS.get(first, f'{first}.googleapis.com')}/{text}"
