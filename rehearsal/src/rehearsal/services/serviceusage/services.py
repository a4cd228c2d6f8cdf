"""APIs of a project: read, listed, enabled and disabled."""

import uuid

from rehearsal.api import operations
from rehearsal.api.call import Call
from rehearsal.api.pages import page
from rehearsal.documents import Document
from rehearsal.errors import ApiError, failed_precondition, permission_denied
from rehearsal.services.serviceusage.definition import service
from rehearsal.services.serviceusage.enablement import (
    FROM_THE_START,
    TITLES,
    disable,
    enable,
    enabled,
)

_TYPES = "type.googleapis.com/google.api.serviceusage.v1."
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
    found = [_document(call, name) for name in sorted(TITLES)]
    wanted = (call.parameter("filter") or "").removeprefix("state:")
    if wanted:
        found = [one for one in found if one["state"] == wanted]
    return page(call, found, "services", default=50)


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
    """Disables an API; some of Google's own can't be."""
    name = _asked(call)
    if name in FROM_THE_START:
        raise failed_precondition(
            f"The service {name} is needed by the rehearsal itself and stays enabled."
        )
    changed = enabled(call.cloud, call.project, name)
    disable(call.cloud, call.project, name)
    response = {"service": _document(call, name)}
    return _operation(call, "DisableServiceResponse", response, changed=changed)


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
