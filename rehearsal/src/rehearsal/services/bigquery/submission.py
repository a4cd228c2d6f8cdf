"""Handing in jobs: on which tables they may work, where they run, and what is sent on.

https://cloud.google.com/bigquery/docs/reference/rest/v2/jobs/insert
"""

from dataclasses import dataclass
from uuid import uuid4

from rehearsal.api.call import Call
from rehearsal.documents import Document, encode
from rehearsal.errors import ApiError, invalid_argument, not_found, not_here
from rehearsal.services.bigquery import access, loads
from rehearsal.services.bigquery.dataset_records import location_of, spelled
from rehearsal.services.bigquery.estimates import bytes_read
from rehearsal.services.bigquery.job_documents import failed, settled, shown
from rehearsal.services.bigquery.job_records import (
    Record,
    analysed,
    new_record,
    release,
    reserve,
)
from rehearsal.services.bigquery.names import DatasetName, TableName, table_of
from rehearsal.services.bigquery.queries import (
    judged,
    location_for,
    require_destination,
    require_standard,
    rewritten,
)
from rehearsal.services.bigquery.refusals import not_in_location
from rehearsal.services.bigquery.statements import CREATE, UPDATE_DATA
from rehearsal.services.bigquery.upstream import ROOT, send

_UPDATE = "bigquery.tables.update"
_BOUNDARY = "rehearsal-part"


@dataclass(frozen=True)
class Asked:
    """A job as it is asked for."""

    project: str
    job_id: str
    location: str | None
    configuration: Document

    @property
    def reference(self) -> Document:
        """The reference without its location."""
        return {"projectId": self.project, "jobId": self.job_id}


def submit(call: Call, body: Document, content: bytes | None = None) -> Document:
    """Takes a job (with the bytes of its upload), starts it, and gives it as it is within a second.

    Raises:
        ApiError: 400, 403, 404 or 409: it is refused, and does not exist.
    """
    asked = _asked(call, body)
    if "query" in asked.configuration:
        return _submit_query(call, asked)
    if "load" in asked.configuration:
        return _submit_load(call, asked, content)
    if "copy" in asked.configuration:
        return _submit_copy(call, asked)
    raise not_here("The rehearsal has no extract jobs: there is no bucket behind BigQuery here.")


def _asked(call: Call, body: Document) -> Asked:
    reference = body.get("jobReference") or {}
    configuration = body.get("configuration") or {}
    if not any(kind in configuration for kind in ("query", "load", "copy", "extract")):
        raise invalid_argument("Job configuration must specify a job type")
    return Asked(
        call.path["projectId"],
        reference.get("jobId") or f"job_{uuid4().hex}",
        reference.get("location"),
        configuration,
    )


def _submit_query(call: Call, asked: Asked) -> Document:
    query = asked.configuration["query"]
    require_standard(query)
    script = analysed(query, asked.project)
    require_destination(call, query, asked.project)
    location = location_for(call, script.datasets, script, asked.location)
    refusals = judged(call, script, location, query)
    record = new_record(call, asked.reference, location, asked.configuration)
    if asked.configuration.get("dryRun"):
        if refusals:
            raise refusals[0][1].error()
        return _dry_run(call, record, bytes_read(call, script))
    record.refusals = [refusal for _, refusal in refusals]
    sent = asked.configuration | {"query": query | {"query": rewritten(script, refusals)}}
    return _start(call, record, sent)


def _dry_run(call: Call, record: Record, read: int) -> Document:
    job = send(
        call,
        "POST",
        f"projects/{record.project}/jobs",
        json={"configuration": record.configuration},
    )
    result = shown(record, job)
    # A dry run makes no job, so it has no id.
    result["jobReference"] = {"projectId": record.project, "location": record.location}
    result["statistics"]["totalBytesProcessed"] = str(read)
    statistics = result["statistics"].setdefault("query", {})
    statistics["totalBytesProcessed"] = str(read)
    statistics["totalBytesProcessedAccuracy"] = "UPPER_BOUND"
    return result


def _submit_load(call: Call, asked: Asked, content: bytes | None) -> Document:
    load = asked.configuration["load"]
    table = _destination(call, asked, load)
    if content is None:
        raise not_here(
            "The rehearsal loads files that are uploaded with the job; it does not read sourceUris."
        )
    record = new_record(
        call, asked.reference, _location(call, table.home, asked.location), asked.configuration
    )
    checked = loads.check(call, load, table, content)
    reserve(call, record)
    if checked.refusal is not None:
        return failed(call, record, checked.refusal, checked.errors)
    sent = asked.configuration | {"load": checked.load}
    return _start(call, record, sent, checked.content, reserved=True)


def _submit_copy(call: Call, asked: Asked) -> Document:
    copy = asked.configuration["copy"]
    sources = copy.get("sourceTables") or [copy.get("sourceTable") or {}]
    for source in sources:
        access.require(call, access.READ, table_of(source, asked.project))
    table = _destination(call, asked, copy)
    location = _location(call, table.home, asked.location)
    return _start(
        call,
        new_record(call, asked.reference, location, asked.configuration),
        asked.configuration,
    )


def _destination(call: Call, asked: Asked, part: Document) -> TableName:
    table = table_of(part.get("destinationTable") or {}, asked.project)
    for permission in (CREATE, UPDATE_DATA, _UPDATE):
        access.require(call, permission, table.home if permission == CREATE else table)
    return table


def _location(call: Call, home: DatasetName, asked: str | None) -> str:
    there = location_of(call, home)
    if there is None:
        raise not_found(f"Not found: Dataset {home.label}")
    if asked and spelled(asked) != there:
        raise not_in_location(home, spelled(asked)).error()
    return there


def _start(
    call: Call,
    record: Record,
    configuration: Document,
    content: bytes | None = None,
    *,
    reserved: bool = False,
) -> Document:
    if not reserved:
        reserve(call, record)
    body = {"jobReference": _reference(record), "configuration": configuration}
    try:
        job = _send(call, record, body, content)
    except ApiError as error:
        # After 503 the job may exist; its id stays taken, as it does when an answer is lost.
        if error.code != 503:
            release(call, record)
        raise
    return settled(call, record, job)


def _reference(record: Record) -> Document:
    return {"projectId": record.project, "jobId": record.job_id}


def _send(call: Call, record: Record, body: Document, content: bytes | None) -> Document:
    if content is None:
        return send(call, "POST", f"projects/{record.project}/jobs", json=body)
    parts = (
        f"--{_BOUNDARY}\r\nContent-Type: application/json\r\n\r\n".encode(),
        encode(body),
        f"\r\n--{_BOUNDARY}\r\nContent-Type: application/octet-stream\r\n"
        "Content-Transfer-Encoding: binary\r\n\r\n".encode(),
        content,
        f"\r\n--{_BOUNDARY}--\r\n".encode(),
    )
    return send(
        call,
        "POST",
        f"/upload{ROOT}projects/{record.project}/jobs",
        content=b"".join(parts),
        parameters={"uploadType": ["multipart"]},
        headers={"content-type": f"multipart/related; boundary={_BOUNDARY}"},
    )
