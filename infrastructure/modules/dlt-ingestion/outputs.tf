# What the next command needs.

output "job_name" {
  description = "Name of the Cloud Run job"
  value       = google_cloud_run_v2_job.ingestion.name
}

output "image" {
  description = "Image that the job runs, by digest"
  value       = local.image
}

output "image_digest" {
  description = "Digest of the image that the job runs"
  value       = local.image_digest
}

output "scheduler_name" {
  description = "Name of the Cloud Scheduler job"
  value       = google_cloud_scheduler_job.trigger.name
}

output "datasets" {
  description = "Names of the datasets: published, staging"
  value       = { for key, dataset in local.datasets : key => dataset.id }
}

output "dashboard_id" {
  description = "Id of the dashboard"
  value       = google_monitoring_dashboard.pipeline.id
}

output "alert_policies" {
  description = "Resource names of the alert policies"
  value = {
    failed_execution = google_monitoring_alert_policy.failed_execution.name
    no_success       = google_monitoring_alert_policy.no_success.name
    failed_audit     = google_monitoring_alert_policy.failed_audit.name
    memory           = google_monitoring_alert_policy.memory.name
  }
}

output "region" {
  description = "Region of the Cloud Run job and of the Cloud Scheduler job"
  value       = google_cloud_run_v2_job.ingestion.location
}
