# Who may read the API's key, and what a plan says when there is no key to read.
#
# The secret is made by bootstrap and its value by a person: no value ever passes through Terraform.

resource "google_secret_manager_secret_iam_member" "api_key" {
  project   = var.project_id
  secret_id = var.dog_api.secret_id
  role      = "roles/secretmanager.secretAccessor"
  member    = "serviceAccount:${var.service_account_email}"
}

# A plan stops here while the secret has no version at all: nothing is made that could not run. It stands outside
# of the check because one inside would be read again by every apply, and no plan would be empty.
data "google_secret_manager_secret_version" "api_key" {
  project           = var.project_id
  secret            = var.dog_api.secret_id
  fetch_secret_data = false # only whether it is there, never what it is
}

check "api_key" {
  assert {
    condition     = data.google_secret_manager_secret_version.api_key.enabled
    error_message = <<-EOT
      The latest version of secret ${var.dog_api.secret_id} is disabled or destroyed: every run will fail.
      Enable it (gcloud secrets versions enable), or add a new one:
      read -rs KEY && printf %s "$KEY" | gcloud secrets versions add ${var.dog_api.secret_id} --project=${var.project_id} --data-file=-
    EOT
  }
}
