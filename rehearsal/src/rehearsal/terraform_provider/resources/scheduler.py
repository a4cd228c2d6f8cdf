"""Cloud Scheduler's jobs."""

from dataclasses import dataclass
from typing import Any, override

from rehearsal.documents import Document
from rehearsal.terraform_provider.errors import saying
from rehearsal.terraform_provider.resource import Resource
from rehearsal.terraform_provider.resources.shared import COMMON, same_duration
from rehearsal.terraform_provider.schema import (
    BOOL,
    HERE,
    NUMBER,
    STRING_MAP,
    Block,
    one,
    optional,
    output,
    required,
    timeouts,
)
from rehearsal.terraform_provider.session import Session
from rehearsal.terraform_provider.values import Object, Path

_BASE = "https://cloudscheduler.googleapis.com/v1/"
_NAME = "projects/{project}/locations/{region}/jobs/{name}"
_DEFAULT_SCOPE = "https://www.googleapis.com/auth/cloud-platform"
_OWN_HEADERS = frozenset({"User-Agent"})
"""Which the service adds."""


@dataclass(frozen=True, kw_only=True)
class Job(Resource):
    """Its name is in the body; whether it is paused is a request of its own."""

    @override
    def validate(self, configured: Object) -> list[tuple[Path, str]]:
        for target in configured.get("http_target") or []:
            if isinstance(target, dict) and target.get("oauth_token") and target.get("oidc_token"):
                return [
                    (
                        ("http_target",),
                        '"http_target.0.oauth_token": conflicts with http_target.0.oidc_token',
                    )
                ]
        return []

    @override
    def body(
        self, session: Session, planned: Object, configured: Object, prior: Object | None
    ) -> Document:
        sent = super().body(session, planned, configured, prior)
        return sent if prior is not None else sent | {"name": session.expand(_NAME, planned)}

    @override
    def after_create(self, session: Session, state: Object) -> None:
        self._set_paused(session, state)

    @override
    def after_update(self, session: Session, prior: Object, planned: Object) -> None:
        if bool(prior.get("paused")) != bool(planned.get("paused")):
            self._set_paused(session, planned)

    @override
    def changed(self, prior: Object, planned: Object) -> list[str]:
        paused = bool(prior.get("paused")) != bool(planned.get("paused"))
        return super().changed(prior, planned) + (["paused"] if paused else [])

    def _set_paused(self, session: Session, state: Object) -> None:
        verb = "pause" if state.get("paused") is True else "resume"
        with saying(f"Error setting Cloud Scheduler Job status: {verb}"):
            session.rest.call("POST", f"{session.expand(self.url, state)}:{verb}", {})

    @override
    def state(self, session: Session, found: Document, prior: Object) -> Object:
        headers = found.get("httpTarget", {}).get("headers", {})
        for name in _OWN_HEADERS & headers.keys():
            del headers[name]
        values = super().state(session, found, prior)
        values["paused"] = found.get("state") == "PAUSED"
        values["region"] = prior.get("region") or session.default("region")
        return values


def _default_scope(configured: Any, before: Any) -> bool:
    return not configured and before == _DEFAULT_SCOPE


def _default_method(configured: Any, before: Any) -> bool:
    return not configured and before == "POST"


RESOURCES = (
    Job(
        type="google_cloud_scheduler_job",
        noun="Job",
        label="CloudSchedulerJob",
        id=_NAME,
        url=f"{_BASE}{_NAME}",
        collection=f"{_BASE}projects/{{project}}/locations/{{region}}/jobs",
        imports=("{project}/{region}/{name}", "{region}/{name}", "{name}"),
        block=Block(
            COMMON
            | {
                "name": required(rest=HERE, replaces=True),
                "region": optional(computed=True, rest=HERE, replaces=True),
                "description": optional(),
                "schedule": optional(),
                "time_zone": optional(default="Etc/UTC"),
                "paused": optional(BOOL, computed=True, rest=HERE),
                "attempt_deadline": optional(default="180s", same=same_duration),
                "state": output(),
                "retry_config": one(computed=True)(
                    retry_count=optional(NUMBER, computed=True),
                    max_retry_duration=optional(computed=True, same=same_duration),
                    min_backoff_duration=optional(computed=True, same=same_duration),
                    max_backoff_duration=optional(computed=True, same=same_duration),
                    max_doublings=optional(NUMBER, computed=True),
                ),
                "http_target": one()(
                    uri=required(),
                    http_method=optional(same=_default_method),
                    body=optional(),
                    headers=optional(STRING_MAP),
                    oauth_token=one()(
                        service_account_email=required(), scope=optional(same=_default_scope)
                    ),
                    oidc_token=one()(service_account_email=required(), audience=optional()),
                ),
                "timeouts": timeouts("create", "update", "delete"),
            }
        ),
    ),
)
DATA_SOURCES = ()
