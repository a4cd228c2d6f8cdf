"""What the rehearsal itself keeps of a dataset: who may use it, where it is, since when.

The rest of a dataset is kept upstream, where all datasets are in one place and open to everybody.
A dataset that SQL made has a record as soon as its job is seen to be done, or else at first sight.
"""

from datetime import datetime

from rehearsal.api.call import Call
from rehearsal.documents import Document
from rehearsal.identity.principal import Principal
from rehearsal.services.bigquery.access_list import bindings, default_access, normalised
from rehearsal.services.bigquery.names import DatasetName
from rehearsal.services.bigquery.upstream import found

KIND = "bigquery.datasets"
DEFAULT_LOCATION = "US"
"""https://cloud.google.com/bigquery/docs/locations"""
_MULTI_REGIONS = {"us": "US", "eu": "EU"}


def milliseconds(moment: datetime) -> str:
    """A moment as BigQuery has it: milliseconds since 1970, as a string."""
    return str(round(moment.timestamp() * 1000))


def spelled(location: str) -> str:
    """A location as BigQuery gives it back: regions in lower case, multi-regions in upper case."""
    lower = location.lower()
    return _MULTI_REGIONS.get(lower, lower)


def adopt(
    call: Call,
    name: DatasetName,
    *,
    location: str | None = None,
    creator: Principal | None = None,
    access: list[Document] | None = None,
) -> Document:
    """Makes the record of a new dataset, and its policy."""
    moment = milliseconds(call.now)
    record: Document = {
        "location": spelled(location or DEFAULT_LOCATION),
        "access": default_access(creator) if access is None else normalised(access),
        "creationTime": moment,
        "lastModifiedTime": moment,
    }
    keep(call, name, record)
    return record


def keep(call: Call, name: DatasetName, record: Document) -> None:
    """Writes a record and the policy that it means."""
    with call.cloud.store.transaction():
        call.cloud.store.put(KIND, name.key, record)
        call.cloud.access.put_bindings(name.resource, bindings(name.project, record["access"]))


def forget(call: Call, name: DatasetName) -> None:
    """Removes the record and the policies of a dataset that is gone."""
    with call.cloud.store.transaction():
        call.cloud.store.delete(KIND, name.key)
        call.cloud.access.forget(name.resource)


def record_of(call: Call, name: DatasetName) -> Document | None:
    """The record of a dataset, made now if SQL has made the dataset; None if there is none."""
    record = call.cloud.store.get(KIND, name.key)
    if record is not None:
        return record
    return adopt(call, name) if found(call, name.path) is not None else None


def reconcile(
    call: Call, name: DatasetName, *, location: str | None, creator: Principal | None
) -> None:
    """Brings the record in line with what a job has done to the dataset."""
    there = found(call, name.path) is not None
    known = call.cloud.store.get(KIND, name.key) is not None
    if there and not known:
        adopt(call, name, location=location, creator=creator)
    elif known and not there:
        forget(call, name)


def location_of(call: Call, name: DatasetName) -> str | None:
    """Where a dataset is; None if there is none."""
    record = record_of(call, name)
    return str(record["location"]) if record else None
