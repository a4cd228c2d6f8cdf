"""The log entries of an execution: what containers write, what Cloud Run says of their ends.

https://cloud.google.com/run/docs/logging
"""

import secrets
from dataclasses import dataclass
from typing import Literal

from rehearsal.clock import rfc3339
from rehearsal.cloud import Cloud
from rehearsal.documents import Document
from rehearsal.services.run.conditions import SUCCEEDED, of_type
from rehearsal.services.run.lifecycle.progress import failure_summary
from rehearsal.services.run.names import HOST, Name, last

_INSTANCE_ID_BYTES = 64
_UNKNOWN = 2
"""google.rpc.Code of an execution that did not succeed."""


@dataclass(frozen=True)
class Source:
    """One attempt of a task, as its entries name it."""

    project: str
    resource: Document
    labels: dict[str, str]

    @classmethod
    def of(cls, execution: Document, index: int, attempt: int) -> "Source":
        """Of an attempt that begins: each has an instance of its own."""
        at = Name.of(execution["name"])
        labels = {
            "instanceId": secrets.token_hex(_INSTANCE_ID_BYTES),
            "run.googleapis.com/execution_name": at.execution,
            "run.googleapis.com/task_index": str(index),
            "run.googleapis.com/task_attempt": str(attempt),
        }
        return cls(at.project, _resource(at), labels)

    def write_line(self, cloud: Cloud, stream: Literal["stdout", "stderr"], line: bytes) -> None:
        """A line that the container wrote."""
        from rehearsal.services.logging.lines import entry_of_line

        self._write(cloud, f"run.googleapis.com%2F{stream}", entry_of_line(line))

    def write_event(self, cloud: Cloud, severity: str, text: str) -> None:
        """What Cloud Run says of the container."""
        entry = {"severity": severity, "textPayload": text}
        self._write(cloud, "run.googleapis.com%2Fvarlog%2Fsystem", entry)

    def _write(self, cloud: Cloud, log: str, entry: Document) -> None:
        named = {
            "logName": f"projects/{self.project}/logs/{log}",
            "resource": self.resource,
            "labels": self.labels | entry.get("labels", {}),
        }
        with cloud.store.transaction():
            cloud.journal.write({"timestamp": rfc3339(cloud.clock.now())} | entry | named)


def write_end(cloud: Cloud, execution: Document) -> None:
    """The audit entry of an execution's end, on which alerts are built."""
    at = Name.of(execution["name"])
    completed = of_type(execution, "Completed") or {}
    succeeded = completed.get("state") == SUCCEEDED
    status = (
        {"message": f"Execution {last(execution['name'])} has completed successfully."}
        if succeeded
        else {"code": _UNKNOWN, "message": failure_summary(execution)}
    )
    cloud.journal.write(
        {
            "logName": f"projects/{at.project}/logs/cloudaudit.googleapis.com%2Fsystem_event",
            "resource": _resource(at),
            "severity": "INFO" if succeeded else "ERROR",
            "labels": {"run.googleapis.com/execution_name": at.execution},
            "protoPayload": {
                "@type": "type.googleapis.com/google.cloud.audit.AuditLog",
                "serviceName": HOST,
                "methodName": "/Jobs.RunJob",
                "resourceName": f"namespaces/{at.project}/executions/{at.execution}",
                "status": status,
            },
        }
    )


def _resource(at: Name) -> Document:
    labels = {"project_id": at.project, "location": at.region, "job_name": at.job}
    return {"type": "cloud_run_job", "labels": labels}
