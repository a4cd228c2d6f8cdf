"""BigQuery's datasets."""

from dataclasses import dataclass
from typing import override

from rehearsal.documents import Document
from rehearsal.terraform_provider.errors import ApiError, ProviderError
from rehearsal.terraform_provider.mapping import told
from rehearsal.terraform_provider.resource import DataSource, Resource
from rehearsal.terraform_provider.resources.shared import COMMON, LABELS, same_but_for_case
from rehearsal.terraform_provider.schema import (
    BOOL,
    HERE,
    NUMBER,
    STRING_MAP,
    Block,
    many,
    one,
    optional,
    output,
    required,
    timeouts,
)
from rehearsal.terraform_provider.session import Session
from rehearsal.terraform_provider.values import Object, Path

BASE = "https://bigquery.googleapis.com/bigquery/v2/"
NAME = "projects/{project}/datasets/{dataset_id}"
POLICY_VERSION = {"accessPolicyVersion": "3"}
_SHORTEST_EXPIRATION_MS = 3_600_000


@dataclass(frozen=True, kw_only=True)
class Dataset(Resource):
    """Its update replaces all but who has access, unless that is written too."""

    @override
    def validate(self, configured: Object) -> list[tuple[Path, str]]:
        name, shortest = "default_table_expiration_ms", _SHORTEST_EXPIRATION_MS
        value = configured.get(name)
        if isinstance(value, int) and value < shortest:
            return [((name,), f'"{name}" cannot be shorter than {shortest} ms (one hour)')]
        return []

    @override
    def body(
        self, session: Session, planned: Object, configured: Object, prior: Object | None
    ) -> Document:
        sent = super().body(session, planned, configured, prior)
        if not configured.get("access"):
            sent.pop("access", None)
        # A PUT that leaves it out would be one that keeps it: the real one sends it empty.
        return sent if prior is None else {"defaultCollation": ""} | sent

    @override
    def remove(self, session: Session, state: Object) -> Document:
        query = {"deleteContents": "true"} if state.get("delete_contents_on_destroy") else {}
        return session.rest.call("DELETE", session.expand(self.url, state), query=query)


@dataclass(frozen=True, kw_only=True)
class DatasetData(DataSource):
    """A dataset that is there."""

    @override
    def read(self, session: Session, configured: Object) -> Object:
        url = session.expand(f"{BASE}{NAME}", configured)
        try:
            found = session.rest.get(url, **POLICY_VERSION)
        except ApiError as error:
            raise ProviderError(
                f'Error when reading or editing BigQueryDataset "{url}": {error}'
            ) from error
        labels = found.get("labels", {})
        return told(self.block, found) | {
            "id": url.removeprefix(BASE),
            "dataset_id": configured["dataset_id"],
            "project": configured.get("project") or session.default("project"),
            "labels": labels,
            "effective_labels": labels,
        }


RESOURCES = (
    Dataset(
        type="google_bigquery_dataset",
        noun="Dataset",
        label="BigQueryDataset",
        id=NAME,
        url=f"{BASE}{NAME}",
        collection=f"{BASE}projects/{{project}}/datasets",
        query=POLICY_VERSION,
        update_method="PUT",
        imports=("{project}/{dataset_id}", "{dataset_id}"),
        block=Block(
            COMMON
            | LABELS
            | {
                "dataset_id": required(
                    rest="datasetReference.datasetId", replaces=True, pattern=r"\w{1,1024}"
                ),
                "friendly_name": optional(),
                "description": optional(),
                "location": optional(default="US", replaces=True, same=same_but_for_case),
                "default_table_expiration_ms": optional(NUMBER),
                "default_partition_expiration_ms": optional(NUMBER),
                "default_collation": optional(computed=True),
                "is_case_insensitive": optional(BOOL, computed=True),
                "max_time_travel_hours": optional(computed=True),
                "storage_billing_model": optional(computed=True),
                "delete_contents_on_destroy": optional(BOOL, rest=HERE, default=False),
                "creation_time": output(NUMBER),
                "last_modified_time": output(NUMBER),
                "etag": output(),
                "self_link": output(),
                "access": many(nesting="set", computed=True)(
                    role=optional(),
                    special_group=optional(),
                    user_by_email=optional(),
                    group_by_email=optional(),
                    iam_member=optional(),
                    domain=optional(),
                ),
                "default_encryption_configuration": one()(kms_key_name=required()),
                "timeouts": timeouts("create", "update", "delete"),
            }
        ),
    ),
)
DATA_SOURCES = (
    DatasetData(
        type="google_bigquery_dataset",
        block=Block(
            {
                "id": optional(computed=True),
                "project": optional(),
                "dataset_id": required(),
                "labels": output(STRING_MAP),
                "effective_labels": output(STRING_MAP),
                **dict.fromkeys(
                    ("description", "friendly_name", "location", "etag", "self_link",
                     "max_time_travel_hours"),
                    output(),
                ),
                **dict.fromkeys(
                    ("creation_time", "last_modified_time", "default_table_expiration_ms",
                     "default_partition_expiration_ms"),
                    output(NUMBER),
                ),
            }
        ),
    ),
)  # fmt: skip
