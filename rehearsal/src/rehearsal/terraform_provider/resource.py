"""A resource's life by rule: planned, created, read, changed and deleted from its table alone."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from rehearsal.documents import Document
from rehearsal.terraform_provider import mapping, planning
from rehearsal.terraform_provider.errors import ApiError, OperationError, ProviderError, saying
from rehearsal.terraform_provider.labels import plan_annotations, plan_labels, read_labels
from rehearsal.terraform_provider.planning import Plan
from rehearsal.terraform_provider.schema import HERE, Attribute, Block, rest_name
from rehearsal.terraform_provider.session import Session
from rehearsal.terraform_provider.values import Object, Path, unknown_to_null

_PLACES = ("project", "region", "location")
"""What the provider block says where a resource does not."""
_ATTRIBUTE = re.compile(r"\{(\w+)(?::path)?\}")


@dataclass(frozen=True, kw_only=True)
class Resource:
    """By rule; what is not so by rule is a subclass that overrides a step."""

    type: str
    noun: str
    """As the real provider's messages name it: "Error creating Job"."""
    label: str
    """As its messages about a read name it: "CloudRunV2Job"."""
    block: Block
    id: str
    """Template of Terraform's id."""
    url: str
    """Template of the address."""
    collection: str
    """Template of the address to which a new one is sent."""
    create_query: Mapping[str, str] = field(default_factory=dict)
    """Templates of the parameters of a creation."""
    query: Mapping[str, str] = field(default_factory=dict)
    """Parameters of every other request, and of a creation."""
    update_method: Literal["PATCH", "PUT"] = "PATCH"
    masked: bool = False
    """An update names the fields that it changes."""
    operations: str = ""
    """The base address of its operations, if requests are answered with some."""
    imports: tuple[str, ...] = ()
    """Templates of other ids by which it is imported."""
    kept_if_failed: bool = False
    """One whose creation has failed is there all the same; Terraform calls it tainted."""
    version: int = 0

    def validate(self, configured: Object) -> list[tuple[Path, str]]:
        """What is wrong with a configuration, without a look at the world."""
        return []

    def plan(self, session: Session, configured: Object, prior: Object | None) -> Plan:
        """What an apply would make of it."""
        plan = planning.planned(self.block, self._completed(session, configured), prior)
        values = plan.planned
        if "terraform_labels" in values:
            plan_labels(values, prior, session.settings)
        if "effective_annotations" in values:
            plan_annotations(values, prior)
        return plan

    def _completed(self, session: Session, configured: Object) -> Object:
        given = {
            name: session.default(name)
            for name in _PLACES
            if self._may_be_left_out(name) and configured.get(name) is None
        }
        if "deletion_policy" in self.block.fields and configured.get("deletion_policy") is None:
            given["deletion_policy"] = session.settings.deletion_policy or "DELETE"
        return configured | given

    def _may_be_left_out(self, name: str) -> bool:
        one = self.block.fields.get(name)
        return isinstance(one, Attribute) and one.optional

    def create(self, session: Session, planned: Object, configured: Object) -> Object:
        """Makes a new one; gives its state.

        Raises:
            ProviderError: with the state of what was made all the same.
        """
        with saying(f"Error creating {self.noun}"):
            body = self.body(session, planned, configured, None)
            answer = session.rest.call(
                "POST",
                session.expand(self.collection, planned),
                body,
                {name: session.expand(one, planned) for name, one in self.create_query.items()}
                | dict(self.query),
            )
        made = self.made(session, unknown_to_null(planned), answer)
        with saying("", made if self.kept_if_failed else None):
            self._wait(session, answer, "create", "Creating")
        with saying("", made):
            self.after_create(session, made)
            return self._reread(session, made)

    def made(self, session: Session, state: Object, answer: Document) -> Object:
        """The state of what was just made: its id, and what only the answer tells."""
        return state | {"id": session.expand(self.id, state)}

    def after_create(self, session: Session, state: Object) -> None:
        """What else the real provider does for a new one."""

    def body(
        self, session: Session, planned: Object, configured: Object, prior: Object | None
    ) -> Document:
        """What is sent; ``prior`` is None for a new one."""
        return mapping.document(self.block, planned)

    def read(self, session: Session, state: Object) -> Object | None:
        """Its state as it is now; None if it is gone."""
        try:
            found = self.fetch(session, state)
        except ApiError as error:
            if error.code == 404:
                return None
            raise ProviderError(
                f"Error when reading or editing {self.label} {_quoted(state['id'])}: {error}"
            ) from error
        return None if found is None else self.state(session, found, state)

    def fetch(self, session: Session, state: Object) -> Document | None:
        """Its document; None if that tells that it is gone."""
        found: Document = session.rest.call(
            "GET", session.expand(self.url, state), query=self.query
        )
        return found

    def state(self, session: Session, found: Document, prior: Object) -> Object:
        """The state that a document means."""
        values = mapping.state(self.block, found, prior)
        values["id"] = prior["id"]
        for name in _PLACES:
            if self._may_be_left_out(name) and values.get(name) is None:
                values[name] = session.default(name)
        for kind in ("labels", "annotations"):
            if f"effective_{kind}" in values:
                read_labels(values, prior, kind)
        if "deletion_policy" in values and values["deletion_policy"] is None:
            values["deletion_policy"] = session.settings.deletion_policy or "DELETE"
        return values

    def _reread(self, session: Session, state: Object) -> Object:
        found = self.read(session, state)
        if found is None:
            raise ProviderError(f"{self.label} {_quoted(state['id'])} is not there after all")
        return found

    def update(
        self, session: Session, prior: Object, planned: Object, configured: Object
    ) -> Object:
        """Changes it in place; gives its state."""
        changed = self.changed(prior, planned)
        kept: Object = unknown_to_null(planned)
        if not changed:  # only what stays in Terraform
            return kept
        with saying(f"Error updating {self.noun} {_quoted(prior['id'])}"):
            query = {"updateMask": ",".join(changed)} if self.masked else {}
            answer = session.rest.call(
                self.update_method,
                session.expand(self.url, planned),
                self.body(session, planned, configured, prior),
                query | dict(self.query),
            )
        self._wait(session, answer, "update", "Updating")
        self.after_update(session, prior, planned)
        return self._reread(session, kept)

    def after_update(self, session: Session, prior: Object, planned: Object) -> None:
        """What else the real provider does for a changed one."""

    def changed(self, prior: Object, planned: Object) -> list[str]:
        """The REST fields that an update changes, sorted."""
        names = set()
        for name, one in self.block.fields.items():
            path = rest_name(name, one)
            sent = not (isinstance(one, Attribute) and one.is_output and not one.sends)
            if path != HERE and sent and planning.is_changed(self.block, name, prior, planned):
                names.add(path)
        return sorted(names)

    def delete(self, session: Session, state: Object) -> None:
        """Deletes it, as far as its policy lets it; one that is gone is no error."""
        if state.get("deletion_policy") == "ABANDON":
            return
        self.refuse_deletion(state)
        try:
            answer = self.remove(session, state)
        except ApiError as error:
            if error.code == 404:
                return
            raise ProviderError(f"Error when reading or editing {self.noun}: {error}") from error
        self._wait(session, answer, "delete", "Deleting")

    def refuse_deletion(self, state: Object) -> None:
        """Raises a ProviderError if it is protected."""
        if state.get("deletion_policy") == "PREVENT":
            raise ProviderError(
                f"cannot destroy {self.type} {_quoted(state['id'])}: its deletion_policy is"
                ' PREVENT; set deletion_policy = "DELETE" and run `terraform apply` first'
            )
        if state.get("deletion_protection"):
            raise ProviderError(self.protected(state))

    def protected(self, state: Object) -> str:
        """The message of one whose ``deletion_protection`` is on."""
        return (
            f"cannot destroy {self.noun.lower()} without setting deletion_protection=false"
            " and running `terraform apply`"
        )

    def remove(self, session: Session, state: Object) -> Document:
        """Sends the deletion."""
        return session.rest.call("DELETE", session.expand(self.url, state), query=self.query)

    def _wait(self, session: Session, answer: Document, to: str, doing: str) -> None:
        """Until an operation has ended, if the answer is one."""
        if not (self.operations and "operations/" in answer.get("name", "")):
            return  # some requests of a service are answered with the resource itself
        with saying(f"Error waiting to {to} {self.noun}"):
            try:
                session.rest.finished(lambda name: f"{self.operations}{name}", answer)
            except OperationError as error:
                raise ProviderError(f"Error waiting for {doing} {self.noun}: {error}") from error

    def imported(self, session: Session, id_: str) -> Object:
        """What an id tells; the rest is read afterwards.

        Raises:
            ProviderError: it has none of the forms.
        """
        for template in (self.id, *self.imports):
            found = re.fullmatch(_pattern(template), id_)
            if found:
                state = self.block.empty() | found.groupdict()
                return state | {"id": session.expand(self.id, state)}
        forms = [self.id, *self.imports]
        raise ProviderError(f"Import id {id_!r} doesn't match any of the accepted formats: {forms}")


def _pattern(template: str) -> str:
    """A regular expression that finds the attributes in an id."""
    parts = _ATTRIBUTE.split(template)
    return "".join(
        f"(?P<{part}>.+)" if place % 2 and f"{{{part}:path}}" in template
        else f"(?P<{part}>[^/]+)" if place % 2
        else re.escape(part)
        for place, part in enumerate(parts)
    )  # fmt: skip


def _quoted(text: Any) -> str:
    return f'"{text}"'


@dataclass(frozen=True, kw_only=True)
class DataSource:
    """Something that is only read."""

    type: str
    block: Block

    def read(self, session: Session, configured: Object) -> Object:
        """Its values."""
        raise NotImplementedError
