"""Permissions on projects, datasets and tables, refused in BigQuery's own words.

https://cloud.google.com/bigquery/docs/troubleshoot-queries and
https://cloud.google.com/bigquery/docs/access-control
"""

from rehearsal.api.call import Call
from rehearsal.errors import ApiError, not_found, permission_denied
from rehearsal.services.bigquery.dataset_records import location_of
from rehearsal.services.bigquery.names import DatasetName, TableName, project_resource

READ = "bigquery.tables.getData"

type Place = str | DatasetName | TableName
"""Where a permission is wanted: a project's id, a dataset or a table."""


def require(call: Call, permission: str, place: Place) -> None:
    """Refuses a caller without a permission.

    Raises:
        ApiError: 403, reason ``accessDenied``; 404 where there is no such dataset, and the caller
            would see it if there were.
    """
    if not allowed(call, permission, place):
        if not isinstance(place, str) and known_missing(call, home(place)):
            raise not_found(f"Not found: Dataset {home(place).label}")
        raise denied(refusal(permission, place))


def require_read(call: Call, table: TableName) -> None:
    """Refuses a caller who may not query a table.

    Raises:
        ApiError: 403, reason ``accessDenied``.
    """
    if not allowed(call, READ, table):
        raise denied(query_refusal(table))


def allowed(call: Call, permission: str, place: Place) -> bool:
    """Whether the caller has a permission; the question is recorded."""
    return call.allows(permission, resource(place))


def known_missing(call: Call, name: DatasetName) -> bool:
    """Whether there is no such dataset, and the caller may know."""
    return location_of(call, name) is None and allowed(call, "bigquery.datasets.get", name)


def home(place: DatasetName | TableName) -> DatasetName:
    """The dataset of a table, or the dataset itself."""
    return place.home if isinstance(place, TableName) else place


def resource(place: Place) -> str:
    """The full resource name of a place."""
    return project_resource(place) if isinstance(place, str) else place.resource


def refusal(permission: str, place: Place) -> str:
    """How BigQuery says that a permission is missing."""
    if isinstance(place, str):
        return (
            f"Access Denied: Project {place}: User does not have {permission} permission in"
            f" project {place}."
        )
    kind = "Table" if isinstance(place, TableName) else "Dataset"
    return (
        f"Access Denied: {kind} {place.label}: Permission {permission} denied on"
        f" {kind.lower()} {place.label} (or it may not exist)."
    )


def query_refusal(table: TableName) -> str:
    """How BigQuery says that a table may not be queried."""
    return (
        f"Access Denied: Table {table.label}: User does not have permission to query table"
        f" {table.label}, or perhaps it does not exist."
    )


def denied(message: str) -> ApiError:
    """403 as BigQuery gives it: a reason, and no details."""
    return permission_denied(message, reason="accessDenied")
