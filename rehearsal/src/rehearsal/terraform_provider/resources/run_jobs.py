"""Cloud Run's jobs (v2); an update has no mask, and replaces all that can be set."""

from dataclasses import dataclass
from typing import Any, override

from rehearsal.terraform_provider.errors import ApiError, ProviderError
from rehearsal.terraform_provider.mapping import told
from rehearsal.terraform_provider.resource import DataSource, Resource
from rehearsal.terraform_provider.resources.shared import (
    ANNOTATIONS,
    COMMON,
    LABELS,
    same_duration,
)
from rehearsal.terraform_provider.schema import (
    BOOL,
    HERE,
    NUMBER,
    STRING_MAP,
    STRINGS,
    Block,
    many,
    one,
    optional,
    output,
    required,
    timeouts,
)
from rehearsal.terraform_provider.session import Session
from rehearsal.terraform_provider.values import Object

_BASE = "https://run.googleapis.com/v2/"
_NAME = "projects/{project}/locations/{location}/jobs/{name}"
_CONDITIONS: list[Any] = [
    "list",
    [
        "object",
        dict.fromkeys(
            ("execution_reason", "last_transition_time", "message", "reason",
             "revision_reason", "severity", "state", "type"),
            "string",
        ),
    ],
]  # fmt: skip
_EXECUTIONS: list[Any] = [
    "list",
    ["object", dict.fromkeys(("completion_time", "create_time", "name"), "string")],
]

_CONTAINER = many()(
    name=optional(),
    image=required(),
    command=optional(STRINGS),
    args=optional(STRINGS),
    working_dir=optional(),
    depends_on=optional(STRINGS),
    env=many(nesting="set")(
        name=required(),
        value=optional(),
        value_source=one()(secret_key_ref=one()(secret=required(), version=required())),
    ),
    resources=one(computed=True)(limits=optional(STRING_MAP, computed=True)),
    ports=many()(name=optional(), container_port=optional(NUMBER)),
    volume_mounts=many()(name=required(), mount_path=required(), sub_path=optional()),
)
_VOLUME = many()(
    name=required(),
    secret=one()(
        secret=required(),
        default_mode=optional(NUMBER),
        items=many()(path=required(), version=required(), mode=optional(NUMBER)),
    ),
    empty_dir=one(presence=True)(medium=optional(default="MEMORY"), size_limit=optional()),
    gcs=one()(bucket=required(), read_only=optional(BOOL), mount_options=optional(STRINGS)),
)


@dataclass(frozen=True, kw_only=True)
class JobData(DataSource):
    """A job that is there."""

    @override
    def read(self, session: Session, configured: Object) -> Object:
        name = session.expand(_NAME, configured)
        try:
            found = session.rest.get(f"{_BASE}{name}")
        except ApiError as error:
            raise ProviderError(
                f'Error when reading or editing CloudRunV2Job "{name}": {error}'
            ) from error
        labels = {"labels": found.get("labels", {}), "effective_labels": found.get("labels", {})}
        written = {field: value for field, value in configured.items() if value is not None}
        return told(self.block, found) | labels | written | {"id": name}


_STATUS = {
    "uid": output(),
    "generation": output(),
    "observed_generation": output(),
    "create_time": output(),
    "update_time": output(),
    "delete_time": output(),
    "expire_time": output(),
    "creator": output(),
    "last_modifier": output(),
    "etag": output(),
    "execution_count": output(NUMBER),
    "reconciling": output(BOOL),
    "conditions": output(_CONDITIONS),
    "terminal_condition": output(_CONDITIONS),
    "latest_created_execution": output(_EXECUTIONS),
}

RESOURCES = (
    Resource(
        type="google_cloud_run_v2_job",
        noun="Job",
        label="CloudRunV2Job",
        id=_NAME,
        url=f"{_BASE}{_NAME}",
        collection=f"{_BASE}projects/{{project}}/locations/{{location}}/jobs",
        create_query={"jobId": "{name}"},
        operations=_BASE,
        kept_if_failed=True,
        imports=("{project}/{location}/{name}", "{location}/{name}"),
        block=Block(
            COMMON
            | LABELS
            | ANNOTATIONS
            | _STATUS
            | {
                "name": required(rest=HERE, replaces=True),
                "location": required(rest=HERE, replaces=True),
                "client": optional(),
                "client_version": optional(),
                "launch_stage": optional(computed=True),
                "deletion_protection": optional(BOOL, rest=HERE, default=True),
                "template": one(required=True)(
                    labels=optional(STRING_MAP),
                    annotations=optional(STRING_MAP),
                    parallelism=optional(NUMBER, computed=True),
                    task_count=optional(NUMBER, computed=True),
                    template=one(required=True)(
                        containers=_CONTAINER,
                        volumes=_VOLUME,
                        timeout=optional(computed=True, same=same_duration),
                        service_account=optional(computed=True),
                        encryption_key=optional(),
                        execution_environment=optional(computed=True),
                        max_retries=optional(NUMBER, default=3, sends_zero=True),
                        vpc_access=one()(
                            connector=optional(),
                            egress=optional(computed=True),
                            network_interfaces=many()(
                                network=optional(computed=True),
                                subnetwork=optional(computed=True),
                                tags=optional(STRINGS),
                            ),
                        ),
                    ),
                ),
                "timeouts": timeouts("create", "update", "delete"),
            }
        ),
    ),
)
DATA_SOURCES = (
    JobData(
        type="google_cloud_run_v2_job",
        block=Block(
            {
                "id": optional(computed=True),
                "project": optional(),
                "location": optional(),
                "name": required(),
                "labels": output(STRING_MAP),
                "effective_labels": output(STRING_MAP),
                "launch_stage": output(),
            }
            | _STATUS
        ),
    ),
)
