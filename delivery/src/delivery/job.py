"""The Cloud Run job: which image it has, and an execution that is waited for."""

import json
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from delivery import program
from delivery.errors import UnhealthyError
from delivery.system import System

# Two attempts of the guide's 1800 s, and a start.
_LOOKS, _SECONDS_BETWEEN_LOOKS = 780, 5.0
_DIGEST = re.compile(r"@(sha256:[0-9a-f]{64})$")


@dataclass(frozen=True)
class Execution:
    """One that has ended."""

    name: str
    created: datetime
    succeeded: bool
    message: str
    """What Cloud Run says of how it ended."""
    took: timedelta


@dataclass(frozen=True)
class Job:
    """The job of a system."""

    system: System

    def digest(self) -> str | None:
        """Of the image that it has; None where there is no job, or its image is only a tag."""
        listed = json.loads(
            program.output("gcloud", "run", "jobs", "list", *self._place(),
                           f"--filter=metadata.name={self.system.job}", "--format=json")
        )  # fmt: skip
        for one in listed:
            container = one["spec"]["template"]["spec"]["template"]["spec"]["containers"][0]
            found = _DIGEST.search(container["image"])
            return found[1] if found else None
        return None

    def execute(self, sleep: Callable[[float], None] = time.sleep) -> Execution:
        """Executes the job and waits for its end, however it ends.

        Raises:
            ProgramError: it could not be executed.
            UnhealthyError: it has not ended in the time that all its attempts may take.
        """
        started = json.loads(
            program.output("gcloud", "run", "jobs", "execute", self.system.job, *self._place(),
                           "--async", "--format=json")
        )  # fmt: skip
        name = str(started["metadata"]["name"])
        for _ in range(_LOOKS):
            execution = self._ended(name)
            if execution is not None:
                return execution
            sleep(_SECONDS_BETWEEN_LOOKS)
        raise UnhealthyError(
            f"Execution {name} has not ended after {_LOOKS * _SECONDS_BETWEEN_LOOKS:.0f} s, which "
            "is more than two attempts may take. Look at it: gcloud run jobs executions describe "
            f"{name} --region={self.system.region} --project={self.system.project}"
        )

    def _ended(self, name: str) -> Execution | None:
        described = json.loads(
            program.output("gcloud", "run", "jobs", "executions", "describe", name, *self._place(),
                           "--format=json")
        )  # fmt: skip
        status = described.get("status", {})
        if "completionTime" not in status:
            return None
        completed = next(one for one in status["conditions"] if one["type"] == "Completed")
        created = _time(described["metadata"]["creationTimestamp"])
        return Execution(
            name,
            created,
            completed["status"] == "True",
            str(completed.get("message", "")),
            _time(status["completionTime"]) - created,
        )

    def _place(self) -> tuple[str, str]:
        return f"--project={self.system.project}", f"--region={self.system.region}"


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)
