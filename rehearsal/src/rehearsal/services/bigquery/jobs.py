"""Jobs: handed in, looked at, listed and cancelled, each by who may.

Who made a job may look at it; others need ``bigquery.jobs.get``, and ``bigquery.jobs.listAll`` to
find it in a list. https://cloud.google.com/bigquery/docs/managing-jobs
"""

from rehearsal.api.call import Answer, Call
from rehearsal.api.pages import page
from rehearsal.documents import Document
from rehearsal.services.bigquery import access, results, uploads
from rehearsal.services.bigquery.definition import method
from rehearsal.services.bigquery.job_documents import current, settled, shown
from rehearsal.services.bigquery.job_records import Record, all_of, located
from rehearsal.services.bigquery.submission import submit
from rehearsal.services.bigquery.upstream import send

_JOBS = "https://cloud.google.com/bigquery/docs/reference/rest/v2/jobs"
_DEFAULT_PAGE = 50
_MINIMAL = ("id", "kind", "jobReference", "status", "statistics", "user_email", "principal_subject")


@method("jobs.insert", source="recorded")
def insert_job(call: Call) -> Document | Answer:
    """Starts a job."""
    return uploads.upload(call) if call.upload else submit(call, call.body)


@method("jobs.query", source=f"{_JOBS}/query")
def query(call: Call) -> Document:
    """Runs a query, and gives its first rows."""
    return results.query(call)


@method("jobs.get", source="recorded", judges=True)
def get_job(call: Call) -> Document:
    """A job as it is now."""
    return current(call, _record(call, "bigquery.jobs.get"))


@method("jobs.getQueryResults", source="recorded", judges=True)
def get_query_results(call: Call) -> Document:
    """The rows of a query job, when it is done or the time to wait is up."""
    return results.rows(call, _record(call, "bigquery.jobs.get"))


@method("jobs.cancel", source=f"{_JOBS}/cancel", judges=True)
def cancel_job(call: Call) -> Document:
    """Asks a job to stop; one that is done stays as it is."""
    record = _record(call, "bigquery.jobs.update")
    if record.done is not None:
        return {"kind": "bigquery#jobCancelResponse", "job": record.done}
    answer = send(call, "POST", f"{record.path}/cancel")
    return {
        "kind": "bigquery#jobCancelResponse",
        "job": settled(call, record, answer["job"]),
    }


@method("jobs.list", source="recorded")
def list_jobs(call: Call) -> Document:
    """The caller's jobs, or everybody's, the newest first."""
    project = call.path["projectId"]
    everybody = (call.parameter("allUsers") or "").lower() == "true"
    if everybody:
        access.require(call, "bigquery.jobs.listAll", project)
    if call.parameter("parentJobId"):
        jobs = _children(call, project)
    else:
        jobs = [
            current(call, record)
            for record in all_of(call, project)
            if (everybody or record.member == call.principal.member) and _in_time(call, record)
        ]
    answer = page(call, [job for job in jobs if _in_state(call, job)], "jobs", _DEFAULT_PAGE)
    full = call.parameter("projection") == "full"
    items = [_listed(job, full=full) for job in answer.get("jobs", [])]
    return answer | {"kind": "bigquery#jobList"} | ({"jobs": items} if items else {})


def _record(call: Call, permission: str) -> Record:
    project = call.path["projectId"]
    record = located(call, project, call.path["jobId"], call.parameter("location"))
    if record.member != call.principal.member and not access.allowed(call, permission, project):
        raise access.denied(
            f"Access Denied: Job {record.label}: The user does not have {permission} permission for"
            f" job {record.label}."
        )
    return record


def _children(call: Call, project: str) -> list[Document]:
    parent = located(call, project, call.parameter("parentJobId") or "", None)
    answer = send(
        call,
        "GET",
        f"projects/{project}/jobs",
        parameters={"parentJobId": [parent.job_id]},
    )
    return [shown(parent.child(item["jobReference"]["jobId"]), item) for item in answer["jobs"]]


def _in_time(call: Call, record: Record) -> bool:
    first, last = call.parameter("minCreationTime"), call.parameter("maxCreationTime")
    return (not first or record.created >= int(first)) and (not last or record.created <= int(last))


def _in_state(call: Call, job: Document) -> bool:
    wanted = {word.upper() for word in call.query.get("stateFilter", [])}
    return not wanted or job["status"]["state"] in wanted


def _listed(job: Document, *, full: bool) -> Document:
    result = job if full else {name: job[name] for name in _MINIMAL if name in job}
    status = job["status"]
    error = {"errorResult": status["errorResult"]} if "errorResult" in status else {}
    return result | {"state": status["state"]} | error
