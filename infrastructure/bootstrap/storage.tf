# The bucket with Terraform's state, and the one with the report where there is to be one.

locals {
  state_bucket = "${var.project_id}-terraform-state"
}

resource "google_storage_bucket" "state" {
  #checkov:skip=CKV_GCP_62:Access is in Cloud Audit Logs; a bucket of access logs would be one more thing to keep.
  project                     = var.project_id
  name                        = local.state_bucket
  location                    = coalesce(var.state_bucket_location, var.region)
  labels                      = var.labels
  uniform_bucket_level_access = true
  public_access_prevention    = "enforced"

  # A destroy that finds states in it stops.
  force_destroy = false

  # An overwritten state can be had back.
  versioning {
    enabled = true
  }

  lifecycle_rule {
    condition {
      num_newer_versions = 50
    }
    action {
      type = "Delete"
    }
  }

  depends_on = [google_project_service.api]
}

resource "google_storage_bucket" "report" {
  #checkov:skip=CKV_GCP_62:Access is in Cloud Audit Logs; a bucket of access logs would be one more thing to keep.
  #checkov:skip=CKV_GCP_78:Each run writes the report anew from the tables, which keep the history.
  count = var.report_bucket == null ? 0 : 1

  project                     = var.project_id
  name                        = var.report_bucket
  location                    = var.region
  labels                      = var.labels
  uniform_bucket_level_access = true
  public_access_prevention    = "enforced"
  force_destroy               = true # the next run writes it again

  depends_on = [google_project_service.api]
}
