"""Methods of run v2 on jobs.

https://cloud.google.com/run/docs/reference/rest/v2/projects.locations.jobs
"""

from datetime import timedelta

from rehearsal.api import operations, policy_methods
from rehearsal.api.call import Call
from rehearsal.api.pages import page
from rehearsal.clock import rfc3339
from rehearsal.documents import Document
from rehearsal.errors import invalid_argument
from rehearsal.services.run import jobs
from rehearsal.services.run.definition import service
from rehearsal.services.run.faults import V2, refuse_if_any
from rehearsal.services.run.jobs import Saved
from rehearsal.services.run.names import JOBS, Name, scope_of_parent
from rehearsal.services.run.validation import system_faults

JOB_TYPE = "type.googleapis.com/google.cloud.run.v2.Job"
_REFERENCE = "https://cloud.google.com/run/docs/reference/rest/v2/projects.locations.jobs"
_KEPT_AFTER_DELETION = timedelta(days=30)


@service.method("run", "v2", "run.projects.locations.jobs.create", source="recorded", outside=True)
def create_job(call: Call) -> Document:
    """Makes a job; an image or secret that is missing ends the operation with an error."""
    job_id = call.parameter("jobId")
    if not job_id:
        raise invalid_argument("Required parameter: jobId", ("jobId", "The field is required."))
    refuse_if_any(system_faults(call.body))
    name = f"{call.path['parent']}/jobs/{job_id}"
    return _operation(call, jobs.create(call, name, call.body, V2, keep=not _only_checked(call)))


@service.method("run", "v2", "run.projects.locations.jobs.patch", source="recorded", outside=True)
def patch_job(call: Call) -> Document:
    """Replaces all that can be set: there is no mask."""
    name = call.path["name"]
    keep = not _only_checked(call)
    if call.parameter("allowMissing") == "true" and JOBS.find(call, name) is None:
        call.require("run.jobs.create", f"//{service.host}/{Name.of(name).location}")
        return _operation(call, jobs.create(call, name, call.body, V2, keep=keep))
    return _operation(call, jobs.replace(call, name, call.body, V2, keep=keep))


@service.method("run", "v2", "run.projects.locations.jobs.get", source="recorded")
def get_job(call: Call) -> Document:
    """A job."""
    return JOBS.get(call, call.path["name"])


@service.method("run", "v2", "run.projects.locations.jobs.list", source=f"{_REFERENCE}/list")
def list_jobs(call: Call) -> Document:
    """The jobs of a region, or of all ('-')."""
    return page(call, JOBS.list(call, scope_of_parent(call.path["parent"])), "jobs")


@service.method("run", "v2", "run.projects.locations.jobs.delete", source="recorded")
def delete_job(call: Call) -> Document:
    """Deletes a job with its executions."""
    name = call.path["name"]
    job = jobs.delete(call, name, call.parameter("etag"), keep=_only_checked(call))
    job["deleteTime"] = rfc3339(call.now)
    job["expireTime"] = rfc3339(call.now + _KEPT_AFTER_DELETION)
    return _operation(call, Saved(job, None))


for _version in ("v1", "v2"):
    policy_methods.register(service, "run", _version, "run.projects.locations.jobs", JOBS.get)


def _operation(call: Call, saved: Saved) -> Document:
    parent = Name.of(saved.job["name"]).location
    typed = {"@type": JOB_TYPE} | saved.job
    with call.cloud.store.transaction():
        if saved.obstacle is not None:
            return operations.failed(call, parent, saved.obstacle.error, typed)
        return operations.done(call, parent, saved.job, JOB_TYPE, typed)


def _only_checked(call: Call) -> bool:
    return call.parameter("validateOnly") == "true"
