"""BigQuery's tables and views, whose columns are JSON in a text."""

import json
from dataclasses import dataclass
from typing import Any, override

from rehearsal.documents import Document
from rehearsal.terraform_provider.planning import Plan
from rehearsal.terraform_provider.resource import Resource
from rehearsal.terraform_provider.resources.bigquery_datasets import BASE
from rehearsal.terraform_provider.resources.shared import COMMON, LABELS
from rehearsal.terraform_provider.schema import (
    BOOL,
    HERE,
    NUMBER,
    STRINGS,
    Block,
    one,
    optional,
    output,
    required,
)
from rehearsal.terraform_provider.session import Session, canonical_json
from rehearsal.terraform_provider.values import Object, is_unknown

_NAME = "projects/{project}/datasets/{dataset_id}/tables/{table_id}"
_ALIASES = {
    "INT64": "INTEGER",
    "FLOAT64": "FLOAT",
    "BOOL": "BOOLEAN",
    "STRUCT": "RECORD",
    "DECIMAL": "NUMERIC",
    "BIGDECIMAL": "BIGNUMERIC",
}
"""https://cloud.google.com/bigquery/docs/reference/rest/v2/tables#TableFieldSchema"""


def _columns(fields: Any) -> Any:
    """The columns by name, in one spelling; what is no list of columns stays."""
    if not isinstance(fields, list) or not all(isinstance(one, dict) for one in fields):
        return fields
    return {one.get("name"): _column(one) for one in fields}


def _column(field: Document) -> Document:
    type_ = str(field.get("type", "")).upper()
    kept = {name: value for name, value in field.items() if value not in ("", [], None)}
    kept.pop("policyTags", None)
    return kept | {
        "type": _ALIASES.get(type_, type_),
        "mode": str(field.get("mode") or "NULLABLE").upper(),
        "fields": _columns(field.get("fields", [])),
    }


def same_columns(one: Any, other: Any) -> bool:
    """Whether two schemas describe the same columns."""
    return bool(_columns(canonical_json(one)) == _columns(canonical_json(other)))


def _can_become(before: Any, after: Any) -> bool:
    """Whether BigQuery changes a table so: columns come, and may cease to be required."""
    return all(
        name in after
        and after[name]["type"] == column["type"]
        and (after[name]["mode"] == column["mode"] or after[name]["mode"] == "NULLABLE")
        and _can_become(column["fields"] or {}, after[name]["fields"] or {})
        for name, column in before.items()
    )


@dataclass(frozen=True, kw_only=True)
class Table(Resource):
    """A table, or a view."""

    @override
    def plan(self, session: Session, configured: Object, prior: Object | None) -> Plan:
        plan = super().plan(session, configured, prior)
        before, after = (prior or {}).get("schema"), plan.planned.get("schema")
        if before and after and not is_unknown(after) and before != after:
            old, new = _columns(canonical_json(before)), _columns(canonical_json(after))
            if not (isinstance(new, dict) and _can_become(old, new)):
                plan.replaced_by.append(("schema",))
        return plan

    @override
    def body(
        self, session: Session, planned: Object, configured: Object, prior: Object | None
    ) -> Document:
        sent = super().body(session, planned, configured, prior)
        sent["tableReference"]["projectId"] = planned["project"]
        if planned.get("schema") and not is_unknown(planned["schema"]):
            fields = json.loads(planned["schema"])
            if not planned.get("view"):
                fields = [{"policyTags": {"names": []}} | one for one in fields]
            sent["schema"] = {"fields": fields}
        return sent

    @override
    def state(self, session: Session, found: Document, prior: Object) -> Object:
        values = super().state(session, found, prior)
        told = json.dumps(found.get("schema", {}).get("fields", []))
        kept = prior.get("schema")
        values["schema"] = kept if kept and same_columns(kept, told) else told
        return values

    @override
    def changed(self, prior: Object, planned: Object) -> list[str]:
        names = set(super().changed(prior, planned))
        if not same_columns(prior.get("schema"), planned.get("schema")):
            names.add("schema")
        return sorted(names)

    @override
    def protected(self, state: Object) -> str:
        return (
            f"cannot destroy table {state['id']} without setting deletion_protection=false"
            " and running `terraform apply`"
        )


RESOURCES = (
    Table(
        type="google_bigquery_table",
        noun="Table",
        label="BigQuery Table",
        id=_NAME,
        url=f"{BASE}{_NAME}",
        collection=f"{BASE}projects/{{project}}/datasets/{{dataset_id}}/tables",
        update_method="PUT",
        imports=("{project}/{dataset_id}/{table_id}", "{dataset_id}/{table_id}"),
        block=Block(
            COMMON
            | LABELS
            | {
                "dataset_id": required(rest="tableReference.datasetId", replaces=True),
                "table_id": required(rest="tableReference.tableId", replaces=True),
                "description": optional(),
                "friendly_name": optional(),
                "schema": optional(computed=True, rest=HERE, same=same_columns),
                "clustering": optional(STRINGS, rest="clustering.fields"),
                "expiration_time": optional(NUMBER, computed=True),
                "require_partition_filter": optional(BOOL),
                "deletion_protection": optional(BOOL, rest=HERE, default=True),
                "creation_time": output(NUMBER),
                "last_modified_time": output(NUMBER),
                "location": output(),
                "num_bytes": output(NUMBER),
                "num_long_term_bytes": output(NUMBER),
                "num_rows": output(NUMBER),
                "self_link": output(),
                "etag": output(),
                "type": output(),
                "time_partitioning": one()(
                    type=required(allowed=("DAY", "HOUR", "MONTH", "YEAR")),
                    field=optional(replaces=True),
                    expiration_ms=optional(NUMBER, computed=True),
                    require_partition_filter=optional(BOOL, sends_zero=True, default=False),
                ),
                "view": one()(
                    query=required(),
                    use_legacy_sql=optional(BOOL, computed=True, sends_zero=True),
                ),
            }
        ),
    ),
)
DATA_SOURCES = ()
