"""Methods of run v1 on jobs, as gcloud and Cloud Scheduler call them.

https://cloud.google.com/run/docs/reference/rest/v1/namespaces.jobs
"""

from rehearsal.api.call import Call
from rehearsal.documents import Document
from rehearsal.errors import invalid_argument
from rehearsal.services.run import jobs
from rehearsal.services.run.conversion.objects import deleted, job_from_v1, job_to_v1
from rehearsal.services.run.conversion.secret_aliases import without_aliases
from rehearsal.services.run.definition import service
from rehearsal.services.run.faults import V1, refuse_if_any
from rehearsal.services.run.lists_v1 import answer_list
from rehearsal.services.run.names import JOBS, name_of, region_of
from rehearsal.services.run.refusals_v1 import unsupported_faults

_ALL = "all"


@service.method("run", "v1", "run.namespaces.jobs.create", source="recorded", outside=True)
def create_job(call: Call) -> Document:
    """Makes a job; an image or secret that is missing shows in its condition Ready."""
    short = call.body.get("metadata", {}).get("name", "")
    region = region_of(call)
    if not region:
        raise invalid_argument("Jobs are made at the host of a region: REGION-run.googleapis.com.")
    project = call.path["parent"].split("/")[1]
    name = f"projects/{project}/locations/{region}/jobs/{short}"
    saved = jobs.create(call, name, _desired(call), V1, keep=not _only_checked(call))
    return job_to_v1(saved.job, call.project_number)


@service.method("run", "v1", "run.namespaces.jobs.replaceJob", source="recorded", outside=True)
def replace_job(call: Call) -> Document:
    """Replaces all that can be set."""
    keep = not _only_checked(call)
    saved = jobs.replace(call, name_of(call), _desired(call), V1, keep=keep)
    return job_to_v1(saved.job, call.project_number)


@service.method("run", "v1", "run.namespaces.jobs.get", source="recorded")
def get_job(call: Call) -> Document:
    """A job."""
    return job_to_v1(JOBS.get(call, name_of(call)), call.project_number)


@service.method("run", "v1", "run.namespaces.jobs.list", source="recorded")
def list_jobs(call: Call) -> Document:
    """The jobs of the host's region, or of all."""
    return answer_list(call, "JobList", JOBS, job_to_v1)


@service.method("run", "v1", "run.namespaces.jobs.delete", source="recorded")
def delete_job(call: Call) -> Document:
    """Deletes a job with its executions."""
    name = name_of(call)
    job = jobs.delete(call, name, None, keep=_only_checked(call))
    return deleted("Job", name, job["uid"])


def _desired(call: Call) -> Document:
    refuse_if_any(unsupported_faults(call.body))
    return job_from_v1(without_aliases(call.body))


def _only_checked(call: Call) -> bool:
    return (call.parameter("dryRun") or "").lower() == _ALL
