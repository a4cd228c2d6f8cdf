"""The project: its enabled services, and what is told about it and about the provider."""

from dataclasses import dataclass
from typing import Any, override

from rehearsal.documents import Document
from rehearsal.terraform_provider.errors import ApiError, ProviderError, saying
from rehearsal.terraform_provider.resource import DataSource, Resource
from rehearsal.terraform_provider.resources.shared import COMMON
from rehearsal.terraform_provider.schema import (
    BOOL,
    HERE,
    STRING_MAP,
    Block,
    optional,
    output,
    required,
    timeouts,
)
from rehearsal.terraform_provider.session import Session
from rehearsal.terraform_provider.values import Object, unknown_to_null

_USAGE = "https://serviceusage.googleapis.com/v1/"
_PROJECTS = "https://cloudresourcemanager.googleapis.com/v1/projects"


@dataclass(frozen=True, kw_only=True)
class Service(Resource):
    """Those of one project are listed and enabled together."""

    @override
    def create(self, session: Session, planned: Object, configured: Object) -> Object:
        project, service = planned["project"], planned["service"]
        with saying(f'Error enabling Service "{service}" on project "{project}"'):
            session.services.run(
                f"enable {project}", service, lambda names: _enable(session, project, names)
            )
        made = unknown_to_null(planned) | {"id": session.expand(self.id, planned)}
        with saying("", made):
            return self._reread(session, made)

    @override
    def fetch(self, session: Session, state: Object) -> Document | None:
        project = state["project"]
        enabled = session.services.run(
            f"list {project}", state["service"], lambda _: _enabled(session, project)
        )
        return {} if state["service"] in enabled else None

    @override
    def remove(self, session: Session, state: Object) -> Document:
        if not state.get("disable_on_destroy"):
            return {}
        url = session.expand(f"{_USAGE}projects/{{project}}/services/{{service}}:disable", state)
        body = {"disableDependentServices": bool(state.get("disable_dependent_services"))}
        operation = session.rest.call("POST", url, body)
        return session.rest.finished(lambda name: f"{_USAGE}{name}", operation)


def _enable(session: Session, project: str, names: list[str]) -> None:
    services = f"{_USAGE}projects/{project}/services"
    if len(names) == 1:
        operation = session.rest.call("POST", f"{services}/{names[0]}:enable")
    else:
        operation = session.rest.call("POST", f"{services}:batchEnable", {"serviceIds": names})
    session.rest.finished(lambda name: f"{_USAGE}{name}", operation)


def _enabled(session: Session, project: str) -> set[str]:
    """The services of a project that is in use."""
    found = session.rest.get(f"{_PROJECTS}/{project}")
    if found.get("lifecycleState") != "ACTIVE":
        raise ProviderError(f"project {project} not found or not in ACTIVE state")
    query = {
        "fields": "services/name,nextPageToken",
        "filter": "state:ENABLED",
        "pageSize": "200",
    }
    names: set[str] = set()
    while True:
        page = session.rest.get(f"{_USAGE}projects/{project}/services", **query)
        names |= {one["name"].rpartition("/")[2] for one in page.get("services", [])}
        if not page.get("nextPageToken"):
            return names
        query["pageToken"] = page["nextPageToken"]


@dataclass(frozen=True, kw_only=True)
class Project(DataSource):
    """With its billing account, which the real one reads too."""

    @override
    def read(self, session: Session, configured: Object) -> Object:
        project = configured.get("project_id") or session.expand("{project}", {})
        try:
            found = session.rest.get(f"{_PROJECTS}/{project}")
            billing = session.rest.get(
                f"https://cloudbilling.googleapis.com/v1/projects/{project}/billingInfo"
            )
        except ApiError as error:
            raise ProviderError(
                f'Error when reading or editing Project "{project}": {error}'
            ) from error
        parent: Document = found.get("parent", {})
        values: dict[str, Any] = {
            "id": f"projects/{found['projectId']}",
            "project_id": found["projectId"],
            "number": found["projectNumber"],
            "name": found.get("name"),
            "labels": found.get("labels", {}),
            "effective_labels": found.get("labels", {}),
            "billing_account": billing.get("billingAccountName", "").rpartition("/")[2],
            "org_id": parent.get("id") if parent.get("type") == "organization" else None,
            "folder_id": parent.get("id") if parent.get("type") == "folder" else None,
        }
        return self.block.empty() | values


@dataclass(frozen=True, kw_only=True)
class ClientConfig(DataSource):
    """The provider's own settings and token."""

    @override
    def read(self, session: Session, configured: Object) -> Object:
        settings = session.settings
        return {
            "id": f'projects/"{settings.project or ""}"/regions/"{settings.region or ""}"'
            f'/zones/"{settings.zone or ""}"',
            "project": settings.project,
            "region": settings.region,
            "zone": settings.zone,
            "default_labels": dict(settings.default_labels),
            "access_token": session.rest.credentials.token(),
        }


RESOURCES = (
    Service(
        type="google_project_service",
        noun="Service",
        label="Project Service",
        id="{project}/{service}",
        url="",
        collection="",
        block=Block(
            COMMON
            | {
                "service": required(rest=HERE, replaces=True, pattern=r"[a-z0-9-]+(\.[a-z0-9-]+)+"),
                "disable_dependent_services": optional(BOOL, rest=HERE),
                "disable_on_destroy": optional(BOOL, rest=HERE, default=False),
                "timeouts": timeouts("create", "read", "update", "delete"),
            }
        ),
    ),
)
DATA_SOURCES = (
    Project(
        type="google_project",
        block=Block(
            {
                "id": optional(computed=True),
                "project_id": optional(),
                **dict.fromkeys(
                    ("number", "name", "billing_account", "org_id", "folder_id"), output()
                ),
                "labels": output(STRING_MAP),
                "effective_labels": output(STRING_MAP),
            }
        ),
    ),
    ClientConfig(
        type="google_client_config",
        block=Block(
            {
                **dict.fromkeys(("id", "project", "region", "zone"), output()),
                "default_labels": output(STRING_MAP),
                "access_token": output(sensitive=True),
            }
        ),
    ),
)
