"""What each member does in earnest: without one of its bindings, one of these must fail."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from proof import federation
from proof.deployment import DEPLOYER, JOB, PROJECT, REGION, TRIGGER, Deployment, RefusedError

PULL_REQUEST = f"github-pull-request@{PROJECT}.iam.gserviceaccount.com"
_ATTEMPT_SECONDS = 60.0


@dataclass(frozen=True)
class Trial:
    """``what`` is how the page calls it; ``attempt`` raises RefusedError where it does not work."""

    what: str
    attempt: Callable[[Deployment], object]


def _push(deployment: Deployment) -> None:
    image = f"{REGION}-docker.pkg.dev/{PROJECT}/pipelines/dlt-ingestion"
    deployment.typed(f"docker tag {image}:latest {image}:proof")
    deployment.push(f"{image}:proof", DEPLOYER)


def _converge(deployment: Deployment) -> None:
    deployment.destroy(DEPLOYER)
    deployment.apply(DEPLOYER)


def _execute(deployment: Deployment) -> None:
    try:
        deployment.typed(
            f"gcloud run jobs execute {JOB} --region={REGION} --project={PROJECT} --wait"
        )
    except RefusedError as failed:
        raise RefusedError(f"{_last_words(deployment)}\n{failed}") from failed


def _last_words(deployment: Deployment) -> str:
    """What the job's last execution said of its failure; Cloud Run's words if it never began."""
    name = deployment.typed(
        f"gcloud run jobs executions list --job={JOB} --region={REGION} --project={PROJECT}"
        " --limit=1 --format='value(metadata.name)'"
    ).strip()
    entries = deployment.json(
        f'gcloud logging read \'labels."run.googleapis.com/execution_name"="{name}"'
        f" AND severity>=ERROR' --project={PROJECT} --freshness=1h --format=json"
    )
    own = [entry["jsonPayload"] for entry in entries if "jsonPayload" in entry]
    words = [str(payload["error"]) for payload in own if "error" in payload]
    told = [entry.get("protoPayload", {}).get("status", {}).get("message") for entry in entries]
    return next((text for text in [*words, *told] if text), "")


def _trigger(deployment: Deployment) -> None:
    place = f"{TRIGGER} --location={REGION} --project={PROJECT}"
    before = deployment.json(f"gcloud scheduler jobs describe {place} --format=json")
    deployment.typed(f"gcloud scheduler jobs run {place}")
    deadline = time.monotonic() + _ATTEMPT_SECONDS
    while time.monotonic() < deadline:
        now = deployment.json(f"gcloud scheduler jobs describe {place} --format=json")
        if now.get("lastAttemptTime") != before.get("lastAttemptTime"):
            status = now.get("status", {})
            if status.get("code"):
                raise RefusedError(f"the attempt ended with status {status}")
            return
        time.sleep(0.5)
    raise RefusedError(f"no attempt within {_ATTEMPT_SECONDS:.0f} s")


def _deliver(deployment: Deployment) -> None:
    for target in ("delivery-check", "smoke", "settle"):
        variables = f"GCP_PROJECT_ID={PROJECT} DELIVERY_ROOT={deployment.infrastructure.parent}"
        deployment.typed(f"{variables} make --no-print-directory {target}", DEPLOYER)


def _pull_request(deployment: Deployment) -> None:
    for line in (
        "gcloud secrets versions access latest --secret=dog-api-key-pr > /dev/null",
        f"bq mk --dataset --default_table_expiration=86400 {PROJECT}:dog_breeds_pr_1",
        f"bq rm --recursive --force --dataset {PROJECT}:dog_breeds_pr_1",
    ):
        deployment.typed(line, PULL_REQUEST)


def _deploying_workflow(deployment: Deployment) -> None:
    federation.log_in(deployment, "terraform-deploy", "push", "refs/heads/main")


def _testing_workflow(deployment: Deployment) -> None:
    federation.log_in(deployment, "github-pull-request", "pull_request", "refs/pull/1/merge")


TRIALS: dict[str, Sequence[Trial]] = {
    "terraform-deploy": (
        Trial("`docker push`", _push),
        Trial("`terraform destroy`, `terraform apply`", _converge),
        Trial("`make delivery-check smoke settle`", _deliver),
    ),
    "dlt-runner": (Trial("`gcloud run jobs execute`", _execute),),
    "dlt-invoker": (Trial("`gcloud scheduler jobs run`", _trigger),),
    "github-pull-request": (Trial("a pull request's dataset and key", _pull_request),),
    "attribute.deploys/yes": (Trial("the login of `deploy.yml`", _deploying_workflow),),
    "attribute.tests/yes": (Trial("the login of `pr-validation.yml`", _testing_workflow),),
}
"""By who the member is."""
