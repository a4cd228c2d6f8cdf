# What a project needs once, before its first deployment, applied by a person who owns the project.
#
# Everything that takes power over the whole project is here, so that the account that deploys needs none.

provider "google" {
  project = var.project_id
}

locals {
  services = [
    "artifactregistry.googleapis.com",
    "bigquery.googleapis.com",
    "cloudresourcemanager.googleapis.com", # the project's policy
    "cloudscheduler.googleapis.com",
    "iam.googleapis.com",
    "iamcredentials.googleapis.com", # workflows get their tokens there
    "logging.googleapis.com",
    "monitoring.googleapis.com",
    "run.googleapis.com",
    "secretmanager.googleapis.com",
    "storage.googleapis.com",
    "sts.googleapis.com", # workflows exchange GitHub's token there
  ]
}

resource "google_project_service" "api" {
  for_each = toset(local.services)

  project = var.project_id
  service = each.value

  # Others in the project may have come to need it.
  disable_on_destroy = false
}
