# What the next command needs, and where to look.

locals {
  region = module.dlt_ingestion.region
}

output "project_id" {
  description = "Project that everything is in"
  value       = local.project_id
}

output "job_name" {
  description = "Name of the Cloud Run job"
  value       = module.dlt_ingestion.job_name
}

output "job_region" {
  description = "Region of the Cloud Run job and of its trigger"
  value       = local.region
}

output "scheduler_name" {
  description = "Name of the Cloud Scheduler job"
  value       = module.dlt_ingestion.scheduler_name
}

output "image" {
  description = "Image that the job runs, by digest"
  value       = module.dlt_ingestion.image
}

output "image_digest" {
  description = "Digest that the job runs"
  value       = module.dlt_ingestion.image_digest
}

output "dataset" {
  description = "Dataset of the published tables"
  value       = module.dlt_ingestion.datasets.published
}

output "staging_dataset" {
  description = "Dataset of the staged tables"
  value       = module.dlt_ingestion.datasets.staging
}

output "execute_command" {
  description = "Runs the job now and waits"
  value       = "gcloud run jobs execute ${module.dlt_ingestion.job_name} --region=${local.region} --project=${local.project_id} --wait"
}

output "logs_command" {
  description = "Shows the job's last log entries"
  value       = "gcloud logging read \"resource.type=cloud_run_job AND resource.labels.job_name=${module.dlt_ingestion.job_name}\" --project=${local.project_id} --limit=50"
}

output "job_link" {
  description = "The job in the console"
  value       = "https://console.cloud.google.com/run/jobs/details/${local.region}/${module.dlt_ingestion.job_name}/executions?project=${local.project_id}"
}

output "dashboard_link" {
  description = "The dashboard in the console"
  value       = "https://console.cloud.google.com/monitoring/dashboards/builder/${basename(module.dlt_ingestion.dashboard_id)}?project=${local.project_id}"
}
