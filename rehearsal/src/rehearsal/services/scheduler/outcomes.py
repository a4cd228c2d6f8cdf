"""How an attempt ended: the status of a job, and the entries in its log.

The entries are as in https://cloud.google.com/scheduler/docs/view-logs and in logs that people have
published, https://github.com/koduki/ai-tuber/issues/41 for example.
"""

from dataclasses import dataclass
from datetime import datetime

from rehearsal.clock import rfc3339
from rehearsal.documents import Document
from rehearsal.services.scheduler.delivery import Reply

_CODES = {
    400: (3, "INVALID_ARGUMENT"),
    401: (16, "UNAUTHENTICATED"),
    403: (7, "PERMISSION_DENIED"),
    404: (5, "NOT_FOUND"),
    409: (10, "ABORTED"),
    412: (9, "FAILED_PRECONDITION"),
    429: (8, "RESOURCE_EXHAUSTED"),
    500: (13, "INTERNAL"),
    501: (12, "UNIMPLEMENTED"),
    503: (14, "UNAVAILABLE"),
    504: (4, "DEADLINE_EXCEEDED"),
}
_UNKNOWN = (2, "UNKNOWN")
_UNREACHABLE = {503: "URL_UNREACHABLE-UNREACHABLE_5xx"}
_ERRORS = {404: "URL_ERROR-ERROR_NOT_FOUND", 401: "URL_ERROR-ERROR_AUTHENTICATION"}
_TYPE = "type.googleapis.com/google.cloud.scheduler.logging"


@dataclass(frozen=True)
class Outcome:
    """How an attempt ended: ``code`` and ``word`` of google.rpc.Code, 0 and OK for a success."""

    code: int
    word: str
    debug: str
    http_status: int

    @property
    def succeeded(self) -> bool:
        """Whether nothing needs to be tried again."""
        return self.code == 0

    def status(self) -> Document:
        """The job's ``status``."""
        return {} if self.succeeded else {"code": self.code}


def outcome_of(reply: Reply) -> Outcome:
    """What a reply means: any 2xx is a success."""
    number = f"Original HTTP response code number = {reply.status}"
    if reply.failure == "timeout":
        return Outcome(4, "DEADLINE_EXCEEDED", f"URL_TIMEOUT-TIMEOUT_WEB. {number}", 504)
    if reply.failure:
        return Outcome(14, "UNAVAILABLE", f"URL_UNREACHABLE-UNREACHABLE_OTHER. {number}", 503)
    if 200 <= reply.status < 300:
        return Outcome(0, "OK", f"URL_CRAWLED. {number}", reply.status)
    code, word = _CODES.get(reply.status, _UNKNOWN)
    what = _ERRORS.get(reply.status) or _UNREACHABLE.get(reply.status, "URL_ERROR-ERROR_OTHER")
    return Outcome(code, word, f"{what}. {number}", reply.status)


def started(job: Document, scheduled: datetime, now: datetime) -> Document:
    """The entry of an attempt that begins."""
    return _entry(job, now, "INFO", "AttemptStarted", {"scheduledTime": rfc3339(scheduled)})


def finished(job: Document, outcome: Outcome, now: datetime) -> Document:
    """The entry of an attempt that has ended."""
    severity = "INFO" if outcome.succeeded else "ERROR"
    more: Document = {"debugInfo": outcome.debug}
    if not outcome.succeeded:
        more["status"] = outcome.word
    entry = _entry(job, now, severity, "AttemptFinished", more)
    return entry | {"httpRequest": {"status": outcome.http_status}}


def _entry(job: Document, now: datetime, severity: str, kind: str, more: Document) -> Document:
    _, project, _, location, _, job_id = job["name"].split("/")
    return {
        "logName": f"projects/{project}/logs/cloudscheduler.googleapis.com%2Fexecutions",
        "resource": {
            "type": "cloud_scheduler_job",
            "labels": {"project_id": project, "location": location, "job_id": job_id},
        },
        "severity": severity,
        "timestamp": rfc3339(now),
        "jsonPayload": {
            "@type": f"{_TYPE}.{kind}",
            "jobName": job["name"],
            "targetType": "HTTP",
            "url": job["httpTarget"]["uri"],
        }
        | more,
    }
