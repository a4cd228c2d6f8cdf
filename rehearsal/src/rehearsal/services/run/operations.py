"""Methods of run v2 on long-running operations.

https://cloud.google.com/run/docs/reference/rest/v2/projects.locations.operations
"""

from rehearsal.api import operations
from rehearsal.api.call import Call
from rehearsal.api.pages import page
from rehearsal.documents import Document
from rehearsal.errors import invalid_argument, not_found
from rehearsal.services.run.definition import service

_REFERENCE = "https://cloud.google.com/run/docs/reference/rest/v2/projects.locations.operations"

operations.register(
    service, "run", "v2", "run.projects.locations.operations.get", source="recorded"
)


@service.method("run", "v2", "run.projects.locations.operations.wait", source=f"{_REFERENCE}/wait")
def wait_operation(call: Call) -> Document:
    """The operation as it is: Google too may answer at once."""
    return _operation(call)


@service.method("run", "v2", "run.projects.locations.operations.list", source=f"{_REFERENCE}/list")
def list_operations(call: Call) -> Document:
    """The operations of a region on Cloud Run's resources."""
    if call.parameter("filter"):
        raise invalid_argument("filter: operations can't be filtered here.")
    found = call.cloud.store.list(operations.KIND, f"{call.path['name']}/operations/")
    ours = [one for _, one in found if _is_ours(one)]
    return page(call, ours, "operations")


@service.method(
    "run", "v2", "run.projects.locations.operations.delete", source=f"{_REFERENCE}/delete"
)
def delete_operation(call: Call) -> Document:
    """Forgets an operation; what it began goes on."""
    _operation(call)
    call.cloud.store.delete(operations.KIND, call.path["name"])
    return {}


def _operation(call: Call) -> Document:
    found = call.cloud.store.get(operations.KIND, call.path["name"])
    if found is None:
        raise not_found(f"Operation {call.path['name']} was not found.")
    return found


def _is_ours(operation: Document) -> bool:
    kind = str(operation.get("metadata", {}).get("@type", ""))
    return kind.startswith("type.googleapis.com/google.cloud.run.")
