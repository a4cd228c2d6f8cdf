# Who may do what in the project, on the smallest resource that the role can be given on.
#
# Only what no resource exists for yet, or what has no policy of its own, is given on the project.
# The job's, the datasets' and the production secret's readers are given by the deployment itself.

locals {
  deploy_roles = [
    "roles/run.admin",                            # makes the job, and says who may start it: developer may not
    "roles/cloudscheduler.admin",                 # makes the trigger; triggers have no policy of their own
    "roles/bigquery.user",                        # makes the datasets, and queries them after a deployment
    "roles/monitoring.alertPolicyEditor",         # makes the alerts
    "roles/monitoring.notificationChannelEditor", # makes the channel that alerts go to
    "roles/monitoring.dashboardEditor",           # makes the dashboard
    "roles/logging.configWriter",                 # makes the metrics from logs, and the rule of the audit's alert
  ]
}

resource "google_project_iam_member" "deploy" {
  for_each = toset(local.deploy_roles)

  project = var.project_id
  role    = each.value
  member  = local.members.deploy
}

# Jobs of BigQuery belong to a project, whichever dataset they read.
resource "google_project_iam_member" "runner_jobs" {
  count = var.separate_accounts ? 1 : 0 # bigquery.user has it

  project = var.project_id
  role    = "roles/bigquery.jobUser"
  member  = local.members.runner
}

# Reads, writes and locks the deployment's state, and can't touch bootstrap's, should that be moved beside it.
resource "google_storage_bucket_iam_member" "state" {
  bucket = google_storage_bucket.state.name
  role   = "roles/storage.objectUser"
  member = local.members.deploy

  condition {
    title       = "state-of-the-deployment"
    description = "Lists the bucket; objects below dlt-ingestion/ alone"
    expression  = "resource.type == 'storage.googleapis.com/Bucket' || resource.name.startsWith('projects/_/buckets/${google_storage_bucket.state.name}/objects/dlt-ingestion/')"
  }
}

# Pushes images, moves tags, and finds the digest behind one.
resource "google_artifact_registry_repository_iam_member" "deploy" {
  project    = var.project_id
  location   = google_artifact_registry_repository.pipelines.location
  repository = google_artifact_registry_repository.pipelines.name
  role       = "roles/artifactregistry.writer"
  member     = local.members.deploy
}

# Lets the job's account read the key, and sees whether there is one. No smaller role sets a secret's policy; it
# could read the key too, and so can whoever deploys code that reads it.
resource "google_secret_manager_secret_iam_member" "deploy" {
  project   = var.project_id
  secret_id = google_secret_manager_secret.api_key["production"].secret_id
  role      = "roles/secretmanager.admin"
  member    = local.members.deploy
}

resource "google_storage_bucket_iam_member" "report" {
  count = length(google_storage_bucket.report)

  bucket = google_storage_bucket.report[0].name
  role   = "roles/storage.objectUser" # overwrites the report of the run before
  member = local.members.runner
}
