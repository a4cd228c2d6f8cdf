"""What a person sees in terraform: plans, changes from outside, refusals, imports, protection."""

import httpx
import pytest

from rehearsal.faults import Fault
from tests.client import OWNER, PROJECT
from tests.terraform_provider.reattached import Terraform

_PROVIDER = f"""
provider "google" {{
  project = "{PROJECT}"
  region  = "europe-west1"
}}
"""
_ACCOUNT = """
resource "google_service_account" "runner" {
  account_id   = "dlt-runner"
  display_name = "Runs the job"
}
"""
_SCHEDULE = """
resource "google_cloud_scheduler_job" "weekly" {
  name     = "weekly"
  schedule = "0 4 * * 1"
  http_target {
    uri = "https://example.com/"
  }
}
"""
_SECRET = """
resource "google_secret_manager_secret" "key" {
  secret_id = "dog-api-key"
  labels    = { team = "data" }
  replication {
    auto {}
  }
%s}
"""
_SCHEDULES = (
    f"https://cloudscheduler.googleapis.com/v1/projects/{PROJECT}/locations/europe-west1/jobs"
)
_SECRETS = f"https://secretmanager.googleapis.com/v1/projects/{PROJECT}/secrets"
_PROJECT = f"https://cloudresourcemanager.googleapis.com/v1/projects/{PROJECT}"


def test_a_change_from_outside_is_seen_and_undone(terraform: Terraform) -> None:
    terraform.apply(_PROVIDER + _SCHEDULE)
    assert terraform.plan() == ""
    changed = {"schedule": "0 5 * * *"}
    terraform.client.patch(f"{_SCHEDULES}/weekly?updateMask=schedule", changed).ok

    assert '"0 5 * * *" -> "0 4 * * 1"' in terraform.plan()
    terraform.apply()
    assert terraform.client.get(f"{_SCHEDULES}/weekly").ok["schedule"] == "0 4 * * 1"


def test_what_was_deleted_from_outside_is_made_again(terraform: Terraform) -> None:
    terraform.apply(_PROVIDER + _SCHEDULE)
    terraform.client.delete(f"{_SCHEDULES}/weekly").ok

    assert "1 to add, 0 to change, 0 to destroy" in terraform.plan()


def test_a_pause_is_a_request_of_its_own(terraform: Terraform) -> None:
    terraform.apply(_PROVIDER + _SCHEDULE)
    terraform.apply(_PROVIDER + _SCHEDULE.replace('"weekly"\n', '"weekly"\n  paused = true\n'))

    assert terraform.client.get(f"{_SCHEDULES}/weekly").ok["state"] == "PAUSED"
    assert terraform.plan() == ""


def test_a_refusal_is_told_as_by_the_real_one_with_file_and_line(terraform: Terraform) -> None:
    terraform.account = "user:guest@example.com"

    printed = terraform.refused(_PROVIDER + _ACCOUNT)

    assert "Error: Error creating service account: googleapi: Error 403: " in printed
    assert "iam.serviceAccounts.create" in printed
    assert 'on main.tf line 7, in resource "google_service_account" "runner"' in printed


def test_a_refused_refresh_says_what_could_not_be_read(terraform: Terraform) -> None:
    terraform.apply(_PROVIDER + _SCHEDULE)
    terraform.account = "user:guest@example.com"

    printed = terraform.refused()

    name = f"projects/{PROJECT}/locations/europe-west1/jobs/weekly"
    assert f'Error when reading or editing CloudSchedulerJob "{name}": googleapi: Er' in printed


def test_an_attribute_that_is_not_in_the_table_is_an_error(terraform: Terraform) -> None:
    terraform.write(_PROVIDER + _ACCOUNT.replace("display_name", "nickname"))

    code, printed = terraform.run("validate", "-no-color")

    assert code == 1
    assert "Unsupported argument" in printed


def test_a_value_that_there_is_not_is_an_error(terraform: Terraform) -> None:
    terraform.write(_PROVIDER + _SECRET % '  deletion_policy = "SOMETIMES"\n')

    code, printed = terraform.run("validate", "-no-color")

    assert code == 1
    assert 'expected deletion_policy to be one of ["DELETE" "ABANDON" "PREVENT"]' in printed


def test_a_transient_answer_is_tried_again(terraform: Terraform) -> None:
    terraform.client.cloud.faults.add(
        Fault(method="iam.projects.serviceAccounts.create", status=503, times=2)
    )

    assert "1 added" in terraform.apply(_PROVIDER + _ACCOUNT)


def test_what_is_named_by_its_address_is_replaced_when_that_changes(terraform: Terraform) -> None:
    terraform.apply(_PROVIDER + _ACCOUNT)
    terraform.write(_PROVIDER + _ACCOUNT.replace("dlt-runner", "other-runner"))

    plan = terraform.plan()

    assert '"dlt-runner" -> "other-runner" # forces replacement' in plan
    assert "1 to add, 0 to change, 1 to destroy" in plan


def test_labels_of_others_stay_and_ours_are_marked(terraform: Terraform) -> None:
    terraform.apply(_PROVIDER + _SECRET % "")
    labels = terraform.client.get(f"{_SECRETS}/dog-api-key").ok["labels"]
    assert labels == {"team": "data", "goog-terraform-provisioned": "true"}
    theirs = {"labels": labels | {"owner": "somebody"}}
    terraform.client.patch(f"{_SECRETS}/dog-api-key?updateMask=labels", theirs).ok
    assert terraform.plan() == ""

    terraform.apply((_PROVIDER + _SECRET % "").replace("team = ", "group = "))

    assert terraform.client.get(f"{_SECRETS}/dog-api-key").ok["labels"] == {
        "group": "data",
        "owner": "somebody",
        "goog-terraform-provisioned": "true",
    }


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("deletion_protection = true", "without setting deletion_protection=false"),
        ('deletion_policy = "PREVENT"', "its deletion_policy is PREVENT"),
    ],
)
def test_what_is_protected_is_not_destroyed(terraform: Terraform, line: str, said: str) -> None:
    terraform.apply(_PROVIDER + _SECRET % f"  {line}\n")

    code, printed = terraform.run("destroy", "-auto-approve", "-no-color")

    assert code == 1
    assert said in printed
    assert terraform.client.get(f"{_SECRETS}/dog-api-key").status == 200


def test_what_is_abandoned_stays(terraform: Terraform) -> None:
    terraform.apply(_PROVIDER + _SECRET % '  deletion_policy = "ABANDON"\n')

    terraform.ok("destroy", "-auto-approve")

    assert terraform.client.get(f"{_SECRETS}/dog-api-key").status == 200


def test_the_content_of_a_secret_is_in_no_state(terraform: Terraform) -> None:
    version = """
    variable "key" {
      type      = string
      ephemeral = true
    }
    resource "google_secret_manager_secret_version" "key" {
      secret                 = google_secret_manager_secret.key.id
      secret_data_wo         = var.key
      secret_data_wo_version = 1
    }
    """
    text = _PROVIDER + _SECRET % "" + version

    terraform.apply(text, "-var=key=live_0123")

    state = (terraform.folder / "terraform.tfstate").read_text()
    assert "live_0123" not in state
    content = terraform.client.get(f"{_SECRETS}/dog-api-key/versions/latest:access").ok
    assert content["payload"]["data"] == "bGl2ZV8wMTIz"
    assert terraform.plan("-var=key=another") == ""


def test_members_that_come_at_once_all_get_their_roles(terraform: Terraform) -> None:
    roles = ["bigquery.jobUser", "bigquery.user", "logging.viewer", "run.viewer"]
    members = f"""
    resource "google_project_iam_member" "some" {{
      for_each = toset({str(roles).replace("'", '"')})
      project  = "{PROJECT}"
      role     = "roles/${{each.key}}"
      member   = google_service_account.runner.member
    }}
    """
    terraform.apply(_PROVIDER + _ACCOUNT + members)

    member = f"serviceAccount:dlt-runner@{PROJECT}.iam.gserviceaccount.com"
    bindings = terraform.client.post(f"{_PROJECT}:getIamPolicy").ok["bindings"]
    given = {one["role"] for one in bindings if member in one["members"]}
    assert given == {f"roles/{role}" for role in roles}
    assert {"role": "roles/owner", "members": [OWNER]} in bindings
    assert terraform.plan() == ""


class Rival(Terraform):
    """Somebody else changes the policy after it was read, once."""

    raced = False

    def answer(self, request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith(":setIamPolicy") and not self.raced:
            self.raced = True
            self.client.grant("user:rival@example.com", "roles/viewer")
        return super().answer(request)


def test_a_policy_that_was_changed_meanwhile_is_read_again(terraform: Terraform) -> None:
    member = f"""
    resource "google_project_iam_member" "one" {{
      project = "{PROJECT}"
      role    = "roles/bigquery.user"
      member  = google_service_account.runner.member
    }}
    """
    terraform.__class__ = Rival

    terraform.apply(_PROVIDER + _ACCOUNT + member)

    roles = {
        one["role"] for one in terraform.client.post(f"{_PROJECT}:getIamPolicy").ok["bindings"]
    }
    assert {"roles/viewer", "roles/bigquery.user"} <= roles


@pytest.mark.parametrize(
    "id_", [f"projects/{PROJECT}/locations/europe-west1/jobs/weekly", "europe-west1/weekly"]
)
def test_what_is_there_is_imported(terraform: Terraform, id_: str) -> None:
    terraform.apply(_PROVIDER + _SCHEDULE)
    (terraform.folder / "terraform.tfstate").unlink()
    block = f'import {{\n  to = google_cloud_scheduler_job.weekly\n  id = "{id_}"\n}}\n'

    printed = terraform.apply(_PROVIDER + _SCHEDULE + block)

    assert "1 imported, 0 added, 0 changed, 0 destroyed" in printed
    assert terraform.plan() == ""


def test_a_member_is_imported_by_the_command(terraform: Terraform) -> None:
    member = """
    resource "google_secret_manager_secret_iam_member" "reader" {
      secret_id = google_secret_manager_secret.key.secret_id
      role      = "roles/secretmanager.secretAccessor"
      member    = google_service_account.runner.member
    }
    """
    terraform.apply(_PROVIDER + _ACCOUNT + _SECRET % "" + member)
    address = "google_secret_manager_secret_iam_member.reader"
    account = f"serviceAccount:dlt-runner@{PROJECT}.iam.gserviceaccount.com"
    terraform.ok("state", "rm", address)

    id_ = f"projects/{PROJECT}/secrets/dog-api-key roles/secretmanager.secretAccessor {account}"
    terraform.ok("import", address, id_)

    assert terraform.plan() == ""


def test_what_is_not_there_is_not_imported(terraform: Terraform) -> None:
    terraform.write(_PROVIDER + _SCHEDULE)

    code, printed = terraform.run(
        "import", "-no-color", "google_cloud_scheduler_job.weekly", "europe-west1/weekly"
    )

    assert code == 1
    assert "Cannot import non-existent remote object" in printed


def test_tests_with_a_mocked_provider_call_nobody(terraform: Terraform) -> None:
    terraform.write(_PROVIDER + _ACCOUNT)
    (terraform.folder / "names.tftest.hcl").write_text("""
    mock_provider "google" {}
    run "names" {
      assert {
        condition     = google_service_account.runner.account_id == "dlt-runner"
        error_message = "another name"
      }
    }
    """)

    assert "1 passed, 0 failed" in terraform.ok("test", "-no-color")
    assert terraform.sent == []


def test_the_address_of_an_account_is_known_before_it_is_there(terraform: Terraform) -> None:
    terraform.write(_PROVIDER + _ACCOUNT)

    email = f"dlt-runner@{PROJECT}.iam.gserviceaccount.com"
    assert f'+ email           = "{email}"' in terraform.plan()


def test_an_account_is_disabled_and_enabled(terraform: Terraform) -> None:
    accounts = f"https://iam.googleapis.com/v1/projects/{PROJECT}/serviceAccounts"
    account = f"{accounts}/dlt-runner@{PROJECT}.iam.gserviceaccount.com"
    disabled = _ACCOUNT.replace("display_name", "disabled = true\n  display_name")

    terraform.apply(_PROVIDER + disabled)
    assert terraform.client.get(account).ok["disabled"] is True
    assert terraform.plan() == ""

    terraform.apply(_PROVIDER + _ACCOUNT)
    assert not terraform.client.get(account).ok.get("disabled")


def test_a_service_that_is_to_be_disabled_is(terraform: Terraform) -> None:
    service = """
    resource "google_project_service" "scheduler" {
      service            = "cloudscheduler.googleapis.com"
      disable_on_destroy = true
    }
    """
    terraform.apply(_PROVIDER + service)
    assert terraform.plan() == ""
    terraform.ok("destroy", "-auto-approve")

    url = f"https://serviceusage.googleapis.com/v1/projects/{PROJECT}/services"
    assert terraform.client.get(f"{url}/cloudscheduler.googleapis.com").ok["state"] == "DISABLED"


def test_a_bucket_with_objects_is_destroyed_only_if_that_is_written(terraform: Terraform) -> None:
    bucket = """
    resource "google_storage_bucket" "reports" {
      name     = "demo-reports"
      location = "EU"
    %s}
    """
    terraform.apply(_PROVIDER + bucket % "")
    upload = "https://storage.googleapis.com/upload/storage/v1/b/demo-reports/o"
    terraform.client.post(f"{upload}?uploadType=media&name=a/b.html", content=b"<html>").ok

    code, printed = terraform.run("destroy", "-auto-approve", "-no-color")
    assert code == 1
    assert "containing objects without `force_destroy` set to true" in printed

    terraform.apply(_PROVIDER + bucket % "  force_destroy = true\n")
    assert "1 destroyed" in terraform.ok("destroy", "-auto-approve", "-no-color")


def test_a_metric_of_a_distribution_comes_back_as_it_was_written(terraform: Terraform) -> None:
    metric = """
    resource "google_logging_metric" "seconds" {
      name            = "dlt/run_seconds"
      filter          = "jsonPayload.event=\\"run_finished\\""
      value_extractor = "EXTRACT(jsonPayload.seconds)"
      metric_descriptor {
        metric_kind = "DELTA"
        value_type  = "DISTRIBUTION"
        unit        = "s"
      }
      bucket_options {
        exponential_buckets {
          num_finite_buckets = 10
          growth_factor      = 1.5
          scale              = 1
        }
      }
    }
    """
    terraform.apply(_PROVIDER + metric)
    assert terraform.plan() == ""

    terraform.apply(_PROVIDER + metric.replace("1.5", "2"))
    assert terraform.plan() == ""
