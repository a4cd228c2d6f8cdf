"""Cloud Monitoring: notification channels, alert policies, dashboards."""

import json
from dataclasses import dataclass
from typing import Any, override

from rehearsal.documents import Document
from rehearsal.terraform_provider.resource import Resource
from rehearsal.terraform_provider.resources.shared import COMMON
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
from rehearsal.terraform_provider.session import Session, canonical_json
from rehearsal.terraform_provider.values import Object, Path

_V3 = "https://monitoring.googleapis.com/v3/"
_V1 = "https://monitoring.googleapis.com/v1/"
_TIMEOUTS = timeouts("create", "update", "delete")


@dataclass(frozen=True, kw_only=True)
class Named(Resource):
    """Its name is given by the service, and is its id."""

    @override
    def made(self, session: Session, state: Object, answer: Document) -> Object:
        return state | {"id": answer["name"], "name": answer["name"]}

    @override
    def imported(self, session: Session, id_: str) -> Object:
        return super().imported(session, id_) | {"id": id_, "name": id_}


@dataclass(frozen=True, kw_only=True)
class Channel(Named):
    """It is deleted only if no policy names it, unless told otherwise."""

    @override
    def remove(self, session: Session, state: Object) -> Document:
        force = "true" if state.get("force_delete") else "false"
        return session.rest.call("DELETE", session.expand(self.url, state), query={"force": force})


def _without_what_was_added(told: Any, configured: Any) -> Any:
    """What the service tells, without the fields that nobody has written."""
    if isinstance(told, dict) and isinstance(configured, dict):
        return {
            name: _without_what_was_added(value, configured[name])
            for name, value in told.items()
            if name in configured
        }
    if isinstance(told, list) and isinstance(configured, list) and len(told) == len(configured):
        return [_without_what_was_added(*pair) for pair in zip(told, configured, strict=True)]
    return told


def same_dashboard(configured: Any, told: Any) -> bool:
    """Whether the service has what is written; it may have added fields."""
    written = canonical_json(configured)
    return bool(_without_what_was_added(canonical_json(told), written) == written)


@dataclass(frozen=True, kw_only=True)
class Dashboard(Resource):
    """Its document is JSON in a text."""

    @override
    def validate(self, configured: Object) -> list[tuple[Path, str]]:
        text = configured.get("dashboard_json")
        if isinstance(text, str) and not isinstance(canonical_json(text), dict):
            return [(("dashboard_json",), '"dashboard_json" contains an invalid JSON object')]
        return []

    @override
    def made(self, session: Session, state: Object, answer: Document) -> Object:
        return state | {"id": answer["name"]}

    @override
    def body(
        self, session: Session, planned: Object, configured: Object, prior: Object | None
    ) -> Document:
        sent: Document = json.loads(planned["dashboard_json"])
        if prior is not None:
            sent["etag"] = session.rest.get(session.expand(self.url, prior)).get("etag")
        return sent

    @override
    def changed(self, prior: Object, planned: Object) -> list[str]:
        one, other = planned["dashboard_json"], prior["dashboard_json"]
        return [] if same_dashboard(one, other) else ["dashboard_json"]

    @override
    def state(self, session: Session, found: Document, prior: Object) -> Object:
        told, kept = json.dumps(found), prior.get("dashboard_json")
        same = kept is not None and same_dashboard(kept, told)
        return super().state(session, found, prior) | {"dashboard_json": kept if same else told}

    @override
    def imported(self, session: Session, id_: str) -> Object:
        return super().imported(session, id_) | {"id": id_}


_AGGREGATIONS = many()(
    alignment_period=optional(),
    per_series_aligner=optional(),
    cross_series_reducer=optional(),
    group_by_fields=optional(STRINGS),
)
_TRIGGER = one()(count=optional(NUMBER), percent=optional(NUMBER))
_RECORD: list[Any] = ["list", ["object", {"mutate_time": "string", "mutated_by": "string"}]]

_CONDITIONS = many(min_items=1)(
    display_name=required(),
    name=output(sends=True),
    condition_absent=one()(
        filter=optional(),
        duration=required(),
        aggregations=_AGGREGATIONS,
        trigger=_TRIGGER,
    ),
    condition_matched_log=one()(filter=required(), label_extractors=optional(STRING_MAP)),
    condition_prometheus_query_language=one()(
        query=required(),
        duration=optional(),
        evaluation_interval=optional(),
        labels=optional(STRING_MAP),
        rule_group=optional(),
        alert_rule=optional(),
        disable_metric_validation=optional(BOOL),
    ),
    condition_threshold=one()(
        filter=optional(),
        comparison=required(
            allowed=("COMPARISON_GT", "COMPARISON_GE", "COMPARISON_LT",
                     "COMPARISON_LE", "COMPARISON_EQ", "COMPARISON_NE")
        ),
        threshold_value=optional(NUMBER),
        duration=required(),
        evaluation_missing_data=optional(),
        denominator_filter=optional(),
        denominator_aggregations=_AGGREGATIONS,
        aggregations=_AGGREGATIONS,
        trigger=_TRIGGER,
    ),
)  # fmt: skip

RESOURCES = (
    Channel(
        type="google_monitoring_notification_channel",
        noun="NotificationChannel",
        label="MonitoringNotificationChannel",
        id="projects/{project}/notificationChannels/{channel}",
        url=f"{_V3}{{name:path}}",
        collection=f"{_V3}projects/{{project}}/notificationChannels",
        block=Block(
            COMMON
            | {
                "type": required(),
                "display_name": optional(),
                "description": optional(),
                "enabled": optional(BOOL, default=True, sends_zero=True),
                "labels": optional(STRING_MAP),
                "user_labels": optional(STRING_MAP),
                "force_delete": optional(BOOL, rest=HERE, default=False),
                "name": output(),
                "verification_status": output(),
                "timeouts": _TIMEOUTS,
            }
        ),
    ),
    Named(
        type="google_monitoring_alert_policy",
        noun="AlertPolicy",
        label="MonitoringAlertPolicy",
        id="projects/{project}/alertPolicies/{policy}",
        url=f"{_V3}{{name:path}}",
        collection=f"{_V3}projects/{{project}}/alertPolicies",
        masked=True,
        block=Block(
            COMMON
            | {
                "display_name": required(),
                "combiner": required(allowed=("AND", "OR", "AND_WITH_MATCHING_RESOURCE")),
                "enabled": optional(BOOL, default=True, sends_zero=True),
                "notification_channels": optional(STRINGS),
                "severity": optional(allowed=("CRITICAL", "ERROR", "WARNING")),
                "user_labels": optional(STRING_MAP),
                "name": output(),
                "creation_record": output(_RECORD),
                "conditions": _CONDITIONS,
                "alert_strategy": one()(
                    auto_close=optional(),
                    notification_prompts=optional(STRINGS),
                    notification_rate_limit=one()(period=optional()),
                    notification_channel_strategy=many()(
                        notification_channel_names=optional(STRINGS),
                        renotify_interval=optional(),
                    ),
                ),
                "documentation": one()(
                    content=optional(),
                    mime_type=optional(default="text/markdown"),
                    subject=optional(),
                    links=many()(display_name=optional(), url=optional()),
                ),
                "timeouts": _TIMEOUTS,
            }
        ),
    ),
    Dashboard(
        type="google_monitoring_dashboard",
        noun="Dashboard",
        label="MonitoringDashboard",
        id="projects/{project}/dashboards/{dashboard}",
        url=f"{_V1}{{id:path}}",
        collection=f"{_V1}projects/{{project}}/dashboards",
        block=Block(
            COMMON
            | {
                "dashboard_json": required(rest=HERE, same=same_dashboard),
                "timeouts": _TIMEOUTS,
            }
        ),
    ),
)
DATA_SOURCES = ()
