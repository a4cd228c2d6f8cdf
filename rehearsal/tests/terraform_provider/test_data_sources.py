"""What is only read, asked for by terraform."""

import httpx

from tests.client import NUMBER, PROJECT
from tests.terraform_provider.reattached import Terraform

_DIGEST = "sha256:" + "a" * 64
_IMAGES = f"projects/{PROJECT}/locations/europe-west1/repositories/pipelines/dockerImages"


class Images(Terraform):
    """A repository with two images, of which the newer one is called latest."""

    def answer(self, request: httpx.Request) -> httpx.Response:
        if request.url.host != "artifactregistry.googleapis.com":
            return super().answer(request)
        found = [
            {"name": f"{_IMAGES}/{name}@{digest}", "uri": f"host/{name}@{digest}", "tags": tags}
            for name, digest, tags in (
                ("dlt", _DIGEST, ["latest"]),
                ("dlt-ingestion", "sha256:" + "b" * 64, ["latest"]),
                ("dlt", "sha256:" + "c" * 64, ["deployed"]),
            )
        ]
        return httpx.Response(200, json={"dockerImages": found})


def _image(name: str) -> str:
    return f"""
    provider "google" {{ project = "{PROJECT}" }}
    data "google_artifact_registry_docker_image" "it" {{
      location      = "europe-west1"
      repository_id = "pipelines"
      image_name    = "{name}"
    }}
    output "it" {{ value = data.google_artifact_registry_docker_image.it.self_link }}
    """


def test_a_tag_becomes_a_digest(terraform: Terraform) -> None:
    terraform.__class__ = Images
    terraform.apply(_image("dlt:deployed"))

    assert terraform.ok("output", "-raw", "it") == "host/dlt@sha256:" + "c" * 64


def test_an_image_that_is_not_there_is_an_error(terraform: Terraform) -> None:
    terraform.__class__ = Images

    assert "Error: Requested image was not found." in terraform.refused(_image("dlt:v9"))


def test_project_account_and_settings_are_told(terraform: Terraform) -> None:
    terraform.apply(f"""
    provider "google" {{
      project        = "{PROJECT}"
      region         = "europe-west1"
      default_labels = {{ team = "data" }}
    }}
    resource "google_service_account" "runner" {{ account_id = "dlt-runner" }}
    data "google_project" "it" {{}}
    data "google_client_config" "it" {{}}
    data "google_service_account" "it" {{ account_id = google_service_account.runner.account_id }}
    output "it" {{
      value = join(" ", [
        data.google_project.it.number,
        data.google_client_config.it.region,
        data.google_client_config.it.default_labels.team,
        data.google_service_account.it.email,
      ])
    }}
    """)

    told = f"{NUMBER} europe-west1 data dlt-runner@{PROJECT}.iam.gserviceaccount.com"
    assert terraform.ok("output", "-raw", "it") == told


def test_a_version_is_found_and_its_content_left_alone(terraform: Terraform) -> None:
    secrets = f"https://secretmanager.googleapis.com/v1/projects/{PROJECT}/secrets"
    terraform.client.post(f"{secrets}?secretId=key", {"replication": {"automatic": {}}}).ok
    terraform.client.post(f"{secrets}/key:addVersion", {"payload": {"data": "bGl2ZQ=="}}).ok

    terraform.apply(f"""
    provider "google" {{ project = "{PROJECT}" }}
    data "google_secret_manager_secret_version" "it" {{
      secret            = "key"
      fetch_secret_data = false
    }}
    output "it" {{ value = data.google_secret_manager_secret_version.it.name }}
    """)

    assert terraform.ok("output", "-raw", "it") == f"projects/{NUMBER}/secrets/key/versions/1"
    assert not any(one.path.endswith(":access") for one in terraform.sent)
