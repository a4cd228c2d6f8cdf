"""Names of jobs, executions and tasks: in v2 paths, in v1 namespaces, and in messages.

All are kept under their v2 names; those of v1 lack the region, which is in its host.
https://cloud.google.com/run/docs/reference/rest/v1/namespaces.jobs
"""

import re
import secrets
from dataclasses import dataclass

from rehearsal.api.call import Call
from rehearsal.api.resources import Collection

HOST = "run.googleapis.com"
_REGIONAL_HOST = re.compile(rf"(?P<region>[a-z]+-[a-z]+\d+)-{re.escape(HOST)}")
_SUFFIX_ALPHABET = "bcdfghjklmnpqrstvwxz2456789"
"""Without vowels and look-alikes, so that no word comes out, as Kubernetes chooses its suffixes."""
SUFFIX_LENGTH = 5


@dataclass(frozen=True)
class Name:
    """A v2 name taken apart; what a name does not have is ''."""

    project: str
    region: str
    job: str = ""
    execution: str = ""
    task: str = ""

    @classmethod
    def of(cls, name: str) -> "Name":
        """Of ``projects/P/locations/L[/jobs/J[/executions/E[/tasks/T]]]``."""
        return cls(*name.split("/")[1::2])

    @property
    def location(self) -> str:
        """``projects/P/locations/L``."""
        return f"projects/{self.project}/locations/{self.region}"

    @property
    def job_name(self) -> str:
        """The v2 name of the job."""
        return f"{self.location}/jobs/{self.job}"

    @property
    def execution_name(self) -> str:
        """The v2 name of the execution."""
        return f"{self.job_name}/executions/{self.execution}"


def task_name(execution: str, index: int) -> str:
    """The v2 name of a task, from that of its execution."""
    return f"{execution}/tasks/{last(execution)}-task{index}"


def last(name: str) -> str:
    """The last part of a name."""
    return name.rpartition("/")[2]


def new_suffix() -> str:
    """What makes an execution's name of its job's."""
    return "".join(secrets.choice(_SUFFIX_ALPHABET) for _ in range(SUFFIX_LENGTH))


def region_of(call: Call) -> str:
    """The region that a v1 call is sent to, or '' for the host of all regions."""
    found = _REGIONAL_HOST.fullmatch(call.host)
    return found["region"] if found else ""


def scope_of(call: Call) -> str:
    """What the name of each resource that a v1 call may concern starts with."""
    project = call.path.get("name", call.path.get("parent", "")).split("/")[1]
    region = region_of(call)
    return f"projects/{project}/locations/{region}/" if region else f"projects/{project}/locations/"


def scope_of_parent(parent: str) -> str:
    """What the name of each resource below a v2 location starts with; '-' is every location."""
    return parent.removesuffix("-") if parent.endswith("/-") else f"{parent}/"


def name_of(call: Call) -> str:
    """The v2 name of the job, execution or task that a v1 call names.

    On the host of all regions the one that exists is meant, or, if none does, one in '-'.
    """
    _, project, collection, short = call.path["name"].split("/")
    kind = {"jobs": JOBS, "executions": EXECUTIONS, "tasks": TASKS}[collection]
    region = region_of(call)
    if region:
        return _below(f"projects/{project}/locations/{region}", collection, short)
    ending = f"/{collection}/{short}"
    names = [name for name, _ in call.cloud.store.list(kind.kind, scope_of(call))]
    default = _below(f"projects/{project}/locations/-", collection, short)
    return next((name for name in names if name.endswith(ending)), default)


def _below(location: str, collection: str, short: str) -> str:
    if collection == "jobs":
        return f"{location}/jobs/{short}"
    execution = short if collection == "executions" else short.rpartition("-task")[0]
    name = f"{location}/jobs/{execution.rpartition('-')[0]}/executions/{execution}"
    return name if collection == "executions" else f"{name}/tasks/{short}"


def _collection(kind: str) -> Collection:
    def missing(name: str) -> str:
        at = Name.of(name)
        return (
            f"Resource '{last(name)}' of kind '{kind}' in region '{at.region}' in project"
            f" '{at.project}' does not exist."
        )

    return Collection(
        f"run.{kind.lower()}s", missing, lambda name: f"Resource '{last(name)}' already exists."
    )


JOBS = _collection("JOB")
EXECUTIONS = _collection("EXECUTION")
TASKS = _collection("TASK")
