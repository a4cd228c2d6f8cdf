"""Long-running operations. All are done when they are answered: a poll costs Terraform 10 seconds.

https://google.aip.dev/151
"""

import uuid

from rehearsal.api.call import Call
from rehearsal.api.service import Service
from rehearsal.documents import Document
from rehearsal.errors import ApiError, not_found

KIND = "operations"


def done(
    call: Call,
    parent: str,
    response: Document,
    type_url: str,
    metadata: Document | None = None,
    name: str | None = None,
) -> Document:
    """A finished operation below ``parent``, whose ``response`` is of the type ``type_url``.

    ``name`` is its whole name, where it is not ``parent/operations/UUID``.
    """
    result = {"response": {"@type": type_url} | response}
    return _keep(call, name or f"{parent}/operations/{uuid.uuid4()}", metadata, result)


def failed(call: Call, parent: str, error: ApiError, metadata: Document | None = None) -> Document:
    """An operation that ended with an error."""
    name = f"{parent}/operations/{uuid.uuid4()}"
    return _keep(call, name, metadata, {"error": error.as_status()})


def _keep(call: Call, name: str, metadata: Document | None, result: Document) -> Document:
    operation: Document = {"name": name, "done": True}
    if metadata is not None:
        operation["metadata"] = metadata
    operation |= result
    call.cloud.store.put(KIND, _key(call, name), operation)
    return operation


def _key(call: Call, name: str) -> str:
    """An operation may be named with the project's number or its id."""
    head, _, rest = name.partition("/")
    if head != "projects":
        return name
    project, _, tail = rest.partition("/")
    return f"projects/{call.cloud.projects.id_of(project)}/{tail}"


def register(service: Service, api: str, version: str, method_id: str, source: str) -> None:
    """Registers the method that reads operations; its path parameter is ``name``."""

    @service.method(api, version, method_id, source=source)
    def get_operation(call: Call) -> Document:
        return find(call, call.path["name"])


def find(call: Call, name: str) -> Document:
    """An operation.

    Raises:
        ApiError: 404.
    """
    operation = call.cloud.store.get(KIND, _key(call, name))
    if operation is None:
        raise not_found(f"Operation {name} was not found.")
    return operation
