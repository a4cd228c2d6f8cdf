"""What the rehearsal itself keeps of a job: whose it is, where and when, and how it ended.

Upstream, all jobs are anonymous, in the US and in real time. The record has the job as it was
asked for until it is done, and from then on the whole job: one that is done costs no more calls.
"""

from dataclasses import dataclass, field, replace
from typing import Any

import msgspec

from rehearsal.api.call import Call
from rehearsal.documents import Document
from rehearsal.errors import already_exists, not_found
from rehearsal.identity.principal import Principal
from rehearsal.services.bigquery.analysis import Script, script_of
from rehearsal.services.bigquery.dataset_records import milliseconds
from rehearsal.services.bigquery.names import DatasetName
from rehearsal.services.bigquery.refusals import Refusal
from rehearsal.services.bigquery.upstream import found

KIND = "bigquery.jobs"
MULTI_REGIONS = frozenset({"US", "EU"})


@dataclass
class Record:
    """A job of the rehearsal's."""

    project: str
    job_id: str
    location: str
    member: str
    created: int
    """Milliseconds since 1970, in the rehearsal's time."""
    number: int
    """In the order in which jobs came."""
    configuration: dict[str, Any]
    """As asked for."""
    refusals: list[Refusal] = field(default_factory=list)
    """Those that stand in the place of statements."""
    done: dict[str, Any] | None = None
    """The whole job, once it is done."""

    @property
    def key(self) -> str:
        """How the record is named."""
        return f"{self.project}/{self.job_id}"

    @property
    def label(self) -> str:
        """``project:location.job``."""
        return f"{self.project}:{self.location}.{self.job_id}"

    @property
    def path(self) -> str:
        """``projects/project/jobs/job``."""
        return f"projects/{self.project}/jobs/{self.job_id}"

    @property
    def principal(self) -> Principal:
        """Who made the job."""
        return Principal(self.member)

    @property
    def reference(self) -> Document:
        """The ``JobReference``."""
        return {"projectId": self.project, "jobId": self.job_id, "location": self.location}

    def child(self, job_id: str) -> "Record":
        """The record of a job that a script has made, which is kept nowhere: it has no number."""
        return replace(self, job_id=job_id, number=0, done=None)

    def script(self) -> Script | None:
        """What its query does; None if it is no query."""
        query = self.configuration.get("query")
        return analysed(query, self.project) if query else None


def analysed(query: Document, project: str) -> Script:
    """What the query of a job's configuration does."""
    default = query.get("defaultDataset") or {}
    name = (
        DatasetName(default.get("projectId") or project, default["datasetId"])
        if default.get("datasetId")
        else None
    )
    return script_of(query.get("query", ""), project, name)


def new_record(call: Call, reference: Document, location: str, configuration: Document) -> Record:
    """A record that is not kept yet."""
    return Record(
        project=reference["projectId"],
        job_id=reference["jobId"],
        location=location,
        member=call.principal.member,
        created=int(milliseconds(call.now)),
        number=0,
        configuration=configuration,
    )


def reserve(call: Call, record: Record) -> None:
    """Keeps a new record, so that its id is taken.

    Raises:
        ApiError: 409.
    """
    with call.cloud.store.transaction():
        if call.cloud.store.get(KIND, record.key) is not None:
            raise already_exists(f"Already Exists: Job {record.label}")
        record.number = call.cloud.store.next_number(KIND)
        write(call, record)


def write(call: Call, record: Record) -> None:
    """Keeps a record."""
    with call.cloud.store.transaction():
        call.cloud.store.put(KIND, record.key, msgspec.to_builtins(record))


def release(call: Call, record: Record) -> None:
    """Gives the id of a job back that upstream did not take."""
    with call.cloud.store.transaction():
        call.cloud.store.delete(KIND, record.key)


def find(call: Call, project: str, job_id: str) -> Record | None:
    """The record of a job; a child of a script has its parent's."""
    kept = call.cloud.store.get(KIND, f"{project}/{job_id}")
    if kept is not None:
        return msgspec.convert(kept, Record)
    child = found(call, f"projects/{project}/jobs/{job_id}")
    parent_id = (child or {}).get("statistics", {}).get("parentJobId")
    parent = find(call, project, parent_id) if parent_id else None
    return parent.child(job_id) if parent else None


def located(call: Call, project: str, job_id: str, location: str | None) -> Record:
    """The record of a job that is asked for by id and location.

    Raises:
        ApiError: 404: it is not there, or the location is left out where it must not be.
    """
    record = find(call, project, job_id)
    if record is None or not _is_there(record, location):
        place = f"{location}." if location else ""
        raise not_found(f"Not found: Job {project}:{place}{job_id}")
    return record


def _is_there(record: Record, location: str | None) -> bool:
    """https://cloud.google.com/bigquery/docs/locations#specify_locations."""
    if location is None:
        return record.location in MULTI_REGIONS
    return location.casefold() == record.location.casefold()


def all_of(call: Call, project: str) -> list[Record]:
    """The jobs of a project, the newest first."""
    records = [
        msgspec.convert(kept, Record) for _, kept in call.cloud.store.list(KIND, f"{project}/")
    ]
    return sorted(records, key=lambda record: record.number, reverse=True)
