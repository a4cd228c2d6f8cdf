"""What a person would look at in the project after a workflow, with the owner's credentials."""

import json
from dataclasses import dataclass

from tests.delivery.github import Repository
from tests.running import Rehearsal

PROJECT, REGION = "dog-breeds-demo", "europe-west1"
JOB = "dlt-dog-breeds-ingestion"
IMAGE = f"{REGION}-docker.pkg.dev/{PROJECT}/pipelines/dlt-ingestion"
DEPLOYS = f"terraform-deploy@{PROJECT}.iam.gserviceaccount.com"
TESTS = f"github-pull-request@{PROJECT}.iam.gserviceaccount.com"


@dataclass(frozen=True)
class Project:
    """The rehearsal's project."""

    rehearsal: Rehearsal

    def tags(self) -> dict[str, str]:
        """The digest of each tag of the image."""
        listed = self.rehearsal.ok(
            "gcloud", "artifacts", "docker", "tags", "list", IMAGE, "--format=json"
        )
        return {
            one["tag"].rsplit("/", 1)[-1]: one["version"].rsplit("/", 1)[-1]
            for one in json.loads(listed)
        }

    def job_digest(self) -> str:
        """Of the image that the job has."""
        job = json.loads(
            self.rehearsal.ok(
                "gcloud", "run", "jobs", "describe", JOB, f"--region={REGION}", "--format=json"
            )
        )
        image: str = job["spec"]["template"]["spec"]["template"]["spec"]["containers"][0]["image"]
        return image.partition("@")[2]

    def datasets(self) -> set[str]:
        """The names of all datasets."""
        listed = self.rehearsal.ok("bq", "ls", "--format=json", "--max_results=1000")
        return {one["datasetReference"]["datasetId"] for one in json.loads(listed or "[]")}

    def breeds(self) -> int:
        """Rows of the published table."""
        sql = "SELECT COUNT(*) AS breeds FROM dog_breeds_raw.breeds"
        rows = self.rehearsal.ok("bq", "query", "--use_legacy_sql=false", "--format=json", sql)
        return int(json.loads(rows)[0]["breeds"])

    def plan_changes_something(self, repository: Repository) -> bool:
        """Whether a plan of a person, with the tag ``latest``, is not empty."""
        folder = repository.folder / "infrastructure"
        self.rehearsal.ok("terraform", "init", "-input=false", folder=folder, as_=DEPLOYS)
        done = self.rehearsal.run("terraform", "plan", "-input=false", "-detailed-exitcode",
                                  "-lock=false", "-var-file=secrets.tfvars", folder=folder,
                                  as_=DEPLOYS)  # fmt: skip
        assert done.returncode in (0, 2), done.stdout + done.stderr
        return done.returncode == 2

    def deploy_by_hand(self, repository: Repository) -> str:
        """Build, push, terraform apply, as the guide says; gives the digest that the job has."""
        folder = repository.folder / "infrastructure"
        ok = self.rehearsal.ok
        ok("rehearsal/engine/base-image", folder=repository.folder)
        ok("gcloud", "auth", "configure-docker", f"{REGION}-docker.pkg.dev", as_=DEPLOYS)
        ok("make", "image", f"IMAGE={IMAGE}:latest", folder=repository.folder)
        ok("docker", "push", f"{IMAGE}:latest", as_=DEPLOYS)
        ok("terraform", "init", "-input=false", folder=folder, as_=DEPLOYS)
        ok("terraform", "apply", "-input=false", "-auto-approve", "-var-file=secrets.tfvars",
           folder=folder, as_=DEPLOYS)  # fmt: skip
        return self.job_digest()
