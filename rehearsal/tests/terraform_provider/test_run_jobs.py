"""Cloud Run jobs: everything that the table has comes back as it was written."""

from dataclasses import dataclass

from tests.client import PROJECT
from tests.terraform_provider.reattached import Terraform

_JOB = f"https://run.googleapis.com/v2/projects/{PROJECT}/locations/europe-west1/jobs/ingest"
_TEXT = f"""
provider "google" {{ project = "{PROJECT}" }}
resource "google_service_account" "runner" {{ account_id = "dlt-runner" }}
resource "google_secret_manager_secret" "key" {{
  secret_id = "key"
  replication {{
    auto {{}}
  }}
}}
resource "google_secret_manager_secret_version" "key" {{
  secret      = google_secret_manager_secret.key.id
  secret_data = "live"
}}
resource "google_secret_manager_secret_iam_member" "runner" {{
  secret_id = google_secret_manager_secret.key.id
  role      = "roles/secretmanager.secretAccessor"
  member    = google_service_account.runner.member
}}
resource "google_cloud_run_v2_job" "ingest" {{
  name                = "ingest"
  location            = "europe-west1"
  deletion_protection = %s
  annotations         = {{ team = "data" }}
  template {{
    labels      = {{ tier = "batch" }}
    task_count  = 2
    parallelism = 1
    template {{
      service_account = google_service_account.runner.email
      max_retries     = 0
      timeout         = "600s"
      containers {{
        image   = "europe-west1-docker.pkg.dev/{PROJECT}/pipelines/ingest:v1"
        command = ["python"]
        args    = ["-m", "dlt_ingestion", "run"]
        env {{
          name  = "EMPTY"
          value = ""
        }}
        env {{
          name = "KEY"
          value_source {{
            secret_key_ref {{
              secret  = google_secret_manager_secret.key.secret_id
              version = "latest"
            }}
          }}
        }}
        resources {{
          limits = {{ cpu = "1", memory = "512Mi" }}
        }}
        volume_mounts {{
          name       = "scratch"
          mount_path = "/scratch"
        }}
      }}
      volumes {{
        name = "scratch"
        empty_dir {{
          medium     = "MEMORY"
          size_limit = "64Mi"
        }}
      }}
    }}
  }}
  depends_on = [
    google_secret_manager_secret_version.key, google_secret_manager_secret_iam_member.runner,
  ]
}}
"""


@dataclass
class Images:
    """A registry that has every image, or none."""

    has: bool

    def digest_of(self, image: str) -> str | None:
        return "sha256:" + "a" * 64 if self.has else None


def test_a_job_comes_back_as_it_was_written(terraform: Terraform) -> None:
    terraform.client.cloud.registry = Images(has=True)

    terraform.apply(_TEXT % "false")

    job = terraform.client.get(_JOB).ok
    assert job["template"]["template"].get("maxRetries", 0) == 0
    assert job["template"]["taskCount"] == 2
    assert terraform.plan() == ""
    terraform.ok("destroy", "-auto-approve")


def test_protection_is_lifted_without_a_request(terraform: Terraform) -> None:
    terraform.client.cloud.registry = Images(has=True)
    terraform.apply(_TEXT % "true")
    code, printed = terraform.run("destroy", "-auto-approve", "-no-color")
    assert code == 1
    assert "cannot destroy job without setting deletion_protection=false" in printed
    terraform.sent.clear()

    terraform.apply(_TEXT % "false")

    assert [one.path for one in terraform.sent if one.changes] == []


def test_a_job_whose_image_is_not_there_is_tainted(terraform: Terraform) -> None:
    terraform.client.cloud.registry = Images(has=False)
    printed = terraform.refused(_TEXT % "false")
    assert "Error: Error waiting to create Job: Error waiting for Creating Job: Er" in printed

    terraform.client.cloud.registry = Images(has=True)

    assert "is tainted, so must be replaced" in terraform.plan()
    terraform.apply()
    assert terraform.plan() == ""
