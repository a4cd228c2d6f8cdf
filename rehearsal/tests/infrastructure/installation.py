"""The infrastructure in a rehearsal: its README's commands, and what comes after them."""

import json
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.infrastructure.configuration import INFRASTRUCTURE
from tests.running import Rehearsal
from tests.services.artifactregistry.world import digest_of, image

PROJECT = "dog-breeds-demo"
REGION = "europe-west1"
JOB = "dlt-dog-breeds-ingestion"
TRIGGER = "dlt-dog-breeds-weekly-trigger"
BUCKET = f"{PROJECT}-terraform-state"
STATE = f"gs://{BUCKET}/dlt-ingestion/default.tfstate"
LOCK = f"gs://{BUCKET}/dlt-ingestion/default.tflock"
IMAGE = f"{REGION}-docker.pkg.dev/{PROJECT}/pipelines/dlt-ingestion"
KEY = "live_rehearsal-0123456789abcdef"
GITHUB = '-var=github={repository="example/dog-breeds",repository_id=123456789}'
VARIABLES = "-var-file=secrets.tfvars"


def account(name: str) -> str:
    """The email of one of the project's accounts."""
    return f"{name}@{PROJECT}.iam.gserviceaccount.com"


DEPLOY = account("terraform-deploy")


def readme_commands(heading: str) -> list[str]:
    """The commands of the first block below a heading, or after a text, of the README."""
    text = (INFRASTRUCTURE / "README.md").read_text(encoding="utf-8")
    found = re.search(rf"{re.escape(heading)}.*?```bash\n(.*?)```", text, re.S)
    assert found is not None, heading
    return found[1].splitlines()


@dataclass(frozen=True)
class Installation:
    """A copy of the repository's infrastructure, applied to a rehearsal."""

    rehearsal: Rehearsal
    root: Path
    """Stands for the repository's root."""

    @property
    def folder(self) -> Path:
        return self.root / "infrastructure"

    def typed(self, line: str, *, answers: str = "", more: str = "") -> str:
        """What a line says that a person, the project's owner, types at the root; it succeeds."""
        command = line if not more else line.replace(" apply", f" apply {more}")
        ended = self.rehearsal.run("bash", "-c", command, text=answers, folder=self.root)
        assert ended.returncode == 0, f"$ {command}\n{ended.stdout}\n{ended.stderr}"
        return ended.stdout

    def bootstrap(self, *arguments: str) -> str:
        """What terraform says in bootstrap's folder, for the owner; it succeeds."""
        return self.rehearsal.ok("terraform", "-chdir=infrastructure/bootstrap", *arguments,
                                 folder=self.root)  # fmt: skip

    def terraform(
        self, *arguments: str, as_: str | None = DEPLOY
    ) -> subprocess.CompletedProcess[str]:
        """Runs terraform in the deployment's folder, as the account that deploys."""
        return self.rehearsal.run("terraform", *arguments, as_=as_, folder=self.folder)

    def ok(self, *arguments: str, as_: str | None = DEPLOY) -> str:
        """What terraform says; it succeeds."""
        ended = self.terraform(*arguments, as_=as_)
        assert ended.returncode == 0, f"{arguments}\n{ended.stdout}\n{ended.stderr}"
        return ended.stdout

    def apply(self, *arguments: str, as_: str | None = DEPLOY) -> str:
        """Applies what secrets.tfvars says, and more."""
        return self.ok("apply", "-auto-approve", "-no-color", "-input=false", VARIABLES,
                       *arguments, as_=as_)  # fmt: skip

    def changes(self, *arguments: str) -> dict[str, str]:
        """What a plan would do, by address; nothing for an empty plan."""
        ended = self.terraform("plan", "-detailed-exitcode", "-json", "-input=false", VARIABLES,
                               *arguments)  # fmt: skip
        assert ended.returncode in (0, 2), ended.stdout + ended.stderr
        told = [json.loads(line) for line in ended.stdout.splitlines()]
        found: dict[str, str] = {
            one["change"]["resource"]["addr"].removeprefix("module.dlt_ingestion."): (
                one["change"]["action"]
            )
            for one in told
            if one["type"] == "planned_change"
        }
        assert bool(found) == (ended.returncode == 2), told
        return found

    def output(self, name: str) -> str:
        return self.ok("output", "-raw", name)

    def gcloud(self, *arguments: str, as_: str | None = None) -> str:
        """What gcloud says; it succeeds."""
        return self.rehearsal.ok("gcloud", *arguments, as_=as_)

    def job(self) -> dict[str, Any]:
        """The job as Cloud Run has it."""
        found: dict[str, Any] = json.loads(
            self.gcloud("run", "jobs", "describe", JOB, f"--region={REGION}", "--format=json")
        )
        return found

    def container(self) -> dict[str, Any]:
        """The job's container."""
        task = self.job()["spec"]["template"]["spec"]["template"]["spec"]
        found: dict[str, Any] = task["containers"][0]
        return found

    def push(self, content: str, tag: str = "latest") -> str:
        """Pushes an image with this content, as the account that deploys; its digest."""
        made = image(content)
        folder = self.root / f"image-{made.digest[-12:]}"
        folder.mkdir(exist_ok=True)
        (folder / "version").write_text("Directory Transport Version: 1.1\n")
        (folder / "manifest.json").write_bytes(made.manifest)
        for blob in (made.config, made.layer):
            (folder / digest_of(blob).removeprefix("sha256:")).write_bytes(blob)
        token = self.gcloud("auth", "print-access-token", as_=DEPLOY).strip()
        self.rehearsal.ok(
            "skopeo", "--insecure-policy", "copy", "--preserve-digests",
            f"--dest-creds=oauth2accesstoken:{token}", f"dir:{folder}", f"docker://{IMAGE}:{tag}",
            as_=DEPLOY,
        )  # fmt: skip
        return made.digest
