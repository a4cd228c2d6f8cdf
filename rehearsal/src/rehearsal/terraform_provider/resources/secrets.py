"""Secret Manager: secrets, and their versions, whose content is never read."""

import base64
from dataclasses import dataclass
from typing import Any, override

from rehearsal.documents import Document
from rehearsal.terraform_provider.errors import ApiError, ProviderError, saying
from rehearsal.terraform_provider.resource import DataSource, Resource
from rehearsal.terraform_provider.resources.shared import (
    ANNOTATIONS,
    COMMON,
    ID,
    LABELS,
    last_part,
    same_duration,
    same_name,
)
from rehearsal.terraform_provider.schema import (
    BOOL,
    HERE,
    NUMBER,
    STRING_MAP,
    Attribute,
    Block,
    many,
    one,
    optional,
    output,
    required,
    timeouts,
)
from rehearsal.terraform_provider.session import Session
from rehearsal.terraform_provider.values import Object, unknown_to_null

_BASE = "https://secretmanager.googleapis.com/v1/"
_NAME = "projects/{project}/secrets/{secret_id}"


@dataclass(frozen=True, kw_only=True)
class Version(Resource):
    """Its name is given by the service, and destroyed is as good as gone."""

    @override
    def create(self, session: Session, planned: Object, configured: Object) -> Object:
        data = planned.get("secret_data")
        content = configured.get("secret_data_wo") if data is None else data
        if not isinstance(content, str):
            raise ProviderError("one of `secret_data,secret_data_wo` must be specified")
        if not planned.get("is_secret_data_base64"):
            content = base64.b64encode(content.encode()).decode()
        secret = session.expand("{secret:path}", planned)
        with saying("Error creating SecretVersion"):
            answer = session.rest.call(
                "POST", f"{_BASE}{secret}:addVersion", {"payload": {"data": content}}
            )
        made = unknown_to_null(planned) | {"id": answer["name"], "name": answer["name"]}
        with saying("", made):
            self._set_enabled(session, made)
            return self._reread(session, made)

    @override
    def update(
        self, session: Session, prior: Object, planned: Object, configured: Object
    ) -> Object:
        if bool(prior.get("enabled")) != bool(planned.get("enabled")):
            self._set_enabled(session, planned)
        return self._reread(session, unknown_to_null(planned))

    def _set_enabled(self, session: Session, state: Object) -> None:
        verb = "disable" if state.get("enabled") is False else "enable"
        session.rest.call("POST", f"{session.expand(self.url, state)}:{verb}")

    @override
    def fetch(self, session: Session, state: Object) -> Document | None:
        found = super().fetch(session, state)
        return None if found is None or found.get("state") == "DESTROYED" else found

    @override
    def state(self, session: Session, found: Document, prior: Object) -> Object:
        values = super().state(session, found, prior)
        values["enabled"] = found["state"] == "ENABLED"
        values["version"] = last_part(found["name"])
        if values.get("secret") is None:
            values["secret"] = prior["id"].partition("/versions/")[0]
        return values

    @override
    def remove(self, session: Session, state: Object) -> Document:
        verb = "disable" if state.get("deletion_policy") == "DISABLE" else "destroy"
        return session.rest.call("POST", f"{session.expand(self.url, state)}:{verb}")

    @override
    def imported(self, session: Session, id_: str) -> Object:
        return super().imported(session, id_) | {"id": id_, "name": id_}


@dataclass(frozen=True, kw_only=True)
class VersionData(DataSource):
    """A version that is there; its content only if that is asked for, as it is by default."""

    @override
    def read(self, session: Session, configured: Object) -> Object:
        secret = configured["secret"]
        name = secret if "/" in secret else session.expand(f"projects/{{project}}/secrets/{secret}",
                                                           configured)  # fmt: skip
        address = f"{_BASE}{name}/versions/{configured.get('version') or 'latest'}"
        try:
            found = session.rest.get(address)
            data = None
            if configured.get("fetch_secret_data") is not False:
                data = session.rest.get(f"{address}:access")["payload"].get("data", "")
        except ApiError as error:
            raise ProviderError(
                f"Error retrieving secret manager secret version: {error}"
            ) from error
        if data is not None and not configured.get("is_secret_data_base64"):
            data = base64.b64decode(data).decode()
        values: dict[str, Any] = {
            "id": found["name"],
            "name": found["name"],
            "version": last_part(found["name"]),
            "project": configured.get("project") or session.default("project"),
            "enabled": found.get("state") == "ENABLED",
            "create_time": found.get("createTime"),
            "destroy_time": found.get("destroyTime"),
            "secret_data": data,
        }
        return configured | values


RESOURCES = (
    Resource(
        type="google_secret_manager_secret",
        noun="Secret",
        label="SecretManagerSecret",
        id=_NAME,
        url=f"{_BASE}{_NAME}",
        collection=f"{_BASE}projects/{{project}}/secrets",
        create_query={"secretId": "{secret_id}"},
        masked=True,
        imports=("{project}/{secret_id}", "{secret_id}"),
        block=Block(
            COMMON
            | LABELS
            | ANNOTATIONS
            | {
                "secret_id": required(rest=HERE, replaces=True, pattern=r"[A-Za-z0-9_-]{1,255}"),
                "version_aliases": optional(STRING_MAP),
                "version_destroy_ttl": optional(same=same_duration),
                "expire_time": optional(computed=True),
                "ttl": optional(replaces=True),
                "deletion_protection": optional(BOOL, rest=HERE, default=False),
                "name": output(),
                "create_time": output(),
                "replication": one(required=True, replaces=True)(
                    auto=one(rest="automatic", presence=True, replaces=True)(
                        customer_managed_encryption=one()(kms_key_name=required())
                    ),
                    user_managed=one(replaces=True)(
                        replicas=many(min_items=1)(
                            location=required(replaces=True),
                            customer_managed_encryption=one()(kms_key_name=required()),
                        )
                    ),
                ),
                "rotation": one()(
                    next_rotation_time=optional(),
                    rotation_period=optional(same=same_duration, replaces=True),
                ),
                "topics": many()(name=required()),
                "timeouts": timeouts("create", "update", "delete"),
            }
        ),
    ),
    Version(
        type="google_secret_manager_secret_version",
        noun="SecretVersion",
        label="SecretManagerSecretVersion",
        id="{secret:path}/versions/{version}",
        url=f"{_BASE}{{name:path}}",
        collection="",
        block=Block(
            {
                "id": ID,
                "project": optional(computed=True, rest=HERE),
                "deletion_policy": Attribute(
                    optional=True,
                    computed=True,
                    rest=HERE,
                    allowed=("DELETE", "ABANDON", "DISABLE", "PREVENT"),
                ),
                "secret": required(rest=HERE, replaces=True, same=same_name),
                "secret_data": optional(rest=HERE, replaces=True, sensitive=True),
                "secret_data_wo": optional(rest=HERE, write_only=True),
                "secret_data_wo_version": optional(NUMBER, rest=HERE, replaces=True),
                "is_secret_data_base64": optional(BOOL, rest=HERE, replaces=True, default=False),
                "enabled": optional(BOOL, rest=HERE, default=True),
                "name": output(),
                "version": output(rest=HERE),
                "create_time": output(),
                "destroy_time": output(),
                "timeouts": timeouts("create", "update", "delete"),
            }
        ),
    ),
)
DATA_SOURCES = (
    VersionData(
        type="google_secret_manager_secret_version",
        block=Block(
            {
                "id": optional(computed=True),
                "project": optional(computed=True),
                "secret": required(),
                "version": optional(computed=True),
                "fetch_secret_data": optional(BOOL),
                "is_secret_data_base64": optional(BOOL),
                "enabled": output(BOOL),
                "secret_data": output(sensitive=True),
                **dict.fromkeys(("name", "create_time", "destroy_time"), output()),
            }
        ),
    ),
)
