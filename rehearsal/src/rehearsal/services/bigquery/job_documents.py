"""The job resource as callers see it: upstream's, with the rehearsal's owner, place and time.

Differs from Google: ``totalBytesProcessed`` of a job that runs is 0, only a dry run estimates it.
"""

from uuid import UUID, uuid5

from rehearsal.api.call import Call
from rehearsal.api.digests import etag
from rehearsal.documents import Document
from rehearsal.errors import ApiError, not_found
from rehearsal.services.bigquery.dataset_records import reconcile
from rehearsal.services.bigquery.datasets import ADDRESS
from rehearsal.services.bigquery.job_records import Record, write
from rehearsal.services.bigquery.names import TableName, table_of
from rehearsal.services.bigquery.refusals import Circumstances, Refusal, reworded
from rehearsal.services.bigquery.upstream import found

_TIMES = ("creationTime", "startTime", "endTime")
_TRANSACTIONS = UUID("7d9c4fe2-3a51-4c0e-8f0e-5f5a2a6f4d10")


def current(call: Call, record: Record) -> Document:
    """The job as it is now.

    Raises:
        ApiError: 404.
    """
    if record.done is not None:
        return record.done
    document = found(call, record.path)
    if document is None:
        raise not_found(f"Not found: Job {record.label}")
    return settled(call, record, document)


def settled(call: Call, record: Record, document: Document) -> Document:
    """Upstream's job as it is shown; kept if it is done, with what it did to datasets."""
    job = shown(record, document)
    if job["status"]["state"] == "DONE":
        script = record.script()
        for name, location in script.remade if script else []:
            reconcile(call, name, location=location or record.location, creator=record.principal)
        keep_done(call, record, job)
    return job


def keep_done(call: Call, record: Record, job: Document) -> None:
    """Keeps a job that is done."""
    record.done = job
    if record.number:
        write(call, record)


def failed(call: Call, record: Record, refusal: Refusal, errors: list[Document]) -> Document:
    """A job that has failed without upstream; kept."""
    kind = next(one for one in ("query", "load", "copy", "extract") if one in record.configuration)
    moment = str(record.created)
    job = shown(
        record,
        {
            "kind": "bigquery#job",
            "status": {
                "state": "DONE",
                "errorResult": refusal.result(),
                "errors": [refusal.result(), *errors],
            },
            "configuration": {"jobType": kind.upper()},
            "statistics": dict.fromkeys(_TIMES, moment),
        },
    )
    keep_done(call, record, job)
    return job


def shown(record: Record, document: Document) -> Document:
    """Upstream's job as the rehearsal's: its owner, place and time, and BigQuery's words."""
    result = document | {
        "id": record.label,
        "selfLink": f"{ADDRESS}{record.path}?location={record.location}",
        "jobReference": record.reference,
        "user_email": record.principal.email,
        "principal_subject": record.member,
        "configuration": _configuration(record, document["configuration"]),
        "statistics": _statistics(record, document.get("statistics", {})),
        "status": _status(record, document["status"]),
    }
    return result | {"etag": etag(result)}


def raise_failure(job: Document) -> None:
    """Raises why a job has failed, if it has.

    Raises:
        ApiError: as its ``errorResult`` says.
    """
    result = job["status"].get("errorResult")
    if result:
        raise Refusal(result["reason"], result["message"]).error()


def explained(call: Call, record: Record, error: ApiError) -> ApiError:
    """The error that upstream answered with where a job has failed, as the job itself says it."""
    job = current(call, record)
    result = job["status"].get("errorResult")
    return Refusal(result["reason"], result["message"]).error() if result else error


def _configuration(record: Record, upstream: Document) -> Document:
    result = record.configuration | {"jobType": upstream["jobType"]}
    destination = upstream.get("query", {}).get("destinationTable")
    if destination:
        query = {"destinationTable": destination} | record.configuration["query"]
        result |= {"query": query}
    return result


def _statistics(record: Record, upstream: Document) -> Document:
    """In the rehearsal's time: as long after the job was made as it was in real time."""
    shift = record.created - int(upstream.get("creationTime", record.created))
    times = {name: str(int(upstream[name]) + shift) for name in _TIMES if name in upstream}
    return upstream | times


def _status(record: Record, upstream: Document) -> Document:
    if "errorResult" not in upstream:
        return upstream
    script = record.script()
    transactional = script is not None and script.transactional
    circumstances = Circumstances(
        location=record.location,
        own=record.refusals,
        written=script.writes if script else _destinations(record),
        transaction_id=str(uuid5(_TRANSACTIONS, record.label)) if transactional else "",
    )
    return upstream | {
        "errorResult": reworded(upstream["errorResult"], circumstances),
        "errors": [reworded(one, circumstances) for one in upstream.get("errors", [])],
    }


def _destinations(record: Record) -> list[TableName]:
    for part in record.configuration.values():
        if isinstance(part, dict) and "destinationTable" in part:
            return [table_of(part["destinationTable"], record.project)]
    return []
