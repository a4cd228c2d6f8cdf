"""What a run calls, by names that are alike in each run: without ids of runs, jobs, uploads."""

import json
import re
from dataclasses import dataclass
from typing import Literal
from urllib.parse import parse_qs, urlsplit

Service = Literal["bigquery", "api", "metadata"]


@dataclass(frozen=True)
class Request:
    """A request on its way; ``path`` has the query."""

    service: Service
    verb: str
    path: str
    body: bytes
    headers: dict[str, str]

    @property
    def place(self) -> str:
        """The path without its query."""
        return urlsplit(self.path).path

    def parameter(self, name: str) -> str:
        """A parameter of the query, or nothing."""
        return parse_qs(urlsplit(self.path).query).get(name, [""])[0]

    def name(self) -> str:
        """What is called. What is sent to an upload's address has the address's name."""
        if self.service == "api":
            return f"api.{self.place.rpartition('/')[2]} (page {self.parameter('page')})"
        if self.service == "metadata":
            return _metadata_name(self.place)
        return _bigquery_name(self)

    def job(self) -> str:
        """The work of the job that the body hands in."""
        return _work(str(json.loads(self.body)["jobReference"]["jobId"]))

    def repeated_as(self) -> str:
        """What a repetition of this call would have too, and no other call; empty for most."""
        if self.service != "bigquery":
            return ""
        if self.place.endswith("/queries"):
            return str(json.loads(self.body).get("requestId", ""))
        return self.parameter("upload_id")

    def starts_job(self) -> bool:
        """Whether the answer to it is a job that was taken in."""
        sends = self.verb == "PUT" or "/upload/" not in self.place
        return self.service == "bigquery" and self.place.endswith("/jobs") and sends


def _metadata_name(path: str) -> str:
    steps = path.removeprefix("/computeMetadata/v1").strip("/").split("/")
    if steps[-2:-1] == ["service-accounts"]:
        return "metadata.service-account"
    return f"metadata.{steps[-1] or 'ping'}"


def _bigquery_name(request: Request) -> str:
    steps = request.place.split("/projects/", 1)[1].split("/")[1:]
    match steps:
        case ["jobs"] if request.parameter("upload_id"):
            return "bigquery.upload.send"
        case ["jobs"] if "/upload/" in request.place:
            return f"bigquery.upload.start ({request.job()})"
        case ["jobs"]:
            return f"bigquery.jobs.insert ({request.job()})"
        case ["jobs", job]:
            return f"bigquery.jobs.get ({_work(job)})"
        case ["queries"]:
            return f"bigquery.jobs.query ({_statement(json.loads(request.body)['query'])})"
        case ["queries", job]:
            what = "wait" if request.parameter("maxResults") == "0" else "rows"
            return f"bigquery.jobs.getQueryResults ({_work(job)}, {what})"
        case ["datasets", dataset]:
            place = "staging" if dataset.endswith("_staging") else "published"
            return f"bigquery.datasets.get ({place})"
        case ["datasets", _, "tables", table]:
            return f"bigquery.tables.get ({table})"
    return f"bigquery {request.verb} {'/'.join(steps)}"


def _work(job_id: str) -> str:
    own = re.fullmatch(r"dlt-ingestion-\d{8}T\d{6}Z-[0-9a-f]{6}-(.+)", job_id)
    loading = re.fullmatch(r"run_\d{8}t\d{6}z_[0-9a-f]{6}_([a-z_]+?)_[0-9a-f]+_\d+_jsonl", job_id)
    if own:
        return own[1]
    return f"load {loading[1]}" if loading else job_id


def _statement(sql: str) -> str:
    """A statement of dlt's in a few words."""
    verb = sql.split(maxsplit=1)[0].lower()
    if verb == "create":
        return "create the staged tables"
    table = re.search(r"INFORMATION_SCHEMA\.COLUMNS|_dlt_[a-z_]+", sql)
    return f"{verb} {table[0]}" if table else verb
