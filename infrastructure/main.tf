# The deployment of the pipeline into one project: what secrets.tfvars says, as a call of the module.

locals {
  account_pattern = "^[a-z][-a-z0-9]{4,28}[a-z0-9]@(?P<project>[a-z][-a-z0-9]{4,28}[a-z0-9])\\.iam\\.gserviceaccount\\.com$"
  # The account belongs to the project, so its email says which one it is.
  project_id = regex(local.account_pattern, var.dlt_service_account_email).project
}

provider "google" {
  project = local.project_id
}

module "dlt_ingestion" {
  source = "./modules/dlt-ingestion"

  project_id                      = local.project_id
  region                          = var.region
  service_account_email           = var.dlt_service_account_email
  scheduler_service_account_email = var.dlt_scheduler_service_account_email
  deploy_service_account_email    = var.deploy_service_account_email
  container_image                 = var.dlt_container_image

  job = {
    timeout     = var.job_timeout
    cpu         = var.job_cpu
    memory      = var.job_memory
    max_retries = var.job_max_retries
  }
  schedule = {
    cron      = var.dlt_schedule
    time_zone = var.dlt_time_zone
  }
  bigquery = {
    dataset         = var.bigquery_dataset
    staging_dataset = var.bigquery_staging_dataset
    location        = var.bigquery_location
    reader_groups   = var.bigquery_reader_groups
  }
  alerts = {
    email                = var.alert_email
    days_without_success = var.alert_days_without_success
  }

  dog_api           = var.dog_api
  environment       = var.environment
  extra_environment = var.extra_environment
  runbook           = var.runbook
  report_bucket     = var.report_bucket
  labels            = var.labels
  delete_data       = var.delete_data
}

# What a destroy kept, or what was made by hand, becomes Terraform's instead of being in its way.
import {
  for_each = var.adopt_data ? module.dlt_ingestion.datasets : {}
  to       = module.dlt_ingestion.google_bigquery_dataset.data[each.key]
  id       = "projects/${local.project_id}/datasets/${each.value}"
}
