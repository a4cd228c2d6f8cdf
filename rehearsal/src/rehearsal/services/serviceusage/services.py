"""APIs of a project: read, listed, enabled and disabled."""

import uuid

from rehearsal.api import operations
from rehearsal.api.call import Call
from rehearsal.api.pages import page
from rehearsal.documents import Document
from rehearsal.errors import ApiError, failed_precondition, invalid_argument, permission_denied
from rehearsal.services.serviceusage.definition import service
from rehearsal.services.serviceusage.enablement import (
    TITLES,
    dependents,
    disable,
    enable,
    enabled,
)

_TYPES = "type.googleapis.com/google.api.serviceusage.v1."
_REFERENCE = "https://cloud.google.com/service-usage/docs/reference/rest/v1/services/batchGet"
_STATES = {"state:ENABLED": "ENABLED", "state:DISABLED": "DISABLED"}
"""https://cloud.google.com/service-usage/docs/reference/rest/v1/services/list"""
_NOOP = "operations/noop.DONE_OPERATION"


@service.resource_of("serviceusage", "v1", "serviceusage")
def _project(call: Call) -> str:
    return f"//cloudresourcemanager.googleapis.com/projects/{call.project}"


def _asked(call: Call) -> str:
    name = call.path["name"].rpartition("/")[2]
    _require_known(call, name)
    return name


def _require_known(call: Call, name: str) -> None:
    if name not in TITLES:
        raise _unknown(call, name)


def _unknown(call: Call, name: str) -> ApiError:
    return permission_denied(
        f"Not found or permission denied for service(s): {name}.", reason="forbidden",
        permission="servicemanagement.services.bind", resource=f"projects/{call.project}",
    )  # fmt: skip


def _document(call: Call, name: str) -> Document:
    state = "ENABLED" if enabled(call.cloud, call.project, name) else "DISABLED"
    return {
        "name": f"projects/{call.project_number}/services/{name}",
        "config": {"name": name, "title": TITLES[name]},
        "state": state,
        "parent": f"projects/{call.project_number}",
    }


@service.method("serviceusage", "v1", "serviceusage.services.get", source="recorded")
def get_service(call: Call) -> Document:
    """An API."""
    return _document(call, _asked(call))


@service.method("serviceusage", "v1", "serviceusage.services.list", source="recorded")
def list_services(call: Call) -> Document:
    """All APIs, or those in a state."""
    found, wanted = [_document(call, name) for name in sorted(TITLES)], call.parameter("filter")
    if wanted:
        state = _STATES.get(wanted)
        if state is None:
            raise invalid_argument(
                f"Invalid filter {wanted!r}: it must be one of {', '.join(_STATES)}.",
                ("filter", "It is not supported."),
            )
        found = [one for one in found if one["state"] == state]
    return page(call, found, "services", default=50)


@service.method("serviceusage", "v1", "serviceusage.services.batchGet", source=_REFERENCE)
def batch_get(call: Call) -> Document:
    """Some APIs, by their names in the project."""
    names = [one.rpartition("/")[2] for one in call.query.get("names", [])]
    for name in names:
        _require_known(call, name)
    return {"services": [_document(call, name) for name in names]} if names else {}


@service.method("serviceusage", "v1", "serviceusage.services.enable", source="recorded")
def enable_service(call: Call) -> Document:
    """Enables an API."""
    name = _asked(call)
    changed = enable(call.cloud, call.project, name)
    response = {"service": _document(call, name)}
    return _operation(call, "EnableServiceResponse", response, changed=changed)


@service.method("serviceusage", "v1", "serviceusage.services.batchEnable", source="recorded")
def batch_enable(call: Call) -> Document:
    """Enables some APIs, or none if one is not known."""
    names = call.body.get("serviceIds", [])
    for name in names:
        _require_known(call, name)
    changed = [enable(call.cloud, call.project, name) for name in names]
    response = {"services": [_document(call, name) for name in names]}
    return _operation(call, "BatchEnableServicesResponse", response, changed=any(changed))


@service.method("serviceusage", "v1", "serviceusage.services.disable", source="recorded")
def disable_service(call: Call) -> Document:
    """Disables an API, and those that need it if the caller wants that."""
    name = _asked(call)
    needing = dependents(call.cloud, call.project, name)
    if needing and not call.body.get("disableDependentServices"):
        raise _needed(name, needing)
    changed = enabled(call.cloud, call.project, name)
    for one in (*needing, name):
        disable(call.cloud, call.project, one)
    response = {"service": _document(call, name)}
    return _operation(call, "DisableServiceResponse", response, changed=changed)


def _needed(name: str, needing: list[str]) -> ApiError:
    """The words: https://github.com/hashicorp/terraform-provider-google/issues/5304"""
    plural = "s" if len(needing) > 1 else ""
    return failed_precondition(
        f"The service {name} is depended on by the following active service{plural}:"
        f" {','.join(needing)}; Please specify disable_dependent_services=true if you want to"
        " proceed with disabling all services."
    )


def _operation(call: Call, kind: str, response: Document, *, changed: bool) -> Document:
    name = f"operations/acat.p2-{call.project_number}-{uuid.uuid4()}" if changed else _NOOP
    return operations.done(call, "", response, f"{_TYPES}{kind}", name=name)


@service.method(
    "serviceusage", "v1", "serviceusage.operations.get", source="recorded",
    unchecked="an operation is named by who knows its id",
)  # fmt: skip
def get_operation(call: Call) -> Document:
    """An operation, which is always done."""
    return operations.find(call, call.path["name"])
