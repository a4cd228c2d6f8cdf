"""Verdicts: whether a principal has a permission on a resource, by its policy and those above.

Policies are kept by full resource name (``//run.googleapis.com/projects/demo/locations/L/jobs/J``);
one counts for everything below its name, and a project's for everything in the project.
https://cloud.google.com/iam/docs/resource-hierarchy-access-control
"""

import re
from collections.abc import Iterator

from rehearsal.api.digests import etag, same_etag
from rehearsal.clock import Clock
from rehearsal.documents import Document
from rehearsal.errors import aborted, invalid_argument, permission_denied
from rehearsal.iam.conditions import holds
from rehearsal.iam.permissions import permissions_in
from rehearsal.iam.policies import checked_bindings, means
from rehearsal.identity.principal import Principal
from rehearsal.projects import Projects
from rehearsal.store import Store

KIND = "policies"
ACCOUNTS = "iam.serviceAccounts"
"""The kind of service accounts, by name."""
_ACCOUNT = re.compile(
    r"serviceAccount:(?P<email>[^@]+@(?P<project>[a-z0-9-]+)\.iam\.gserviceaccount\.com)"
)
_PROJECTS = "//cloudresourcemanager.googleapis.com/projects/"
_OF_PROJECT = {
    "projectOwner": "roles/owner",
    "projectEditor": "roles/editor",
    "projectViewer": "roles/viewer",
}


class Access:
    """All policies of a cloud."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store, self._clock = store, clock

    def allows(self, principal: Principal, permission: str, resource: str) -> bool:
        """Whether the principal has the permission on the resource."""
        return next(self.granting(principal, permission, resource), None) is not None

    def granting(
        self, principal: Principal, permission: str, resource: str
    ) -> Iterator[tuple[str, Document]]:
        """(resource, binding) of each binding that gives the permission, nearest first."""
        for name in self.lineage(resource):
            for binding in self._bindings(name):
                if self._gives(binding, principal, permission, resource):
                    yield name, binding

    def require(self, principal: Principal, permission: str, resource: str) -> None:
        """Refuses a principal without the permission.

        Raises:
            ApiError: 403, naming the permission and the resource.
        """
        if self.allows(principal, permission, resource):
            return
        raise permission_denied(
            f"Permission '{permission}' denied on resource '{resource}' (or it may not exist).",
            permission=permission,
            resource=resource.split("/", 3)[-1],
        )

    def policy(self, resource: str) -> Document:
        """The policy of a resource alone: version, etag, and bindings if there are any."""
        kept = self._store.get(KIND, resource)
        if kept is None:
            return {"version": 1, "etag": "ACAB"}
        bindings = kept.get("bindings", [])
        return {"version": 1, "etag": kept["etag"]} | ({"bindings": bindings} if bindings else {})

    def set_policy(self, resource: str, policy: Document) -> Document:
        """Replaces the policy of a resource; bindings that are absent are none.

        Raises:
            ApiError: 400: it is malformed, or names an account that is not there; 409: its etag is
                not that of the last change.
        """
        given, current = policy.get("etag"), self.policy(resource)["etag"]
        if given and not same_etag(given, current):
            raise aborted(
                "There were concurrent policy changes. Please retry the whole"
                " read-modify-write with exponential backoff. The request's ETag"
                f" '{given}' did not match the current policy's ETag '{current}'."
            )
        self._require_accounts(policy.get("bindings", []))
        self.put_bindings(resource, policy.get("bindings", []))
        return self.policy(resource)

    def _require_accounts(self, bindings: list[Document]) -> None:
        """Refuses members that are service accounts of a project here, and not there."""
        projects = Projects(self._store)
        for member in sorted({one for binding in bindings for one in binding.get("members", [])}):
            found = _ACCOUNT.fullmatch(member)
            if not found or projects.get(found["project"]) is None:
                continue
            name = f"projects/{found['project']}/serviceAccounts/{found['email']}"
            if self._store.get(ACCOUNTS, name) is None:
                raise invalid_argument(f"Service account {found['email']} does not exist.")

    def put_bindings(self, resource: str, bindings: list[Document]) -> None:
        """Replaces the bindings of a resource, whatever they were.

        Raises:
            ApiError: 400: a role or a member is none.
        """
        kept: Document = {"bindings": checked_bindings(bindings)}
        kept["etag"] = etag(kept | {"change": self._store.next_number("policy changes")})
        self._store.put(KIND, resource, kept)

    def forget(self, resource: str) -> None:
        """Deletes the policies of a resource and of everything below it."""
        self._store.delete(KIND, resource)
        for name, _ in self._store.list(KIND, f"{resource}/"):
            self._store.delete(KIND, name)

    def lineage(self, resource: str) -> Iterator[str]:
        """A resource, what it is in, and so on up to its project."""
        service, name = resource[2:].split("/", 1)
        parts = name.split("/")
        for length in range(len(parts), 0, -1):
            yield f"//{service}/{'/'.join(parts[:length])}"
        project = self.project_of(resource)
        if project and not resource.startswith(_PROJECTS):
            yield f"{_PROJECTS}{project}"

    def project_of(self, resource: str) -> str:
        """The id of the project that a resource is in, or ''."""
        parts = resource[2:].split("/")
        if len(parts) < 3 or parts[1] != "projects":
            return ""
        if parts[2] != "_":
            return parts[2]
        # Buckets have names of their own in the whole world; their documents tell the project.
        bucket = self._store.get("storage.buckets", "/".join(parts[4:5]))
        return Projects(self._store).id_of(bucket["projectNumber"]) if bucket else ""

    def _bindings(self, resource: str) -> list[Document]:
        kept = self._store.get(KIND, resource)
        found: list[Document] = kept["bindings"] if kept else []
        return found

    def _gives(
        self, binding: Document, principal: Principal, permission: str, resource: str
    ) -> bool:
        return (
            permission in (permissions_in(binding["role"]) or ())
            and any(self._means(one, principal) for one in binding["members"])
            and holds(binding.get("condition"), resource, self._clock.now())
        )

    def _means(self, member: str, principal: Principal) -> bool:
        kind, _, project = member.partition(":")
        if kind not in _OF_PROJECT:
            return means(member, principal)
        return any(
            binding["role"] == _OF_PROJECT[kind]
            and any(means(one, principal) for one in binding["members"])
            for binding in self._bindings(f"{_PROJECTS}{project}")
        )
