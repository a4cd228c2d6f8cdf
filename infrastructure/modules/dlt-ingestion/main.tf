# The Cloud Run job that runs the pipeline, and the Cloud Scheduler job that starts it.

locals {
  job_path = "projects/${var.project_id}/locations/${var.region}/jobs/${var.job.name}"

  # The guide's environment. The key of the API is not here: it comes from Secret Manager.
  environment = merge(
    {
      GCP_PROJECT_ID           = var.project_id
      BIGQUERY_DATASET         = var.bigquery.dataset
      BIGQUERY_STAGING_DATASET = local.staging_dataset
      BIGQUERY_LOCATION        = var.bigquery.location
      DOG_API_BASE_URL         = var.dog_api.base_url
      DOG_API_ENDPOINT         = var.dog_api.endpoint
      ENVIRONMENT              = var.environment
      RUN_TIMEOUT_SECONDS      = trimsuffix(var.job.timeout, "s")
      IMAGE_DIGEST             = local.image_digest
    },
    var.report_bucket == null ? {} : { REPORT_BUCKET = var.report_bucket },
    var.extra_environment,
  )
}

resource "google_cloud_run_v2_job" "ingestion" {
  project  = var.project_id
  location = var.region
  name     = var.job.name
  labels   = var.labels

  # The job holds no data: the next apply makes the same one again.
  deletion_protection = false

  template {
    task_count = 1

    template {
      service_account = var.service_account_email
      timeout         = var.job.timeout
      max_retries     = var.job.max_retries

      containers {
        image = local.image

        resources {
          limits = {
            cpu    = var.job.cpu
            memory = var.job.memory
          }
        }

        dynamic "env" {
          for_each = local.environment
          content {
            name  = env.key
            value = env.value
          }
        }

        env {
          name = "DOG_API_KEY"
          value_source {
            secret_key_ref {
              secret = var.dog_api.secret_id
              # Resolved when an execution starts: a rotated key needs no new deployment.
              version = "latest"
            }
          }
        }
      }
    }
  }

  # Cloud Run refuses a job whose account can't read its secret, and a run needs its datasets.
  depends_on = [
    google_secret_manager_secret_iam_member.api_key,
    google_bigquery_dataset.data,
  ]
}

resource "google_cloud_run_v2_job_iam_member" "invoker" {
  project  = var.project_id
  location = google_cloud_run_v2_job.ingestion.location
  name     = google_cloud_run_v2_job.ingestion.name
  role     = "roles/run.invoker"
  member   = "serviceAccount:${local.scheduler_service_account_email}"
}

resource "google_cloud_scheduler_job" "trigger" {
  project          = var.project_id
  region           = var.region
  name             = var.schedule.name
  description      = "Starts ${var.job.name}"
  schedule         = var.schedule.cron
  time_zone        = var.schedule.time_zone
  attempt_deadline = "60s" # the call only starts an execution

  # A run may be started twice without harm, so a call that failed is repeated.
  retry_config {
    retry_count          = 3
    min_backoff_duration = "30s"
    max_backoff_duration = "600s"
  }

  http_target {
    http_method = "POST"
    uri         = "https://${var.region}-run.googleapis.com/apis/run.googleapis.com/v1/namespaces/${var.project_id}/jobs/${google_cloud_run_v2_job.ingestion.name}:run"

    oauth_token {
      service_account_email = local.scheduler_service_account_email
    }
  }

  depends_on = [google_cloud_run_v2_job_iam_member.invoker]
}
