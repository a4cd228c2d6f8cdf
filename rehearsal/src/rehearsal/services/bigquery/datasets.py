"""Datasets: made, read, changed and deleted; who may use them is kept here, the rest upstream.

https://cloud.google.com/bigquery/docs/reference/rest/v2/datasets
"""

from rehearsal.api.call import Answer, Call
from rehearsal.api.digests import etag, same_etag
from rehearsal.documents import Document
from rehearsal.errors import ApiError, invalid_argument, not_found, precondition_failed
from rehearsal.services.bigquery import access
from rehearsal.services.bigquery.access_list import normalised
from rehearsal.services.bigquery.dataset_records import (
    adopt,
    forget,
    keep,
    milliseconds,
    record_of,
    spelled,
)
from rehearsal.services.bigquery.definition import dataset_name, method
from rehearsal.services.bigquery.names import DatasetName
from rehearsal.services.bigquery.upstream import asked, found, send

ADDRESS = "https://bigquery.googleapis.com/bigquery/v2/"
_KEPT_HERE = ("access", "location", "creationTime", "lastModifiedTime", "etag", "selfLink")


@method("datasets.insert", source="recorded")
def insert_dataset(call: Call) -> Document:
    """Makes a dataset; its creator owns it unless the request says who does."""
    reference = {**call.body.get("datasetReference", {}), "projectId": call.path["projectId"]}
    name = DatasetName(reference["projectId"], reference.get("datasetId", ""))
    body = _sent_upstream(call.body) | {"datasetReference": reference}
    made = send(call, "POST", f"projects/{name.project}/datasets", json=body)
    record = adopt(
        call,
        name,
        location=call.body.get("location"),
        creator=call.principal,
        access=call.body.get("access") or None,
    )
    return shown(name, made, record)


@method("datasets.get", source="recorded")
def get_dataset(call: Call) -> Document:
    """A dataset with its access list."""
    return _current(call, dataset_name(call))


@method("datasets.list", source="recorded", judges=True)
def list_datasets(call: Call) -> Document:
    """Those that the caller may see; there is no permission to list."""
    project = call.path["projectId"]
    parameters = asked(call, "all", "filter", "maxResults", "pageToken")
    answer = send(call, "GET", f"projects/{project}/datasets", parameters=parameters)
    items = [
        item | {"location": record["location"]}
        for item in answer.pop("datasets", [])
        for name in [DatasetName(project, item["datasetReference"]["datasetId"])]
        if access.allowed(call, "bigquery.datasets.get", name)
        and (record := record_of(call, name)) is not None
    ]
    return answer | ({"datasets": items} if items else {}) | {"etag": etag({"datasets": items})}


@method("datasets.patch", source="recorded")
def patch_dataset(call: Call) -> Document:
    """Changes what the request names; an access list replaces the one that was."""
    return _change(call, "PATCH")


@method("datasets.update", source="recorded")
def update_dataset(call: Call) -> Document:
    """Replaces all but the access list, which stays where the request has none."""
    return _change(call, "PUT")


@method("datasets.delete", source="recorded")
def delete_dataset(call: Call) -> Answer:
    """Deletes a dataset, with its tables if the request says so."""
    name = dataset_name(call)
    if (call.parameter("deleteContents") or "").lower() == "true":
        access.require(call, "bigquery.tables.delete", name)
    send(call, "DELETE", name.path, parameters=asked(call, "deleteContents"))
    forget(call, name)
    return Answer(None, 204)


def missing(name: DatasetName) -> ApiError:
    """404 of a dataset."""
    return not_found(f"Not found: Dataset {name.label}")


def shown(name: DatasetName, document: Document, record: Document) -> Document:
    """A dataset as it is given to callers, with an etag that covers what is kept here too."""
    result = document | record | {"selfLink": ADDRESS + name.path}
    result.pop("etag", None)
    return result | {"etag": etag(result)}


def _current(call: Call, name: DatasetName) -> Document:
    document = found(call, name.path)
    record = record_of(call, name) if document is not None else None
    if document is None or record is None:
        raise missing(name)
    return shown(name, document, record)


def _change(call: Call, http_method: str) -> Document:
    name = dataset_name(call)
    current = _current(call, name)
    _check_etag(call, current)
    _check_location(call, current)
    record: Document = {
        "location": current["location"],
        "access": _changed_access(call, name, current),
        "creationTime": current["creationTime"],
        "lastModifiedTime": milliseconds(call.now),
    }
    body = _sent_upstream(call.body)
    body["datasetReference"] = {"projectId": name.project, "datasetId": name.dataset}
    document = send(call, http_method, name.path, json=body)
    keep(call, name, record)
    return shown(name, document, record)


def _changed_access(call: Call, name: DatasetName, current: Document) -> list[Document]:
    asked_for = call.body.get("access")
    if asked_for is None:
        return list(current["access"])
    changed = normalised(asked_for)
    if changed != current["access"]:
        access.require(call, "bigquery.datasets.setIamPolicy", name)
    return changed


def _check_etag(call: Call, current: Document) -> None:
    wanted = call.headers.get("if-match")
    if wanted and wanted != "*" and not same_etag(wanted, current["etag"]):
        raise precondition_failed("Precondition check failed.")


def _check_location(call: Call, current: Document) -> None:
    location = call.body.get("location")
    if location and spelled(location) != current["location"]:
        raise invalid_argument(
            f"Cannot change the location of a dataset: it is in {current['location']}, and the"
            f" request says {location}."
        )


def _sent_upstream(body: Document) -> Document:
    return {name: value for name, value in body.items() if name not in _KEPT_HERE}
