"""The commands of the README, and what a person would look at after them."""

import json
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.running import Rehearsal

REPOSITORY = Path(__file__).parents[3]
README = REPOSITORY / "rehearsal" / "README.md"
PROJECT = "dog-breeds-demo"
REGION = "europe-west1"
JOB = "dlt-dog-breeds-ingestion"
TRIGGER = "dlt-dog-breeds-weekly-trigger"
ACCOUNT = f"terraform-deploy@{PROJECT}.iam.gserviceaccount.com"
IMAGE = f"{REGION}-docker.pkg.dev/{PROJECT}/pipelines/dlt-ingestion"
KEY = "live_rehearsal-0123456789abcdef"


def commands(heading: str) -> list[str]:
    """The commands in the first block of them below a heading of the README, or after a text."""
    text = README.read_text(encoding="utf-8")
    found = re.search(rf"{re.escape(heading)}.*?```bash\n(.*?)```", text, re.S)
    assert found is not None, heading
    return found[1].splitlines()


@dataclass
class Deployment:
    """A rehearsal in which the system is, or is to be, deployed."""

    rehearsal: Rehearsal

    def shell(self, command: str, as_: str | None = None) -> subprocess.CompletedProcess[str]:
        """Runs a line as it would be typed, in the repository."""
        return self.rehearsal.run("bash", "-c", command, as_=as_, folder=REPOSITORY)

    def typed(self, command: str) -> str:
        """The output of a line that must succeed."""
        ended = self.shell(command)
        assert ended.returncode == 0, f"$ {command}\n{ended.stdout}\n{ended.stderr}"
        return ended.stdout

    def gcloud(self, *arguments: str, as_: str | None = None) -> subprocess.CompletedProcess[str]:
        return self.rehearsal.run("gcloud", *arguments, as_=as_)

    def ok(self, *command: str) -> str:
        """The output of a program that must succeed."""
        ended = self.rehearsal.run(*command)
        assert ended.returncode == 0, f"$ {' '.join(command)}\n{ended.stdout}\n{ended.stderr}"
        return ended.stdout

    def own(self, *arguments: str) -> str:
        """The output of a command of the rehearsal itself, which must succeed."""
        ended = self.rehearsal.command(*arguments)
        assert ended.returncode == 0, f"$ rehearsal {arguments}\n{ended.stdout}\n{ended.stderr}"
        return ended.stdout

    def execute(self, *more: str) -> subprocess.CompletedProcess[str]:
        """Executes the job and waits."""
        return self.gcloud("run", "jobs", "execute", JOB, f"--region={REGION}", "--wait",
                           *more)  # fmt: skip

    def executions(self) -> list[dict[str, Any]]:
        """All executions, oldest first."""
        text = self.ok("gcloud", "run", "jobs", "executions", "list", f"--job={JOB}",
                       f"--region={REGION}", "--format=json")  # fmt: skip
        found: list[dict[str, Any]] = json.loads(text)
        return sorted(found, key=lambda one: str(one["metadata"]["creationTimestamp"]))

    def completed(self) -> dict[str, Any]:
        """The condition Completed of the latest execution."""
        conditions = self.executions()[-1]["status"]["conditions"]
        return next(one for one in conditions if one["type"] == "Completed")

    def logs(self, limit: int = 50) -> str:
        """What the job's containers have said lately, newest first."""
        return self.ok("gcloud", "logging", "read",
                       f"resource.type=cloud_run_job AND resource.labels.job_name={JOB}",
                       f"--project={PROJECT}", f"--limit={limit}", "--format=json",
                       "--freshness=400d")  # fmt: skip

    def said(self) -> str:
        """What the job's containers and Cloud Run have said lately, a line each, newest first."""
        lines = []
        for entry in json.loads(self.logs(40)):
            payload = entry.get("jsonPayload") or entry.get("protoPayload", {}).get("status")
            lines.append(f"{entry['timestamp']} {entry.get('textPayload') or payload}"[:500])
        return "\n".join(lines)

    def query(self, sql: str) -> list[dict[str, Any]]:
        """Rows of a query, by bq."""
        text = self.ok("bq", "query", "--use_legacy_sql=false", "--format=json", "-n", "10000", sql)
        rows: list[dict[str, Any]] = json.loads(text)
        return rows

    def breeds(self) -> list[dict[str, Any]]:
        """The published breeds, and the run that published them."""
        return self.query("SELECT breed_id, run_id, content_sha256 FROM dog_breeds_raw.breeds"
                          " ORDER BY breed_id")  # fmt: skip

    def runs(self) -> list[dict[str, Any]]:
        """The run history, oldest first."""
        return self.query("SELECT run_id, status FROM dog_breeds_raw.ingestion_runs"
                          " ORDER BY started_at")  # fmt: skip
