# The secrets, empty: a person adds the values, and none ever passes through Terraform.

locals {
  secrets = merge(
    { production = "dog-api-key" },
    var.github == null ? {} : { pull_requests = "dog-api-key-pr" },
  )
}

resource "google_secret_manager_secret" "api_key" {
  for_each = local.secrets

  project   = var.project_id
  secret_id = each.value
  labels    = var.labels

  replication {
    auto {}
  }

  depends_on = [google_project_service.api]
}
