"""A member with a role on a resource: one line of that resource's policy."""

import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Literal, override

from rehearsal.documents import Document
from rehearsal.terraform_provider.errors import ProviderError, saying
from rehearsal.terraform_provider.resource import Resource
from rehearsal.terraform_provider.resources.access import read_access, write_access
from rehearsal.terraform_provider.resources.shared import last_part
from rehearsal.terraform_provider.session import Session
from rehearsal.terraform_provider.values import Object, Path, unknown_to_null

_ATTEMPTS = 10
_PAUSE_SECONDS = 0.05
POLICY_VERSION = 3
"""The version with conditions."""
_CONFLICT = 409
_FULL_NAMES = frozenset({"project", "service_account_id"})
"""Attributes whose value stands in an address as it is."""

type Change = Callable[[Document], None]
"""Of a policy, in place."""


@dataclass(frozen=True, kw_only=True)
class Member(Resource):
    """Read, changed and written with all others of the resource; nobody else's line is touched."""

    described: str
    """Template of what the real provider's messages call the resource."""
    named_by: str
    """The attribute that names the resource, by a name or by a full name."""
    read_method: Literal["GET", "POST"] = "GET"
    read_query: dict[str, str] = field(default_factory=dict)
    read_body: Document | None = None
    bare: bool = False
    """Addressed and sent as Cloud Storage has it."""
    written_with: Document = field(default_factory=dict)
    """Sent beside the policy."""
    batched: bool = False
    """Those that are wanted at one moment are written by one request."""

    @override
    def validate(self, configured: Object) -> list[tuple[Path, str]]:
        member = configured.get("member")
        if isinstance(member, str) and ":" not in member and not member.startswith("all"):
            return [
                (("member",), f'invalid value for member ("{member}"): write KIND:NAME, for'
                              " example serviceAccount:NAME@PROJECT.iam.gserviceaccount.com")
            ]  # fmt: skip
        return []

    @override
    def create(self, session: Session, planned: Object, configured: Object) -> Object:
        self._change(session, planned, lambda policy: _add(policy, planned))
        made = unknown_to_null(planned) | {"id": self._id(session, planned)}
        with saying("", made):
            return self._reread(session, made)

    @override
    def read(self, session: Session, state: Object) -> Object | None:
        what = self._what(session, state)
        try:
            policy = self.policy(session, state)
        except ProviderError as error:
            if error.code == 404:
                return None
            raise ProviderError(
                f"Error when reading or editing Resource {json.dumps(what)} with IAM Member:"
                f" Role {json.dumps(state['role'])} Member {json.dumps(state['member'])}:"
                f" Error retrieving IAM policy for {what}: {error}"
            ) from error
        found = _binding(policy, state)
        if found is None or state["member"] not in found["members"]:
            return None
        values = state | {"id": self._id(session, state), "etag": policy.get("etag")}
        if "project" in values and values["project"] is None:
            values["project"] = session.default("project")
        return values

    @override
    def update(
        self, session: Session, prior: Object, planned: Object, configured: Object
    ) -> Object:
        kept: Object = unknown_to_null(planned)
        return kept

    @override
    def delete(self, session: Session, state: Object) -> None:
        try:
            self._change(session, state, lambda policy: _remove(policy, state))
        except ProviderError as error:
            if error.code != 404:
                raise

    def policy(self, session: Session, state: Object) -> Document:
        """The resource's policy."""
        verb = "/iam" if self.bare else ":getIamPolicy"
        url = f"{self._address(session, state)}{verb}"
        return session.rest.call(self.read_method, url, self.read_body, self.read_query)

    def write(self, session: Session, state: Object, policy: Document) -> None:
        """Replaces the resource's policy, unless it was changed since it was read."""
        url = self._address(session, state)
        sent = {name: policy[name] for name in ("bindings", "etag") if policy.get(name)}
        sent["version"] = POLICY_VERSION
        if self.bare:
            session.rest.call("PUT", f"{url}/iam", sent)
        else:
            session.rest.call("POST", f"{url}:setIamPolicy", {"policy": sent} | self.written_with)

    def _change(self, session: Session, state: Object, change: Change) -> None:
        url = self._address(session, state)
        if self.batched:
            session.policies.run(url, change, lambda some: self._apply(session, state, some))
        else:
            with session.policies.alone(url):
                self._apply(session, state, [change])

    def _apply(self, session: Session, state: Object, changes: Iterable[Change]) -> None:
        what = self._what(session, state)
        for attempt in range(_ATTEMPTS):
            try:
                with saying(f"Error retrieving IAM policy for {what}"):
                    policy = self.policy(session, state)
                for change in changes:
                    change(policy)
                with saying(f"Error applying IAM policy for {what}: Error setting IAM policy for"
                            f" {what}"):  # fmt: skip
                    self.write(session, state, policy)
            except ProviderError as error:
                if error.code != _CONFLICT or attempt + 1 == _ATTEMPTS:
                    raise
                session.rest.sleep(_PAUSE_SECONDS * 2**attempt)  # changed meanwhile: read again
            else:
                return

    def _address(self, session: Session, state: Object) -> str:
        return session.expand(self.url, self._located(state))

    def _what(self, session: Session, state: Object) -> str:
        return session.expand(self.described, self._located(state))

    def _located(self, state: Object) -> Object:
        """With the resource's name where its full name is given, and the project of that."""
        given: str = state[self.named_by]
        if self.named_by in _FULL_NAMES:
            return state
        project = re.match(r"projects/([^/]+)/", given)
        return state | {self.named_by: last_part(given)} | (
            {"project": project[1]} if project else {}
        )  # fmt: skip

    def _id(self, session: Session, state: Object) -> str:
        place = session.expand(self.id, self._located(state))
        titles = [condition["title"] for condition in state.get("condition") or []]
        return "/".join([place, state["role"], state["member"], *titles])

    @override
    def imported(self, session: Session, id_: str) -> Object:
        place, _, rest = id_.partition(" ")
        role, _, member = rest.partition(" ")
        if not member:
            raise ProviderError(f"Import id {id_!r} doesn't have the form 'RESOURCE ROLE MEMBER'")
        state = super().imported(session, place) | {"role": role, "member": member}
        return state | {"id": self._id(session, state)}


def _binding(policy: Document, state: Object) -> Document | None:
    """The policy's binding of the same role under the same condition."""
    wanted = _condition(state)
    for binding in policy.get("bindings", []):
        if binding["role"] == state["role"] and (binding.get("condition") or {}) == wanted:
            found: Document = binding
            return found
    return None


def _condition(state: Object) -> Document:
    for condition in state.get("condition") or []:
        return {name: value for name, value in condition.items() if value}
    return {}


def _add(policy: Document, state: Object) -> None:
    binding = _binding(policy, state)
    if binding is None:
        binding = {"role": state["role"], "members": []}
        if _condition(state):
            binding["condition"] = _condition(state)
        policy.setdefault("bindings", []).append(binding)
    binding["members"] = sorted({*binding["members"], state["member"]})
    policy["bindings"].sort(key=lambda one: str(one["role"]))


def _remove(policy: Document, state: Object) -> None:
    binding = _binding(policy, state)
    if binding is None:
        return
    binding["members"] = [one for one in binding["members"] if one != state["member"]]
    policy["bindings"] = [one for one in policy["bindings"] if one["members"]]


@dataclass(frozen=True, kw_only=True)
class DatasetMember(Member):
    """A dataset has a list of who has access in place of a policy."""

    @override
    def policy(self, session: Session, state: Object) -> Document:
        return read_access(session, self._address(session, state))

    @override
    def write(self, session: Session, state: Object, policy: Document) -> None:
        write_access(session, self._address(session, state), policy)
