"""Tables, views and their rows, by dataset of this project.

Differs from Google: ``numBytes`` is rows times columns times eight, ``numRows`` of a table is
counted when it is read (Google leaves out rows that are still in a streaming buffer), and times of
creation and change are in real time.
https://cloud.google.com/bigquery/docs/reference/rest/v2/tables
"""

from rehearsal.api.call import Answer, Call
from rehearsal.documents import Document
from rehearsal.errors import invalid_argument
from rehearsal.services.bigquery import access
from rehearsal.services.bigquery.analysis import script_of
from rehearsal.services.bigquery.dataset_records import record_of
from rehearsal.services.bigquery.datasets import ADDRESS, missing
from rehearsal.services.bigquery.definition import dataset_name, method, table_name
from rehearsal.services.bigquery.names import DatasetName, TableName, table_of
from rehearsal.services.bigquery.upstream import asked, send

_ROWS = "https://cloud.google.com/bigquery/docs/reference/rest/v2/tabledata"
_PATCH = "https://cloud.google.com/bigquery/docs/reference/rest/v2/tables/patch"
_ROW_BYTES_A_COLUMN = 8


@method("tables.insert", source="recorded")
def insert_table(call: Call) -> Document:
    """Makes a table or a view."""
    name = dataset_name(call)
    location = _location(call, name)
    reference = call.body.get("tableReference", {})
    body = call.body | {
        "tableReference": {
            "projectId": name.project,
            "datasetId": name.dataset,
            "tableId": reference.get("tableId", ""),
        }
    }
    _check_view(call, name, body)
    return _shown(send(call, "POST", f"{name.path}/tables", json=body), location)


@method("tables.get", source="recorded")
def get_table(call: Call) -> Document:
    """A table or view; the rows of a table are counted now."""
    name = table_name(call)
    location = _location(call, name.home)
    document = send(call, "GET", name.path, parameters=asked(call, "selectedFields", "view"))
    return _shown(document | _size(call, name, document), location)


@method("tables.list", source="recorded")
def list_tables(call: Call) -> Document:
    """The tables and views of a dataset."""
    name = dataset_name(call)
    _location(call, name)
    return send(
        call, "GET", f"{name.path}/tables", parameters=asked(call, "maxResults", "pageToken")
    )


@method("tables.patch", source=_PATCH)
def patch_table(call: Call) -> Document:
    """Changes what the request names."""
    return _change(call, "PATCH")


@method("tables.update", source="recorded")
def update_table(call: Call) -> Document:
    """Replaces what can be changed of a table."""
    return _change(call, "PUT")


@method("tables.delete", source="recorded")
def delete_table(call: Call) -> Answer:
    """Deletes a table or a view."""
    name = table_name(call)
    send(call, "DELETE", name.path)
    with call.cloud.store.transaction():
        call.cloud.access.forget(name.resource)
    return Answer(None, 204)


@method("tabledata.list", source="recorded")
def list_rows(call: Call) -> Document:
    """The rows of a table, in pages."""
    parameters = asked(
        call, "maxResults", "pageToken", "startIndex", "selectedFields",
        "formatOptions.useInt64Timestamp",
    )  # fmt: skip
    return send(call, "GET", f"{table_name(call).path}/data", parameters=parameters)


@method("tabledata.insertAll", source=_ROWS)
def insert_rows(call: Call) -> Document:
    """Adds rows; they are there at once, not first in a streaming buffer."""
    return send(call, "POST", f"{table_name(call).path}/insertAll", json=call.body)


def row_count(call: Call, name: TableName) -> int:
    """The rows of a table, counted.

    Raises:
        ApiError: 404.
    """
    answer = send(call, "GET", f"{name.path}/data", parameters={"maxResults": ["0"]})
    return int(answer["totalRows"])


def _size(call: Call, name: TableName, document: Document) -> Document:
    if document.get("type") != "TABLE" or "numRows" not in document:
        return {}
    rows = row_count(call, name)
    size = str(rows * len(document.get("schema", {}).get("fields", [])) * _ROW_BYTES_A_COLUMN)
    sizes = ("numBytes", "numActiveLogicalBytes", "numTotalLogicalBytes")
    return {"numRows": str(rows)} | {field: size for field in sizes if field in document}


def _change(call: Call, http_method: str) -> Document:
    name = table_name(call)
    location = _location(call, name.home)
    body = {field: value for field, value in call.body.items() if field != "etag"}
    _check_view(call, name.home, body)
    headers = {"if-match": call.headers["if-match"]} if "if-match" in call.headers else None
    return _shown(send(call, http_method, name.path, json=body, headers=headers), location)


def _check_view(call: Call, home: DatasetName, body: Document) -> None:
    """Who makes a view must be able to read what it shows."""
    view = body.get("view")
    if not view or "query" not in view:
        return
    if view.get("useLegacySql", True):
        raise invalid_argument(
            "The rehearsal has no legacy SQL: give the view useLegacySql false (bq mk"
            " --use_legacy_sql=false --view ...).",
            reason="invalidQuery",
        )
    for statement in script_of(view["query"], home.project, home).statements:
        for table in statement.reads:
            access.require_read(call, table)


def _location(call: Call, name: DatasetName) -> str:
    record = record_of(call, name)
    if record is None:
        raise missing(name)
    return str(record["location"])


def _shown(document: Document, location: str) -> Document:
    name = table_of(document["tableReference"], "")
    return document | {"location": location, "selfLink": ADDRESS + name.path}
