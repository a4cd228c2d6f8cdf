# Lets workflows of one GitHub repository act as two of the accounts, without any key.
#
# https://cloud.google.com/iam/docs/workload-identity-federation-with-deployment-pipelines; claims:
# https://docs.github.com/en/actions/reference/security/oidc

locals {
  with_github = var.github == null ? 0 : 1

  on_main = "assertion.ref == 'refs/heads/main'"
  # pull_request_target has the ref of main, and a stranger's change behind it: events are named one by one.
  deploys = "${local.on_main} && assertion.event_name in ['push', 'workflow_dispatch', 'schedule']"
  tests   = "assertion.event_name == 'pull_request' || (${local.on_main} && assertion.event_name == 'schedule')"

  federated = var.github == null ? {} : {
    deploy       = "deploys/yes"
    pull_request = "tests/yes"
  }
}

resource "google_iam_workload_identity_pool" "github" {
  count = local.with_github

  project                   = var.project_id
  workload_identity_pool_id = "github"
  display_name              = "GitHub"
  description               = "Workflows of ${var.github.repository}"

  depends_on = [google_project_service.api]
}

resource "google_iam_workload_identity_pool_provider" "github" {
  #checkov:skip=CKV_GCP_125:It wants the repository's name in the subject; the condition has its number, which nobody can take over.
  count = local.with_github

  project                            = var.project_id
  workload_identity_pool_id          = google_iam_workload_identity_pool.github[0].workload_identity_pool_id
  workload_identity_pool_provider_id = "github-actions"
  display_name                       = "GitHub Actions"

  attribute_condition = "assertion.repository_id == '${var.github.repository_id}'"
  attribute_mapping = {
    "google.subject"          = "assertion.sub"
    "attribute.repository_id" = "assertion.repository_id"
    "attribute.ref"           = "assertion.ref"
    "attribute.event_name"    = "assertion.event_name"
    "attribute.deploys"       = "${local.deploys} ? 'yes' : 'no'"
    "attribute.tests"         = "${local.tests} ? 'yes' : 'no'"
  }

  oidc {
    issuer_uri = "https://token.actions.githubusercontent.com"
  }
}

resource "google_service_account_iam_member" "github" {
  for_each = local.federated

  service_account_id = google_service_account.account[each.key].name
  role               = "roles/iam.workloadIdentityUser"
  member             = "principalSet://iam.googleapis.com/${google_iam_workload_identity_pool.github[0].name}/attribute.${each.value}"
}

# A pull request makes datasets of its own, which it then owns, and queries them; nothing of production.
resource "google_project_iam_member" "pull_request" {
  count = local.with_github

  project = var.project_id
  role    = "roles/bigquery.user"
  member  = local.members.pull_request
}

resource "google_secret_manager_secret_iam_member" "pull_request" {
  count = local.with_github

  project   = var.project_id
  secret_id = google_secret_manager_secret.api_key["pull_requests"].secret_id
  role      = "roles/secretmanager.secretAccessor"
  member    = local.members.pull_request
}
