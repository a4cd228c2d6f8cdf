# What a person can set in secrets.tfvars. The first two have no default; null means the default of
# modules/dlt-ingestion, which also checks the values.

variable "dlt_service_account_email" {
  description = "Identity of the job; the project is the one that the account belongs to"
  type        = string

  validation {
    condition     = can(regex(local.account_pattern, var.dlt_service_account_email))
    error_message = "dlt_service_account_email is '${var.dlt_service_account_email}'; it must be a service account's email, such as dlt-runner@dog-breeds-demo.iam.gserviceaccount.com."
  }
}

variable "dlt_container_image" {
  description = "Image in Artifact Registry, with a tag (resolved to a digest by each plan) or with a digest"
  type        = string
}

variable "dlt_scheduler_service_account_email" {
  description = "Identity that starts the job on schedule. Default: the job's own"
  type        = string
  default     = null
}

variable "deploy_service_account_email" {
  description = "Account that deploys from now on; it owns the datasets. Default: terraform-deploy of the project"
  type        = string
  default     = null
}

variable "region" {
  description = "Region of the job and of its trigger. Default: europe-west1"
  type        = string
  default     = null
}

variable "dlt_schedule" {
  description = "When the job starts by itself, as unix-cron. Default: 0 4 * * 1 (Mondays at 4)"
  type        = string
  default     = null
}

variable "dlt_time_zone" {
  description = "Time zone of dlt_schedule, a name of the tz database. Default: UTC"
  type        = string
  default     = null
}

variable "job_timeout" {
  description = "Longest time for one attempt, in seconds with an s. Default: 1800s"
  type        = string
  default     = null
}

variable "job_cpu" {
  description = "CPUs. Default: 1"
  type        = string
  default     = null
}

variable "job_memory" {
  description = "Memory in Mi or Gi. Default: 512Mi"
  type        = string
  default     = null
}

variable "job_max_retries" {
  description = "How often a failed attempt is repeated. Default: 1"
  type        = number
  default     = null
}

variable "bigquery_dataset" {
  description = "Dataset of the published tables. Default: dog_breeds_raw"
  type        = string
  default     = null
}

variable "bigquery_staging_dataset" {
  description = "Dataset of the staged tables. Default: bigquery_dataset and _staging"
  type        = string
  default     = null
}

variable "bigquery_location" {
  description = "Location of both datasets. Default: US"
  type        = string
  default     = null
}

variable "bigquery_reader_groups" {
  description = "Groups, by email, that may read the published tables. Default: none"
  type        = set(string)
  default     = null
}

variable "dog_api" {
  description = "The Dog API: base_url, endpoint, secret_id. Default: https://api.thedogapi.com/v1, breeds, dog-api-key"
  type = object({
    base_url  = optional(string)
    endpoint  = optional(string)
    secret_id = optional(string)
  })
  default  = {}
  nullable = false
}

variable "environment" {
  description = "What the pipeline is told as ENVIRONMENT. Default: production"
  type        = string
  default     = null
}

variable "extra_environment" {
  description = "More environment variables of the pipeline, never secrets. Default: none"
  type        = map(string)
  default     = null
}

variable "alert_email" {
  description = "Where alerts go. Default: nowhere; incidents are seen in the console alone"
  type        = string
  default     = null
}

variable "alert_days_without_success" {
  description = "Days without a successful execution after which an alert is due. Default: 8"
  type        = number
  default     = null
}

variable "runbook" {
  description = "Address of the runbook that alerts point to. Default: docs/runbook.md"
  type        = string
  default     = null
}

variable "report_bucket" {
  description = "Bucket for the report that each run writes, made by bootstrap. Default: no report"
  type        = string
  default     = null
}

variable "labels" {
  description = "Labels of everything that can have some. Default: none"
  type        = map(string)
  default     = null
}

variable "delete_data" {
  description = "true: a destroy deletes the datasets with their rows. Takes effect with an apply before the destroy"
  type        = bool
  default     = false
  nullable    = false
}

variable "adopt_data" {
  description = "true: both datasets are there already (a destroy kept them) and are taken over instead of made"
  type        = bool
  default     = false
  nullable    = false
}
