"""Verdicts: whether a principal has a permission on a resource, by its policy and those above.

Policies are kept by full resource name (``//run.googleapis.com/projects/demo/locations/L/jobs/J``);
one counts for everything below its name, and a project's for everything in the project.
https://cloud.google.com/iam/docs/resource-hierarchy-access-control
"""

from collections.abc import Iterator

from rehearsal.api.digests import etag, same_etag
from rehearsal.clock import Clock
from rehearsal.documents import Document
from rehearsal.errors import aborted, invalid_argument, not_here, permission_denied
from rehearsal.iam.conditions import holds
from rehearsal.iam.permissions import permissions_in
from rehearsal.iam.policies import checked_bindings, means
from rehearsal.identity.accounts import account, project_of
from rehearsal.identity.principal import Principal
from rehearsal.projects import Projects
from rehearsal.store import Store

KIND = "policies"
_PROJECTS = "//cloudresourcemanager.googleapis.com/projects/"
_SECRETS = "//secretmanager.googleapis.com/projects/"
_CONDITIONAL = 3
"""The version of policies with conditions."""
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
        now, seen = self._clock.now(), self._as_conditions_see(resource)
        for name, binding in self.naming(principal, permission, resource):
            if holds(binding.get("condition"), seen, now):
                yield name, binding

    def naming(
        self, principal: Principal, permission: str, resource: str
    ) -> Iterator[tuple[str, Document]]:
        """The same, and those whose condition does not hold at this moment."""
        for name in self.lineage(resource):
            for binding in self._bindings(name):
                if permission in (permissions_in(binding["role"]) or ()) and any(
                    self._means(one, principal) for one in binding["members"]
                ):
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
        """The policy of a resource alone: version, etag, and bindings if there are any.

        The version is 3 where a binding has a condition, else 1.
        """
        kept = self._store.get(KIND, resource)
        if kept is None:
            return {"version": 1, "etag": "ACAB"}
        bindings = kept["bindings"]
        version = _CONDITIONAL if _is_conditional(bindings) else 1
        return {"version": version, "etag": kept["etag"]} | (
            {"bindings": bindings} if bindings else {}
        )

    def set_policy(self, resource: str, policy: Document) -> Document:
        """Replaces the policy of a resource; bindings that are absent are none.

        Raises:
            ApiError: 400: it is malformed, has conditions in a version that knows none, or names
                an account that is not there; 404: it configures audits; 409: its etag is not that
                of the last change.
        """
        if policy.get("auditConfigs"):
            raise not_here(
                "The rehearsal's audit entries can't be configured: leave out auditConfigs."
            )
        current, bindings = self.policy(resource), policy.get("bindings", [])
        _require_current(policy.get("etag"), current["etag"])
        _require_version(policy.get("version", 0), max(current["version"], _needed(bindings)))
        checked = checked_bindings(bindings)
        self._require_accounts(checked)
        self.put_bindings(resource, checked)
        return self.policy(resource)

    def _require_accounts(self, bindings: list[Document]) -> None:
        """Refuses members that are service accounts of a project here, and not there."""
        projects = Projects(self._store)
        for member in sorted({one for binding in bindings for one in binding["members"]}):
            kind, _, email = member.partition(":")
            if kind != "serviceAccount" or projects.get(project_of(email)) is None:
                continue
            if account(self._store, email) is None:
                raise invalid_argument(f"Service account {email} does not exist.")

    def put_bindings(self, resource: str, bindings: list[Document]) -> None:
        """Replaces the bindings of a resource, whatever they were.

        Raises:
            ApiError: 400: a role or a member is none.
        """
        kept: Document = {"bindings": checked_bindings(bindings)}
        kept["etag"] = etag(kept | {"change": self._store.next_number("policy changes")})
        self._store.put(KIND, resource, kept)

    def rename(self, member: str, new: str) -> None:
        """Puts ``new`` in the place of a member, in all policies."""
        for resource, kept in self._store.list(KIND):
            bindings = kept["bindings"]
            if not any(member in binding["members"] for binding in bindings):
                continue
            for binding in bindings:
                binding["members"] = [new if one == member else one for one in binding["members"]]
            self.put_bindings(resource, bindings)

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

    def _as_conditions_see(self, resource: str) -> str:
        """Secrets are named by the project's number: https://github.com/hashicorp/vault/pull/25645"""
        if not resource.startswith(_SECRETS):
            return resource
        project, slash, rest = resource.removeprefix(_SECRETS).partition("/")
        return f"{_SECRETS}{Projects(self._store).number_of(project)}{slash}{rest}"

    def _bindings(self, resource: str) -> list[Document]:
        kept = self._store.get(KIND, resource)
        found: list[Document] = kept["bindings"] if kept else []
        return found

    def _means(self, member: str, principal: Principal) -> bool:
        kind, _, project = member.partition(":")
        if kind not in _OF_PROJECT:
            return means(member, principal)
        return any(
            binding["role"] == _OF_PROJECT[kind]
            and any(means(one, principal) for one in binding["members"])
            for binding in self._bindings(f"{_PROJECTS}{project}")
        )


def _is_conditional(bindings: list[Document]) -> bool:
    return any(binding.get("condition") for binding in bindings)


def _needed(bindings: list[Document]) -> int:
    return _CONDITIONAL if _is_conditional(bindings) else 0


def _require_current(given: str | None, current: str) -> None:
    """A policy without an etag replaces whatever is there."""
    if given and not same_etag(given, current):
        raise aborted(
            "There were concurrent policy changes. Please retry the whole read-modify-write with"
            f" exponential backoff. The request's ETag '{given}' did not match the current"
            f" policy's ETag '{current}'."
        )


def _require_version(given: int, needed: int) -> None:
    """https://github.com/hashicorp/vault-plugin-secrets-gcp/issues/88 has the words."""
    if needed == _CONDITIONAL and given < needed:
        raise invalid_argument(
            f"Specified policy version ({given}) cannot be less than the existing policy version"
            f" ({needed}). For more information, please refer to"
            " https://cloud.google.com/iam/docs/policies#versions."
        )
