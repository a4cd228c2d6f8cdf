"""The runs of jobs that are under way: each has had its moment and waits for its next attempt."""

from dataclasses import dataclass
from datetime import datetime

from rehearsal.clock import parse_rfc3339, rfc3339
from rehearsal.documents import Document
from rehearsal.store import Store

JOBS = "scheduler.jobs"
RUNS = "scheduler.runs"


@dataclass(frozen=True)
class Run:
    """A run of a job: ``failures`` attempts have failed, the next one is due at ``due``."""

    job: str
    name: str
    scheduled: datetime
    due: datetime
    failures: int = 0
    first_attempt: datetime | None = None

    def document(self) -> Document:
        """As it is kept."""
        return {
            "job": self.job,
            "name": self.name,
            "scheduled": rfc3339(self.scheduled),
            "due": rfc3339(self.due),
            "failures": self.failures,
            "firstAttempt": rfc3339(self.first_attempt) if self.first_attempt else "",
        }

    @classmethod
    def of(cls, document: Document) -> "Run":
        """From what is kept."""
        first = document["firstAttempt"]
        return cls(
            job=document["job"],
            name=document["name"],
            scheduled=parse_rfc3339(document["scheduled"]),
            due=parse_rfc3339(document["due"]),
            failures=document["failures"],
            first_attempt=parse_rfc3339(first) if first else None,
        )


def begin(store: Store, job: str, name: str, moment: datetime) -> None:
    """A run of a job begins: its first attempt is due at once."""
    keep(store, Run(job, name, moment, moment))


def keep(store: Store, run: Run) -> None:
    """Keeps a run."""
    store.put(RUNS, f"{run.job}/{run.name}", run.document())


def end(store: Store, run: Run) -> None:
    """A run has succeeded or has been given up."""
    store.delete(RUNS, f"{run.job}/{run.name}")


def waiting(store: Store) -> list[Run]:
    """All runs, the one that is due first at the head."""
    return sorted((Run.of(one) for _, one in store.list(RUNS)), key=lambda run: run.due)


def drop_retries(store: Store, job: str) -> None:
    """Gives up all runs of a job."""
    for name, _ in store.list(RUNS, f"{job}/"):
        store.delete(RUNS, name)


def account_of(job: Document) -> str:
    """The email address of the account as which a job calls, or ''."""
    target = job["httpTarget"]
    token = target.get("oauthToken") or target.get("oidcToken") or {}
    return str(token.get("serviceAccountEmail", ""))
