# What the module is told. Only the project, the job's account and the image have no default.

variable "project_id" {
  description = "Project of everything here"
  type        = string

  validation {
    condition     = can(regex("^[a-z][-a-z0-9]{4,28}[a-z0-9]$", var.project_id))
    error_message = "project_id is '${var.project_id}'; it must be a project's id (not its number or name), such as dog-breeds-demo."
  }
}

variable "region" {
  description = "Region of the Cloud Run job and of the Cloud Scheduler job"
  type        = string
  default     = "europe-west1"
  nullable    = false

  validation {
    condition     = can(regex("^[a-z]+-[a-z]+[0-9]+$", var.region))
    error_message = "region is '${var.region}'; it must be a region (not a zone or a multi-region), such as europe-west1."
  }
}

variable "service_account_email" {
  description = "Identity of the job"
  type        = string

  validation {
    condition     = can(regex(local.account_pattern, var.service_account_email))
    error_message = "The job's service account is '${var.service_account_email}'; it must be an account's email, such as dlt-runner@dog-breeds-demo.iam.gserviceaccount.com."
  }
}

variable "scheduler_service_account_email" {
  description = "Identity that starts the job on schedule; null: the job's own"
  type        = string
  default     = null

  validation {
    condition     = var.scheduler_service_account_email == null || can(regex(local.account_pattern, var.scheduler_service_account_email))
    error_message = "The scheduler's service account is '${coalesce(var.scheduler_service_account_email, "null")}'; it must be an account's email, such as dlt-invoker@dog-breeds-demo.iam.gserviceaccount.com."
  }
}

variable "deploy_service_account_email" {
  description = "Account that owns the datasets beside the project's owners, so that it can change them whoever made them; null: terraform-deploy of the project"
  type        = string
  default     = null

  validation {
    condition     = var.deploy_service_account_email == null || can(regex(local.account_pattern, var.deploy_service_account_email))
    error_message = "The deploying service account is '${coalesce(var.deploy_service_account_email, "null")}'; it must be an account's email, such as terraform-deploy@dog-breeds-demo.iam.gserviceaccount.com."
  }
}

variable "container_image" {
  description = "Image in Artifact Registry, with a tag (resolved to a digest at plan time) or with a digest"
  type        = string

  validation {
    condition     = can(regex(local.image_pattern, var.container_image))
    error_message = "The image is '${var.container_image}'; it must be an address in Artifact Registry with a tag or a digest, such as europe-west1-docker.pkg.dev/dog-breeds-demo/pipelines/dlt-ingestion:latest."
  }
}

variable "job" {
  description = "The Cloud Run job: name, timeout in seconds with an s, CPUs, memory in Mi or Gi, retries of a failed task"
  type = object({
    name        = optional(string, "dlt-dog-breeds-ingestion")
    timeout     = optional(string, "1800s")
    cpu         = optional(string, "1")
    memory      = optional(string, "512Mi")
    max_retries = optional(number, 1)
  })
  default  = {}
  nullable = false

  validation {
    condition     = can(regex("^[a-z]([-a-z0-9]{0,47}[a-z0-9])?$", var.job.name))
    error_message = "The job's name is '${var.job.name}'; it must be up to 49 lowercase letters, digits and hyphens, such as dlt-dog-breeds-ingestion."
  }

  # Most: https://cloud.google.com/run/docs/configuring/task-timeout
  validation {
    condition     = can(regex("^[1-9][0-9]{0,5}s$", var.job.timeout)) && try(tonumber(trimsuffix(var.job.timeout, "s")) <= 604800, false)
    error_message = "job_timeout is '${var.job.timeout}'; it must be whole seconds with an s, from 1s to 604800s (7 days), such as 1800s."
  }

  validation {
    condition     = contains(keys(local.memory_gib), var.job.cpu)
    error_message = "job_cpu is '${var.job.cpu}'; Cloud Run has jobs with 1, 2, 4, 6 or 8 CPUs, such as 1."
  }

  validation {
    condition     = can(regex(local.memory_pattern, var.job.memory))
    error_message = "job_memory is '${var.job.memory}'; it must be a whole number with Mi or Gi, such as 512Mi."
  }

  validation {
    # A wrong CPU or memory alone has its own message.
    condition = try(alltrue([
      for gib in [tonumber(regex("^[0-9]+", var.job.memory)) / (endswith(var.job.memory, "Mi") ? 1024 : 1)] :
      gib >= local.memory_gib[var.job.cpu].least && gib <= local.memory_gib[var.job.cpu].most
    ]), true)
    error_message = "job_memory is '${var.job.memory}' with job_cpu '${var.job.cpu}'; Cloud Run takes from 512Mi to 4Gi with 1 CPU, to 8Gi with 2, 2Gi to 16Gi with 4, 4Gi to 24Gi with 6, 4Gi to 32Gi with 8, such as 512Mi with 1."
  }

  # https://cloud.google.com/run/docs/configuring/max-retries
  validation {
    condition     = var.job.max_retries >= 0 && var.job.max_retries <= 10 && floor(var.job.max_retries) == var.job.max_retries
    error_message = "job_max_retries is ${var.job.max_retries}; it must be a whole number from 0 to 10, such as 1."
  }
}

variable "schedule" {
  description = "When the job starts by itself: unix-cron and an IANA time zone"
  type = object({
    name      = optional(string, "dlt-dog-breeds-weekly-trigger")
    cron      = optional(string, "0 4 * * 1")
    time_zone = optional(string, "UTC")
  })
  default  = {}
  nullable = false

  validation {
    condition     = can(regex("^[a-zA-Z0-9_-]{1,500}$", var.schedule.name))
    error_message = "The schedule's name is '${var.schedule.name}'; it must be letters, digits, hyphens and underscores, such as dlt-dog-breeds-weekly-trigger."
  }

  validation {
    condition     = can(regex(local.cron_pattern, var.schedule.cron))
    error_message = "dlt_schedule is '${var.schedule.cron}'; it must be five fields: minute, hour, day of the month, month, day of the week, such as '0 4 * * 1' (Mondays at 4)."
  }

  validation {
    condition     = can(regex("^(UTC|GMT|[A-Z][A-Za-z_]+(/[A-Z0-9][-+A-Za-z0-9_]*){1,2})$", var.schedule.time_zone))
    error_message = "dlt_time_zone is '${var.schedule.time_zone}'; it must be a name of the tz database, such as UTC or Europe/Berlin."
  }
}

variable "bigquery" {
  description = "The datasets: published tables, staged tables (null: the same name with _staging), location, and groups that may read what is published"
  type = object({
    dataset         = optional(string, "dog_breeds_raw")
    staging_dataset = optional(string)
    location        = optional(string, "US")
    reader_groups   = optional(set(string), [])
  })
  default  = {}
  nullable = false

  validation {
    condition     = can(regex("^[A-Za-z0-9_]+$", var.bigquery.dataset)) && length(var.bigquery.dataset) <= 1000
    error_message = "bigquery_dataset is '${var.bigquery.dataset}'; it must be letters, digits and underscores, such as dog_breeds_raw."
  }

  validation {
    condition = var.bigquery.staging_dataset == null ? true : (
      can(regex("^[A-Za-z0-9_]+$", var.bigquery.staging_dataset)) && length(var.bigquery.staging_dataset) <= 1024 && var.bigquery.staging_dataset != var.bigquery.dataset
    )
    error_message = "bigquery_staging_dataset is '${coalesce(var.bigquery.staging_dataset, "null")}'; it must be letters, digits and underscores, and another dataset than the published one, such as dog_breeds_raw_staging."
  }

  # https://cloud.google.com/bigquery/docs/locations
  validation {
    condition     = can(regex("^(US|EU|[a-z]+-[a-z]+[0-9]+)$", var.bigquery.location))
    error_message = "bigquery_location is '${var.bigquery.location}'; it must be US, EU or a region, such as US or europe-west1."
  }

  validation {
    condition     = alltrue([for group in var.bigquery.reader_groups : can(regex(local.email_pattern, group))])
    error_message = "bigquery_reader_groups has ${join(", ", [for group in var.bigquery.reader_groups : "'${group}'"])}; each must be a group's email, such as analysts@example.com."
  }
}

variable "dog_api" {
  description = "The Dog API: address, path of the breeds list, and the secret that has its key"
  type = object({
    base_url  = optional(string, "https://api.thedogapi.com/v1")
    endpoint  = optional(string, "breeds")
    secret_id = optional(string, "dog-api-key")
  })
  default  = {}
  nullable = false

  validation {
    condition     = can(regex("^https://[a-z0-9.-]+(:[0-9]+)?(/[A-Za-z0-9._~-]+)*$", var.dog_api.base_url))
    error_message = "dog_api.base_url is '${var.dog_api.base_url}'; it must be an https address without a slash at its end, such as https://api.thedogapi.com/v1."
  }

  validation {
    condition     = can(regex("^[A-Za-z0-9_-]+(/[A-Za-z0-9_-]+)*$", var.dog_api.endpoint))
    error_message = "dog_api.endpoint is '${var.dog_api.endpoint}'; it must be a path without a slash at its ends, such as breeds."
  }

  validation {
    condition     = can(regex("^[A-Za-z0-9_-]{1,255}$", var.dog_api.secret_id))
    error_message = "dog_api.secret_id must be the name of a secret in Secret Manager, never the key itself: letters, digits, hyphens and underscores, such as dog-api-key."
  }
}

variable "environment" {
  description = "What the pipeline is told as ENVIRONMENT; production insists on a key and logs JSON"
  type        = string
  default     = "production"
  nullable    = false

  validation {
    condition     = contains(["production", "test", "development"], var.environment)
    error_message = "environment is '${var.environment}'; it must be production, test or development, such as production."
  }
}

variable "extra_environment" {
  description = "More variables of the container, such as limits of the audits; never secrets"
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition = alltrue([
      for name, value in var.extra_environment :
      can(regex("^[A-Z_][A-Z0-9_]*$", name)) && !contains(local.own_variables, name) && !startswith(name, "CLOUD_RUN_")
    ])
    error_message = "extra_environment has ${join(", ", keys(var.extra_environment))}; names are capitals, digits and underscores, and none that has a variable of its own here or belongs to Cloud Run, such as AUDIT_MIN_BREEDS_RATIO."
  }
}

variable "alerts" {
  description = "Where alerts go (null: only to the console), and after how many days without a success one is due"
  type = object({
    email                = optional(string)
    days_without_success = optional(number, 8)
  })
  default  = {}
  nullable = false

  validation {
    condition     = var.alerts.email == null || can(regex(local.email_pattern, var.alerts.email))
    error_message = "alert_email is '${coalesce(var.alerts.email, "null")}'; it must be one email address, such as data-team@example.com."
  }

  validation {
    condition     = var.alerts.days_without_success >= 1 && var.alerts.days_without_success <= 90 && floor(var.alerts.days_without_success) == var.alerts.days_without_success
    error_message = "alert_days_without_success is ${var.alerts.days_without_success}; it must be whole days from 1 to 90, and longer than the schedule's longest pause, such as 8 for a weekly run."
  }
}

variable "runbook" {
  description = "Address of the runbook that alerts point to"
  type        = string
  default     = "docs/runbook.md"
  nullable    = false
}

variable "delete_data" {
  description = "Whether a destroy deletes the datasets with their rows; an apply must have set it before"
  type        = bool
  default     = false
  nullable    = false
}

variable "report_bucket" {
  description = "Bucket for the report that each run writes (made by bootstrap); null: no report"
  type        = string
  default     = null

  validation {
    condition     = var.report_bucket == null || can(regex("^[a-z0-9][a-z0-9._-]{1,61}[a-z0-9]$", var.report_bucket))
    error_message = "report_bucket is '${coalesce(var.report_bucket, "null")}'; it must be a bucket's name without gs://, such as dog-breeds-demo-report."
  }
}

variable "labels" {
  description = "Labels of everything that can have some"
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition = length(var.labels) <= 64 && alltrue([
      for key, value in var.labels :
      can(regex("^[a-z][a-z0-9_-]{0,62}$", key)) && can(regex("^[a-z0-9_-]{0,63}$", value))
    ])
    error_message = "labels has ${join(", ", [for key, value in var.labels : "${key} = ${value}"])}; keys and values are up to 63 lowercase letters, digits, hyphens and underscores, and a key begins with a letter, such as team = data."
  }
}
