"""The service that the handlers of BigQuery register with, and how their permissions are asked."""

from collections.abc import Callable
from functools import wraps

from rehearsal.api.admission import require_caller
from rehearsal.api.call import Answer, Call
from rehearsal.api.service import Service
from rehearsal.documents import Document
from rehearsal.iam.permissions import permissions_of
from rehearsal.services.bigquery.access import Place, require, resource
from rehearsal.services.bigquery.names import DatasetName, TableName

API = ("bigquery", "v2")
_CHECKED = "the handler checks, for BigQuery words its refusals differently"

type Handler = Callable[[Call], Document | Answer]

service = Service("bigquery.googleapis.com", "BigQuery API", older_errors=True)


def method(method_id: str, *, source: str, judges: bool = False) -> Callable[[Handler], Handler]:
    """Registers a handler of ``bigquery.METHOD_ID`` that runs outside the lock.

    The method's permissions are asked of what the path names (table, dataset, else project), unless
    the handler itself ``judges`` who may.
    """
    key = (*API, f"bigquery.{method_id}")

    def register(handler: Handler) -> Handler:
        @wraps(handler)
        def checked(call: Call) -> Document | Answer:
            require_caller(call)
            for permission in () if judges else permissions_of(*key) or ():
                require(call, permission, place(call))
            return handler(call)

        service.method(*key, source=source, outside=True, unchecked=_CHECKED)(checked)
        return handler

    return register


def place(call: Call) -> Place:
    """What a call's path names."""
    project, dataset = call.path.get("projectId") or call.project, call.path.get("datasetId")
    if dataset is None:
        return project
    table = call.path.get("tableId")
    return TableName(project, dataset, table) if table else DatasetName(project, dataset)


@service.resource_of(*API, "bigquery")
def _resource(call: Call) -> str:
    """The full name of what a call concerns."""
    return resource(place(call))


def dataset_name(call: Call) -> DatasetName:
    """The dataset that a call's path names."""
    return DatasetName(call.path["projectId"], call.path["datasetId"])


def table_name(call: Call) -> TableName:
    """The table that a call's path names."""
    return TableName(call.path["projectId"], call.path["datasetId"], call.path["tableId"])
