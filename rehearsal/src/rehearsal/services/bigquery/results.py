"""The rows that a query job gave, and queries that are asked and answered in one call.

https://cloud.google.com/bigquery/docs/reference/rest/v2/jobs/getQueryResults
"""

from rehearsal.api.call import Call
from rehearsal.documents import Document
from rehearsal.errors import ApiError
from rehearsal.services.bigquery.job_documents import current, explained, raise_failure
from rehearsal.services.bigquery.job_records import Record, find
from rehearsal.services.bigquery.submission import submit
from rehearsal.services.bigquery.upstream import Parameters, asked, send

_FORMATS = "formatOptions.useInt64Timestamp"
_OF_THE_JOB = ("dryRun", "jobTimeoutMs", "labels", "maxSlots", "reservation")
_OF_THE_QUERY = (
    "query", "useLegacySql", "defaultDataset", "parameterMode", "queryParameters",
    "maximumBytesBilled", "useQueryCache", "createSession", "connectionProperties",
    "writeIncrementalResults", "destinationEncryptionConfiguration", "continuous",
)  # fmt: skip
_DEFAULT_WAIT_MS = "10000"


def rows(call: Call, record: Record) -> Document:
    """The page of rows that the call's parameters ask for, when the job is done or time is up.

    Raises:
        ApiError: why the job has failed.
    """
    return _rows(
        call,
        record,
        asked(call, "maxResults", "pageToken", "startIndex", "timeoutMs", _FORMATS),
    )


def query(call: Call) -> Document:
    """The answer to ``jobs.query``: the job is handed in, waited for, and its first rows are given.

    Raises:
        ApiError: 400, 403, 404: it is refused, or has failed.
    """
    body = call.body
    job = _submitted(call, body)
    if body.get("dryRun"):
        return _dry(job)
    record = find(call, call.path["projectId"], job["jobReference"]["jobId"])
    if record is None:
        raise AssertionError(f"no record of the job {job['id']}, which was handed in just now")
    parameters = {"timeoutMs": [str(body.get("timeoutMs") or _DEFAULT_WAIT_MS)]}
    if "maxResults" in body:
        parameters["maxResults"] = [str(body["maxResults"])]
    if body.get("formatOptions", {}).get("useInt64Timestamp"):
        parameters[_FORMATS] = ["true"]
    answer = _rows(call, record, parameters)
    return answer | {"kind": "bigquery#queryResponse", "location": record.location}


def _submitted(call: Call, body: Document) -> Document:
    """The job, or the one that an earlier request with the same id has made."""
    request_id = body.get("requestId")
    reference: Document = {"location": body["location"]} if body.get("location") else {}
    if request_id:
        reference["jobId"] = f"job_{request_id}"
        record = find(call, call.path["projectId"], reference["jobId"])
        if record is not None and record.member == call.principal.member:
            return current(call, record)
    configuration: Document = {name: body[name] for name in _OF_THE_JOB if name in body}
    configuration["query"] = {name: body[name] for name in _OF_THE_QUERY if name in body}
    return submit(call, {"jobReference": reference, "configuration": configuration})


def _rows(call: Call, record: Record, parameters: Parameters) -> Document:
    if record.done is not None:
        raise_failure(record.done)
    try:
        answer = send(
            call,
            "GET",
            f"projects/{record.project}/queries/{record.job_id}",
            parameters=parameters,
        )
    except ApiError as error:
        raise explained(call, record, error) from error
    if answer.get("jobComplete") and record.done is None:
        current(call, record)
    return answer | {"jobReference": record.reference}


def _dry(job: Document) -> Document:
    statistics = job["statistics"].get("query", {})
    return {
        "kind": "bigquery#queryResponse",
        "jobReference": job["jobReference"],
        "jobComplete": True,
        "cacheHit": False,
        "totalBytesProcessed": job["statistics"]["totalBytesProcessed"],
    } | ({"schema": statistics["schema"]} if "schema" in statistics else {})
