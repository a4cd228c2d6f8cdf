# The accounts, and which of them may act as which.

locals {
  accounts = merge(
    { deploy = { id = "terraform-deploy", name = "Deploys", description = "Terraform, and the workflow that deploys" } },
    var.separate_accounts ? {
      runner  = { id = "dlt-runner", name = "Runs the pipeline", description = "Identity of the Cloud Run job" }
      invoker = { id = "dlt-invoker", name = "Starts the pipeline", description = "Identity of the Cloud Scheduler job" }
    } : {},
    var.github == null ? {} : {
      pull_request = { id = "github-pull-request", name = "Tests pull requests", description = "Workflows of pull requests, and the sweep of what they left" }
    },
  )

  # The account behind each part: with a single account terraform-deploy has all of them.
  emails  = { for part in ["deploy", "runner", "invoker", "pull_request"] : part => try(google_service_account.account[part].email, google_service_account.account["deploy"].email) }
  members = { for part, email in local.emails : part => "serviceAccount:${email}" }
}

resource "google_service_account" "account" {
  for_each = local.accounts

  project      = var.project_id
  account_id   = each.value.id
  display_name = each.value.name
  description  = each.value.description

  depends_on = [google_project_service.api]
}

# Cloud Run and Cloud Scheduler let only those attach an account to a job who may act as it
# (https://cloud.google.com/run/docs/securing/service-identity, .../scheduler/docs/http-target-auth).
resource "google_service_account_iam_member" "act_as" {
  for_each = var.separate_accounts ? toset(["runner", "invoker"]) : toset(["deploy"])

  service_account_id = google_service_account.account[each.value].name
  role               = "roles/iam.serviceAccountUser"
  member             = local.members.deploy
}
