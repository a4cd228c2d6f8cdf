"""A deployment's life, as the account that deploys: apply, change, image, drift, lock, destroy."""

import json
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from proof.bindings import Cloud, client_of
from proof.trials import TRIALS
from tests.infrastructure.configuration import MODULE, examples
from tests.infrastructure.installation import (
    DEPLOY,
    JOB,
    KEY,
    LOCK,
    PROJECT,
    REGION,
    STATE,
    TRIGGER,
    VARIABLES,
    Installation,
    account,
    readme_commands,
)

pytestmark = [pytest.mark.xdist_group("infrastructure"), pytest.mark.timeout(900)]

REPOSITORY = Path(__file__).parents[3]
CONTAINER = "google_cloud_run_v2_job.ingestion"


@pytest.fixture(scope="module")
def ready(bootstrapped: Installation) -> Installation:
    """An image is there, and somebody is to be told; nothing is deployed."""
    with (bootstrapped.folder / "secrets.tfvars").open("a", encoding="utf-8") as file:
        file.write('alert_email = "data-team@example.com"\n')
    bootstrapped.push("one")
    bootstrapped.ok("init", "-input=false", "-no-color")
    return bootstrapped


@pytest.fixture(scope="module")
def deployed(ready: Installation) -> Installation:
    """It is deployed, as the account that deploys."""
    started = time.monotonic()
    ready.ok("plan", "-input=false", VARIABLES)
    ready.apply()
    took_seconds = time.monotonic() - started
    assert took_seconds < 20 * slowness(), f"plan and apply took {took_seconds:.1f} s"
    return ready


def slowness() -> float:
    """How much longer things take here because others use the machine too."""
    return max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))


def test_without_a_key_nothing_is_made(ready: Installation) -> None:
    ready.gcloud("secrets", "create", "another-key", "--replication-policy=automatic")
    ended = ready.terraform("plan", "-no-color", "-input=false", VARIABLES, "-var",
                            'dog_api={secret_id="another-key"}', as_=None)  # fmt: skip
    assert ended.returncode == 1
    assert "not found or has no versions" in ended.stderr


def test_the_plan_after_an_apply_is_empty(deployed: Installation) -> None:
    assert deployed.changes() == {}


def test_the_state_is_in_the_bucket_and_the_key_is_not_in_the_state(deployed: Installation) -> None:
    state = deployed.gcloud("storage", "cat", STATE)
    assert CONTAINER.rpartition(".")[0] in state
    assert KEY not in state
    assert list(deployed.folder.glob("*.tfstate")) == []


def test_each_binding_has_its_proof(deployed: Installation) -> None:
    """``make permissions`` proves them, in minutes; here none is without."""
    page = (REPOSITORY / "docs" / "permissions.md").read_text(encoding="utf-8")
    with client_of(deployed.rehearsal.environment()) as client:
        cloud = Cloud(client, PROJECT, REGION)
        found = {one for policy in cloud.policies() for one in policy.bindings()}
    there = {
        f"| `{one.who}` | `{one.role}` | {one.resource} |" for one in found if one.who in TRIALS
    }
    assert there == {"|".join(row.split("|")[:4]) + "|" for row in page.splitlines()
                     if row.startswith("| `")}  # fmt: skip


def test_the_job_reads_the_key_and_runs_the_digest(deployed: Installation) -> None:
    container = deployed.container()
    environment = {one["name"]: one for one in container["env"]}
    assert environment["DOG_API_KEY"]["valueFrom"]["secretKeyRef"] == {
        "key": "latest", "name": "dog-api-key",
    }  # fmt: skip
    assert container["image"] == deployed.output("image")
    assert environment["IMAGE_DIGEST"]["value"] == deployed.output("image_digest")


def test_the_trigger_starts_the_job_as_the_invoker(deployed: Installation) -> None:
    deployed.gcloud("scheduler", "jobs", "run", TRIGGER, f"--location={REGION}")
    deadline = time.monotonic() + 60
    while not (executions := json.loads(deployed.gcloud(
        "run", "jobs", "executions", "list", f"--job={JOB}", f"--region={REGION}", "--format=json"
    ))):  # fmt: skip
        assert time.monotonic() < deadline
    assert [one["metadata"]["annotations"]["run.googleapis.com/creator"] for one in executions] == [
        account("dlt-invoker")
    ]


def test_a_change_is_made_in_place(deployed: Installation) -> None:
    told = deployed.apply("-var=dlt_schedule=30 4 * * 1", "-var=job_timeout=3600s")
    assert "0 added, 2 changed, 0 destroyed" in told
    environment = {one["name"]: one.get("value") for one in deployed.container()["env"]}
    assert environment["RUN_TIMEOUT_SECONDS"] == "3600"
    assert deployed.changes() == {
        CONTAINER: "update",
        "google_cloud_scheduler_job.trigger": "update",
    }


def test_a_new_image_is_deployed_and_rolled_back(deployed: Installation) -> None:
    before = deployed.output("image_digest")
    new = deployed.push("two")
    deployed.apply()
    assert deployed.container()["image"].endswith(new)
    assert deployed.push("one") == before  # the tag moves back
    deployed.apply()
    assert deployed.container()["image"].endswith(before)
    assert deployed.changes() == {}


def test_a_digest_is_deployed_as_it_is(deployed: Installation) -> None:
    pinned = f"-var=dlt_container_image={deployed.output('image')}"
    deployed.push("three")
    assert deployed.changes(pinned) == {}
    deployed.push("one")


def test_drift_is_seen_and_undone(deployed: Installation) -> None:
    deployed.gcloud("run", "jobs", "update", JOB, f"--region={REGION}", "--memory=2Gi")
    assert deployed.changes() == {CONTAINER: "update"}
    deployed.apply()
    assert deployed.container()["resources"]["limits"]["memory"] == "512Mi"
    assert deployed.changes() == {}


def test_a_rotated_key_needs_no_apply_and_a_disabled_one_is_told(deployed: Installation) -> None:
    line = next(line for line in readme_commands("## The first deployment") if "versions" in line)
    deployed.typed(line, answers="live_rotated-0123456789abcdef\n")
    assert deployed.changes() == {}
    deployed.gcloud("secrets", "versions", "disable", "2", "--secret=dog-api-key")
    told = deployed.ok("plan", "-no-color", "-input=false", VARIABLES)
    assert "latest version of secret dog-api-key is disabled or destroyed" in " ".join(told.split())
    deployed.gcloud("secrets", "versions", "enable", "2", "--secret=dog-api-key")


def test_one_at_a_time(deployed: Installation) -> None:
    command = ("terraform", "apply", "-no-color", VARIABLES, "-var=job_memory=1Gi")
    first = subprocess.Popen(
        command, cwd=deployed.folder, env=deployed.rehearsal.environment(DEPLOY),
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    try:
        wait_for_the_lock(deployed)
        second = deployed.terraform(
            "apply", "-auto-approve", "-no-color", "-input=false", VARIABLES
        )
        assert second.returncode == 1
        assert "Error acquiring the state lock" in second.stderr
    finally:
        printed = first.communicate("no\n", timeout=120)[0]
    assert "Apply cancelled" in printed
    assert deployed.changes() == {}


def fault_is_met(made: Installation) -> bool:
    """Whether the call that a fault waits for has come."""
    faults = made.rehearsal.ask("faults")["faults"]
    return any(fault["used"] for fault in faults)  # type: ignore[attr-defined]


def wait_until(holds: Callable[[], bool], seconds: float = 30) -> None:
    """Looks until it holds."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "it did not come about"
        time.sleep(0.2)


def test_a_killed_apply_is_taken_up_again(deployed: Installation) -> None:
    fault = ("fault", "add", "--method=run.projects.locations.jobs.patch", "--delay=5", "--times=1")
    assert deployed.rehearsal.command(*fault).returncode == 0
    command = ("terraform", "apply", "-auto-approve", "-no-color", VARIABLES, "-var=job_memory=1Gi")
    killed = subprocess.Popen(
        command, cwd=deployed.folder, env=deployed.rehearsal.environment(DEPLOY), text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True,
    )  # fmt: skip
    assert killed.stdout is not None
    for line in killed.stdout:
        if f"{CONTAINER}: Modifying..." in line:
            wait_until(lambda: fault_is_met(deployed))
            os.killpg(killed.pid, signal.SIGKILL)
    assert killed.wait() != 0
    refused = deployed.terraform("plan", "-no-color", "-input=false", VARIABLES)
    assert "Error acquiring the state lock" in refused.stderr
    # The change was on its way, and takes effect although nobody waits for it any more.
    wait_until(lambda: deployed.container()["resources"]["limits"]["memory"] == "1Gi")
    holder = next(line.split()[-1] for line in refused.stderr.splitlines() if " ID:" in line)
    deployed.ok("force-unlock", "-force", holder)
    deployed.apply()
    assert deployed.changes() == {}


def wait_for_the_lock(deployed: Installation) -> None:
    looks = ("gcloud", "storage", "objects", "describe", LOCK)
    wait_until(lambda: deployed.rehearsal.run(*looks).returncode == 0, seconds=120)


def rows(made: Installation) -> list[dict[str, str]]:
    """The rows of a table in the published dataset."""
    told = made.rehearsal.ok("bq", "query", "--use_legacy_sql=false", "--format=json",
                             "SELECT * FROM dog_breeds_raw.kept")  # fmt: skip
    found: list[dict[str, str]] = json.loads(told)
    return found


def test_rows_outlive_a_destroy_and_are_taken_back(deployed: Installation) -> None:
    deployed.rehearsal.ok("bq", "query", "--use_legacy_sql=false",
                          "CREATE TABLE dog_breeds_raw.kept AS SELECT 'Akita' AS name",
                          as_=DEPLOY)  # fmt: skip
    told = deployed.ok("destroy", "-auto-approve", "-no-color", "-input=false", VARIABLES)
    assert f"The datasets stay in {PROJECT}, with all their rows" in told
    assert "-var=adopt_data=true" in told
    assert rows(deployed) == [{"name": "Akita"}]
    again = deployed.terraform("apply", "-auto-approve", "-no-color", "-input=false", VARIABLES)
    assert "Already Exists: Dataset" in again.stderr
    adopted = deployed.apply("-var=adopt_data=true")
    assert "2 imported" in adopted
    assert deployed.changes() == {}
    assert rows(deployed) == [{"name": "Akita"}]


def test_rows_go_where_an_apply_said_so(deployed: Installation) -> None:
    deployed.apply("-var=delete_data=true")
    told = deployed.ok("destroy", "-auto-approve", "-no-color", "-input=false", VARIABLES)
    assert "The datasets were deleted with all their rows." in told
    listed = deployed.rehearsal.ok("bq", "ls", "--format=json", as_=DEPLOY)
    assert "dog_breeds" not in listed


@pytest.mark.parametrize("number", [0, 1])
def test_the_modules_examples_deploy(deployed: Installation, number: int) -> None:
    """Where nothing is deployed; both would be the same resources."""
    folder = deployed.root / f"example-{number}"
    shutil.copytree(deployed.folder / "modules", folder / "modules")
    (folder / "main.tf").write_text(examples(MODULE / "README.md")[number], encoding="utf-8")
    keep_nothing = 'module "dlt_ingestion" {\n  delete_data = true\n}\n'
    (folder / "override.tf").write_text(keep_nothing, encoding="utf-8")
    for command in (("init",), ("apply", "-auto-approve"), ("destroy", "-auto-approve")):
        deployed.rehearsal.ok("terraform", *command, "-input=false", folder=folder)


def test_a_person_applies_first_and_the_account_goes_on(deployed: Installation) -> None:
    deployed.apply(as_=None)
    assert deployed.changes() == {}
    deployed.apply('-var=labels={team="data"}')
