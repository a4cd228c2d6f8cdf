# What the deployment and the workflows are told.

locals {
  image = "${var.region}-docker.pkg.dev/${var.project_id}/${google_artifact_registry_repository.pipelines.repository_id}/dlt-ingestion"

  secrets_tfvars = concat(
    [["dlt_service_account_email", local.emails.runner], ["dlt_container_image", "${local.image}:latest"]],
    var.separate_accounts ? [["dlt_scheduler_service_account_email", local.emails.invoker]] : [],
    var.report_bucket == null ? [] : [["report_bucket", var.report_bucket]],
    var.github == null ? [] : [["runbook", "https://github.com/${var.github.repository}/blob/main/docs/runbook.md"]],
  )
  # As terraform fmt would have it.
  secrets_tfvars_format = "%-${max([for line in local.secrets_tfvars : length(line[0])]...)}s = %s\n"
}

output "backend" {
  description = "Text of infrastructure/backend.tf"
  value       = <<-EOT
    # Where the state is. Written by bootstrap: terraform -chdir=infrastructure/bootstrap output -raw backend

    terraform {
      backend "gcs" {
        bucket = "${google_storage_bucket.state.name}"
        prefix = "dlt-ingestion"
      }
    }
  EOT
}

output "bootstrap_backend" {
  description = "Text of infrastructure/bootstrap/backend.tf, to move bootstrap's own state into the bucket"
  value       = <<-EOT
    # Where bootstrap's own state is. terraform output -raw bootstrap_backend

    terraform {
      backend "gcs" {
        bucket = "${google_storage_bucket.state.name}"
        prefix = "bootstrap"
      }
    }
  EOT
}

output "secrets_tfvars" {
  description = "Text of infrastructure/secrets.tfvars"
  value       = join("", [for line in local.secrets_tfvars : format(local.secrets_tfvars_format, line[0], jsonencode(line[1]))])
}

output "github_variables" {
  description = "Variables of the GitHub repository (Settings > Secrets and variables > Actions > Variables)"
  value = merge(
    {
      GCP_PROJECT_ID             = var.project_id
      GCP_REGION                 = var.region
      GCP_DEPLOY_SERVICE_ACCOUNT = local.emails.deploy
    },
    var.github == null ? {} : {
      GCP_WORKLOAD_IDENTITY_PROVIDER   = google_iam_workload_identity_pool_provider.github[0].name
      GCP_PULL_REQUEST_SERVICE_ACCOUNT = local.emails.pull_request
    },
  )
}

output "image" {
  description = "Address of the image, without a tag"
  value       = local.image
}

output "accounts" {
  description = "Emails of the accounts by what they do"
  value       = { for part, account in google_service_account.account : part => account.email }
}

output "secrets" {
  description = "Names of the secrets that a person gives a value"
  value       = { for use, secret in google_secret_manager_secret.api_key : use => secret.secret_id }
}
