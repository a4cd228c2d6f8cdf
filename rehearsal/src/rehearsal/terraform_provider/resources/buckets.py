"""Cloud Storage's buckets."""

from dataclasses import dataclass
from typing import override
from urllib.parse import quote

from rehearsal.documents import Document
from rehearsal.terraform_provider.errors import ApiError, ProviderError
from rehearsal.terraform_provider.resource import Resource
from rehearsal.terraform_provider.resources.shared import COMMON, LABELS, same_but_for_case
from rehearsal.terraform_provider.schema import (
    BOOL,
    HERE,
    NUMBER,
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

_BUCKETS = "https://storage.googleapis.com/storage/v1/b"
_STATES = {"LIVE": True, "ARCHIVED": False}
_SCHEMA_VERSION = 4
_AN_OBJECT_OF_ITS_OWN = {"nesting": "set", "min_items": 1, "max_items": 1}


@dataclass(frozen=True, kw_only=True)
class Bucket(Resource):
    """Changed part by part, and never deleted with objects in it unless that is wanted."""

    @override
    def body(
        self, session: Session, planned: Object, configured: Object, prior: Object | None
    ) -> Document:
        sent = super().body(session, planned, configured, prior)
        rules = planned.get("lifecycle_rule") or []
        for rule, written in zip(sent.get("lifecycle", {}).get("rule", []), rules, strict=False):
            state = written["condition"][0].get("with_state")
            if state in _STATES:
                rule.setdefault("condition", {})["isLive"] = _STATES[state]
            rule.setdefault("condition", {})
        if prior is None:
            return sent | {"name": planned["name"]}
        return self._changes(sent, prior, planned)

    def _changes(self, sent: Document, prior: Object, planned: Object) -> Document:
        parts = {one.partition(".")[0] for one in self.changed(prior, planned)}
        changes = {part: sent.get(part) for part in parts}
        if "labels" in parts:  # a merge patch: what is left out stays
            before, after = prior["effective_labels"] or {}, planned["effective_labels"] or {}
            gone = dict.fromkeys(before.keys() - after.keys())
            changes["labels"] = gone | {
                key: value for key, value in after.items() if before.get(key) != value
            }
            if before.keys() <= after.keys():
                changes["labels"] = after
        return changes

    @override
    def state(self, session: Session, found: Document, prior: Object) -> Object:
        return super().state(session, found, prior) | {"url": f"gs://{found['name']}"}

    @override
    def remove(self, session: Session, state: Object) -> Document:
        bucket = session.expand(self.url, state)
        self._tolerated(session, f"{bucket}/anywhereCaches/")
        for item in self._objects(session, bucket):
            if not state.get("force_destroy"):
                raise ProviderError(
                    f"Error trying to delete bucket {state['name']} containing objects"
                    " without `force_destroy` set to true"
                )
            session.rest.call(
                "DELETE",
                f"{bucket}/o/{quote(item['name'], safe='')}",
                query={"generation": item["generation"]},
            )
        return session.rest.call("DELETE", bucket)

    def _tolerated(self, session: Session, url: str) -> None:
        """The real provider asks for it, and goes on whatever the answer is."""
        try:
            session.rest.get(url)
        except ApiError:
            return

    def _objects(self, session: Session, bucket: str) -> list[Document]:
        items: list[Document] = []
        query = {"versions": "true"}
        while True:
            page = session.rest.get(f"{bucket}/o", **query)
            items += page.get("items", [])
            if not page.get("nextPageToken"):
                return items
            query["pageToken"] = page["nextPageToken"]


def _condition() -> dict[str, object]:
    zeros = ("age", "days_since_custom_time", "days_since_noncurrent_time", "num_newer_versions")
    return {
        **dict.fromkeys(zeros, optional(NUMBER)),
        **dict.fromkeys(("created_before", "custom_time_before", "noncurrent_time_before"),
                        optional()),
        **dict.fromkeys(("matches_prefix", "matches_storage_class", "matches_suffix"),
                        optional(STRINGS)),
        "with_state": optional(computed=True, rest=HERE, allowed=("LIVE", "ARCHIVED", "ANY")),
    }  # fmt: skip


RESOURCES = (
    Bucket(
        type="google_storage_bucket",
        noun="bucket",
        label="Storage Bucket",
        version=_SCHEMA_VERSION,
        id="{name}",
        url=f"{_BUCKETS}/{{name}}",
        collection=_BUCKETS,
        create_query={"project": "{project}"},
        imports=("{project}/{name}",),
        block=Block(
            COMMON
            | LABELS
            | {
                "name": required(rest=HERE, replaces=True),
                "location": required(replaces=True, same=same_but_for_case),
                "storage_class": optional(default="STANDARD"),
                "force_destroy": optional(BOOL, rest=HERE, default=False),
                "uniform_bucket_level_access": optional(
                    BOOL, computed=True, rest="iamConfiguration.uniformBucketLevelAccess.enabled"
                ),
                "public_access_prevention": optional(
                    computed=True,
                    rest="iamConfiguration.publicAccessPrevention",
                    allowed=("enforced", "inherited"),
                ),
                "default_event_based_hold": optional(BOOL),
                "requester_pays": optional(BOOL, rest="billing.requesterPays"),
                "rpo": optional(computed=True),
                "self_link": output(),
                "url": output(rest=HERE),
                "project_number": output(NUMBER),
                "time_created": output(),
                "updated": output(),
                "versioning": one(computed=True)(enabled=required(BOOL, sends_zero=True)),
                "lifecycle_rule": many(max_items=100, rest="lifecycle.rule")(
                    action=many(**_AN_OBJECT_OF_ITS_OWN)(type=required(), storage_class=optional()),
                    condition=many(**_AN_OBJECT_OF_ITS_OWN, presence=True)(**_condition()),
                ),
                "soft_delete_policy": one(computed=True)(
                    retention_duration_seconds=optional(NUMBER, sends_zero=True),
                    effective_time=output(),
                ),
                "retention_policy": one()(
                    retention_period=required(), is_locked=optional(BOOL, default=False)
                ),
                "cors": many()(
                    origin=optional(STRINGS),
                    method=optional(STRINGS),
                    response_header=optional(STRINGS),
                    max_age_seconds=optional(NUMBER),
                ),
                "timeouts": timeouts("create", "read", "update"),
            }
        ),
    ),
)
DATA_SOURCES = ()
