"""Service accounts."""

import re
from dataclasses import dataclass
from typing import override

from rehearsal.documents import Document
from rehearsal.terraform_provider import mapping
from rehearsal.terraform_provider.errors import ApiError, ProviderError, saying
from rehearsal.terraform_provider.planning import Plan
from rehearsal.terraform_provider.resource import DataSource, Resource
from rehearsal.terraform_provider.resources.shared import COMMON
from rehearsal.terraform_provider.schema import (
    BOOL,
    HERE,
    Block,
    optional,
    output,
    required,
    timeouts,
)
from rehearsal.terraform_provider.session import Session
from rehearsal.terraform_provider.values import Object, has_unknown

_IAM = "https://iam.googleapis.com/v1/"
_DOMAIN = "{project}.iam.gserviceaccount.com"
_SNAKE = {"displayName": "display_name", "description": "description"}


@dataclass(frozen=True, kw_only=True)
class Account(Resource):
    """Its requests wrap it, and its mask is in the body."""

    @override
    def plan(self, session: Session, configured: Object, prior: Object | None) -> Plan:
        plan = super().plan(session, configured, prior)
        named = (plan.planned["account_id"], plan.planned["project"])
        if prior is None and not has_unknown(list(named)):
            email = session.expand(f"{{account_id}}@{_DOMAIN}", plan.planned)
            plan.planned |= {"email": email, "member": f"serviceAccount:{email}"}
        return plan

    @override
    def body(
        self, session: Session, planned: Object, configured: Object, prior: Object | None
    ) -> Document:
        own = mapping.document(self.block, planned)
        if prior is None:
            return {"accountId": planned["account_id"], "serviceAccount": own}
        etag = self.fetch(session, prior).get("etag")
        mask = ",".join(_SNAKE[one] for one in self.changed(prior, planned))
        return {"serviceAccount": own | {"etag": etag}, "updateMask": mask}

    @override
    def fetch(self, session: Session, state: Object) -> Document:
        return session.rest.get(session.expand(self.url, state))

    @override
    def update(
        self, session: Session, prior: Object, planned: Object, configured: Object
    ) -> Object:
        if bool(prior.get("disabled")) != bool(planned.get("disabled")):
            verb = "disable" if planned.get("disabled") else "enable"
            with saying(f"Error updating {self.noun}"):
                session.rest.call("POST", f"{session.expand(self.url, prior)}:{verb}", {})
        return super().update(session, prior, planned, configured)

    @override
    def after_create(self, session: Session, state: Object) -> None:
        if state.get("disabled"):
            session.rest.call("POST", f"{session.expand(self.url, state)}:disable", {})

    @override
    def state(self, session: Session, found: Document, prior: Object) -> Object:
        return super().state(session, found, prior) | {
            "member": f"serviceAccount:{found['email']}",
            "account_id": found["email"].partition("@")[0],
            "project": found.get("projectId", prior.get("project")),
            "disabled": found.get("disabled", False),
        }

    @override
    def imported(self, session: Session, id_: str) -> Object:
        if not re.fullmatch(r"projects/[^/]+/serviceAccounts/[^/]+", id_):
            raise ProviderError(
                f"Import id {id_!r} doesn't match projects/{{project}}/serviceAccounts/{{email}}"
            )
        return self.block.empty() | {"id": id_}


@dataclass(frozen=True, kw_only=True)
class AccountData(DataSource):
    """By its id or its e-mail address."""

    @override
    def read(self, session: Session, configured: Object) -> Object:
        given = configured["account_id"].rpartition("/")[2]
        email = given if "@" in given else session.expand(f"{given}@{_DOMAIN}", configured)
        project = configured.get("project") or "-"
        name = f"projects/{project}/serviceAccounts/{email}"
        try:
            found = session.rest.get(f"{_IAM}{name}")
        except ApiError as error:
            raise ProviderError(
                f'Error when reading or editing Service Account "{name}": {error}'
            ) from error
        return configured | {
            "id": found["name"],
            "name": found["name"],
            "email": found["email"],
            "unique_id": found.get("uniqueId"),
            "display_name": found.get("displayName", ""),
            "disabled": found.get("disabled", False),
            "member": f"serviceAccount:{found['email']}",
        }


RESOURCES = (
    Account(
        type="google_service_account",
        noun="service account",
        label="Service Account",
        id=f"projects/{{project}}/serviceAccounts/{{account_id}}@{_DOMAIN}",
        url=f"{_IAM}{{id:path}}",
        collection=f"{_IAM}projects/{{project}}/serviceAccounts",
        block=Block(
            COMMON
            | {
                "account_id": required(
                    rest=HERE, replaces=True, pattern=r"[a-z](?:[-a-z0-9]{4,28}[a-z0-9])"
                ),
                "display_name": optional(),
                "description": optional(),
                "disabled": optional(BOOL, rest=HERE, default=False),
                "create_ignore_already_exists": optional(BOOL, rest=HERE),
                "email": output(),
                "name": output(),
                "unique_id": output(),
                "member": output(rest=HERE),
                "timeouts": timeouts("create"),
            }
        ),
    ),
)
DATA_SOURCES = (
    AccountData(
        type="google_service_account",
        block=Block(
            {
                "id": optional(computed=True),
                "account_id": required(),
                "project": optional(),
                **dict.fromkeys(("name", "email", "unique_id", "display_name", "member"), output()),
                "disabled": output(BOOL),
            }
        ),
    ),
)
