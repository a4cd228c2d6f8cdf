"""The methods of jobs: make, read, change, pause, resume, run, delete.

https://cloud.google.com/scheduler/docs/reference/rest/v1/projects.locations.jobs
"""

import re
from copy import deepcopy
from uuid import uuid4

from rehearsal.api.call import Call
from rehearsal.api.durations import duration, written
from rehearsal.api.masks import patch
from rehearsal.api.pages import page
from rehearsal.api.resources import Collection
from rehearsal.clock import rfc3339
from rehearsal.documents import Document
from rehearsal.errors import invalid_argument, permission_denied
from rehearsal.services.scheduler import runs
from rehearsal.services.scheduler.credentials import account_name, is_active
from rehearsal.services.scheduler.cron import next_moment
from rehearsal.services.scheduler.definition import service
from rehearsal.services.scheduler.locations import require_location
from rehearsal.services.scheduler.validation import check

_JOB_ID = re.compile(r"[A-Za-z0-9_-]{1,500}")
_SETTABLE = (
    "description", "schedule", "timeZone", "httpTarget", "pubsubTarget", "appEngineHttpTarget",
    "retryConfig", "attemptDeadline",
)  # fmt: skip
_API = ("cloudscheduler", "v1")
_PREFIX = "cloudscheduler.projects.locations.jobs"
_RETRIES: Document = {
    "maxRetryDuration": "0s",
    "minBackoffDuration": "5s",
    "maxBackoffDuration": "3600s",
    "maxDoublings": 5,
}
_SCOPE = "https://www.googleapis.com/auth/cloud-platform"
_ACT_AS = "iam.serviceAccounts.actAs"
_LONGEST_TIMES = ("minBackoffDuration", "maxBackoffDuration", "maxRetryDuration")

jobs = Collection(
    runs.JOBS, missing=lambda _: "Job not found.", exists=lambda _: "Job already exists."
)


@service.method(*_API, f"{_PREFIX}.create", source="recorded")
def create(call: Call) -> Document:
    """Makes a job; its first moment is the schedule's next."""
    require_location(call.path["parent"])
    name = _name(call)
    job = _complete({"name": name} | _settable(call.body) | {"state": "ENABLED"})
    _require_account(call, job)
    return jobs.create(call, name, _rescheduled(call, job))


@service.method(*_API, f"{_PREFIX}.get", source="recorded")
def get(call: Call) -> Document:
    """Reads a job."""
    return jobs.get(call, call.path["name"])


@service.method(*_API, f"{_PREFIX}.list", source="recorded")
def list_jobs(call: Call) -> Document:
    """Lists a location's jobs."""
    require_location(call.path["parent"])
    return page(call, jobs.list(call, f"{call.path['parent']}/jobs/"), "jobs", default=500)


@service.method(*_API, f"{_PREFIX}.patch", source="recorded")
def update(call: Call) -> Document:
    """Changes the fields of the mask; without a mask, all that can be set."""
    current = jobs.get(call, call.path["name"])
    mask = call.parameter("updateMask")
    job = _complete(patch(current, _settable(call.body), mask, _SETTABLE))
    if job["httpTarget"] != current["httpTarget"]:
        _require_account(call, job)
    return jobs.replace(call, job["name"], _rescheduled(call, job))


@service.method(*_API, f"{_PREFIX}.pause", source="recorded")
def pause(call: Call) -> Document:
    """Stops a job from firing; a paused one stays so."""
    job = jobs.get(call, call.path["name"]) | {"state": "PAUSED"}
    runs.drop_retries(call.cloud.store, job["name"])
    return jobs.replace(call, job["name"], job)


@service.method(*_API, f"{_PREFIX}.resume", source="recorded")
def resume(call: Call) -> Document:
    """Lets a job fire again, from its next moment on; Terraform resumes each job it has made."""
    job = jobs.get(call, call.path["name"])
    if job["state"] == "PAUSED":
        job = _with_next_moment(call, job | {"state": "ENABLED"})
    return jobs.replace(call, job["name"], job)


@service.method(*_API, f"{_PREFIX}.run", source="recorded")
def run(call: Call) -> Document:
    """Fires a job now; the answer does not wait for the attempt."""
    job = jobs.get(call, call.path["name"])
    runs.begin(call.cloud.store, job["name"], str(uuid4()), call.now)
    call.cloud.timeline.wake()
    return job


@service.method(*_API, f"{_PREFIX}.delete", source="recorded")
def delete(call: Call) -> Document:
    """Deletes a job and the retries that wait."""
    job = jobs.delete(call, call.path["name"])
    runs.drop_retries(call.cloud.store, job["name"])
    return {}


def _name(call: Call) -> str:
    """The name in the body (its project may be a number), or a made-up one.

    Raises:
        ApiError: 400: it is not a job's name below the parent.
    """
    parent = call.path["parent"]
    given = call.body.get("name") or f"{parent}/jobs/{uuid4()}"
    _, _, job_id = given.rpartition("/jobs/")
    project, number = call.project, call.project_number
    expected = f"{parent}/jobs/{job_id}"
    numbered = expected.replace(f"projects/{project}/", f"projects/{number}/", 1)
    if given not in {expected, numbered} or _JOB_ID.fullmatch(job_id) is None:
        raise invalid_argument(
            f'Job name must be formatted: "{parent}/jobs/<JOB_ID>", where <JOB_ID> has letters,'
            f" numbers, hyphens and underscores, 500 at most: {given}"
        )
    return expected


def _settable(body: Document) -> Document:
    return {name: deepcopy(body[name]) for name in _SETTABLE if name in body}


def _complete(job: Document) -> Document:
    """With Google's defaults, in Google's forms; checked."""
    job["timeZone"] = job.get("timeZone") or "Etc/UTC"
    job["attemptDeadline"] = job.get("attemptDeadline") or "180s"
    job["retryConfig"] = _RETRIES | job.get("retryConfig", {})
    if "httpTarget" in job:
        _complete_target(job["httpTarget"])
    check(job)
    job["attemptDeadline"] = written(duration(job["attemptDeadline"], "job.attempt_deadline"))
    for name in _LONGEST_TIMES:
        job["retryConfig"][name] = written(duration(job["retryConfig"][name], name))
    return job


def _complete_target(target: Document) -> None:
    target["httpMethod"] = target.get("httpMethod") or "POST"
    target["headers"] = target.get("headers", {}) | {"User-Agent": "Google-Cloud-Scheduler"}
    if target.get("body"):
        target["headers"].setdefault("Content-Type", "application/octet-stream")
    if "oauthToken" in target:
        target["oauthToken"]["scope"] = target["oauthToken"].get("scope") or _SCOPE
    if "oidcToken" in target:
        token = target["oidcToken"]
        token["audience"] = token.get("audience") or target.get("uri", "")


def _rescheduled(call: Call, job: Document) -> Document:
    return _with_next_moment(call, job | {"userUpdateTime": rfc3339(call.now)})


def _with_next_moment(call: Call, job: Document) -> Document:
    moment = next_moment(job["schedule"], job["timeZone"], call.now)
    return job | {"scheduleTime": rfc3339(moment)}


def _require_account(call: Call, job: Document) -> None:
    """Whoever makes a job run as an account must be allowed to act as it.

    Raises:
        ApiError: 403: they are not, or there is no such account.
    """
    email = runs.account_of(job)
    if not email:
        return
    name = account_name(email, call.project)
    call.require(_ACT_AS, f"//iam.googleapis.com/{name}")
    if not is_active(call.cloud, email, call.project):
        raise permission_denied(
            f"Permission '{_ACT_AS}' denied on resource '{name}' (or it may not exist).",
            permission=_ACT_AS,
            resource=name,
        )
