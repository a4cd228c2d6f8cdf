"""The system as bootstrap and the deployment make it, in a rehearsal, and lines typed in it."""

import json
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.running import Rehearsal

REPOSITORY = Path(__file__).parents[2]
PROJECT = "dog-breeds-demo"
REGION = "europe-west1"
JOB = "dlt-dog-breeds-ingestion"
TRIGGER = "dlt-dog-breeds-weekly-trigger"
GITHUB = {"repository": "example/dog-breeds", "repository_id": "123456789"}
DEPLOYER = f"terraform-deploy@{PROJECT}.iam.gserviceaccount.com"
FOR_THE_PROOF = """
alert_email = "data-team@example.com"
delete_data = true
extra_environment = { CLOCK_START = "rehearsal:now" }
"""
"""Beside what bootstrap writes: a channel to make, and datasets that a destroy really removes."""
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")


class RefusedError(Exception):
    """A line did not work; the text is what it printed."""


@dataclass(frozen=True)
class Deployment:
    """``infrastructure`` is a copy of the configuration without a lock file."""

    rehearsal: Rehearsal
    infrastructure: Path

    def typed(self, line: str, as_: str | None = None) -> str:
        """What a line prints, typed in the repository.

        Raises:
            RefusedError: it ended with an error.
        """
        return self._printed(self.rehearsal.run("bash", "-c", line, as_=as_, folder=REPOSITORY))

    def terraform(self, *arguments: str, root: str = "", as_: str | None = None) -> str:
        """What terraform prints.

        Raises:
            RefusedError: it ended with an error.
        """
        folder = self.infrastructure / root
        return self._printed(
            self.rehearsal.run("terraform", *arguments, "-no-color", as_=as_, folder=folder)
        )

    def apply(self, as_: str | None = None) -> str:
        """Brings the root configuration about."""
        return self.terraform(
            "apply", "-auto-approve", "-input=false", "-var-file=secrets.tfvars", as_=as_
        )

    def destroy(self, as_: str | None = None) -> str:
        """Removes what the root configuration made."""
        return self.terraform(
            "destroy", "-auto-approve", "-input=false", "-var-file=secrets.tfvars", as_=as_
        )

    def make(self) -> None:
        """The whole, from an empty project: what docs/CLOUD_RUN_DEPLOYMENT.md has a person type."""
        github = json.dumps(GITHUB)
        self.terraform("init", "-input=false", root="bootstrap")
        self.terraform("apply", "-auto-approve", f"-var=project_id={PROJECT}",
                       f"-var=github={github}", root="bootstrap")  # fmt: skip
        for output, file in (("backend", "backend.tf"), ("secrets_tfvars", "secrets.tfvars")):
            text = self.terraform("output", "-raw", output, root="bootstrap")
            (self.infrastructure / file).write_text(text, encoding="utf-8")
        with (self.infrastructure / "secrets.tfvars").open("a", encoding="utf-8") as variables:
            variables.write(FOR_THE_PROOF)
        for secret in ("dog-api-key", "dog-api-key-pr"):
            self.typed("printf %s live_rehearsal-0123456789abcdef |"
                       f" gcloud secrets versions add {secret} --data-file=-")  # fmt: skip
        image = self.terraform("output", "-raw", "image", root="bootstrap")
        self.typed("rehearsal/engine/base-image")
        self.typed(f"docker build -t {image}:latest pipelines/dlt-ingestion/")
        self.push(f"{image}:latest")
        self.terraform("init", "-input=false", as_=DEPLOYER)

    def push(self, image: str, as_: str | None = None) -> None:
        """Pushes an image."""
        self.typed(f"gcloud auth configure-docker {REGION}-docker.pkg.dev --quiet", as_)
        self.typed(f"docker push {image}", as_)

    def json(self, line: str, as_: str | None = None) -> Any:
        """What a line of gcloud or bq prints as JSON."""
        return json.loads(self.typed(line, as_))

    @staticmethod
    def _printed(ended: subprocess.CompletedProcess[str]) -> str:
        if ended.returncode:
            raise RefusedError(_COLOUR.sub("", f"{ended.stdout}\n{ended.stderr}"))
        return ended.stdout
