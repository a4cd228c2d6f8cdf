# What the person who applies bootstrap decides.

variable "project_id" {
  description = "Project that everything is made in; it exists, with billing"
  type        = string

  validation {
    condition     = can(regex("^[a-z][-a-z0-9]{4,28}[a-z0-9]$", var.project_id))
    error_message = "project_id is '${var.project_id}'; it must be a project's id (not its number or name), such as dog-breeds-demo."
  }
}

variable "region" {
  description = "Region of the images"
  type        = string
  default     = "europe-west1"
  nullable    = false

  validation {
    condition     = can(regex("^[a-z]+-[a-z]+[0-9]+$", var.region))
    error_message = "region is '${var.region}'; it must be a region (not a zone or a multi-region), such as europe-west1."
  }
}

variable "github" {
  description = "GitHub repository whose workflows may deploy: owner/name, and its numeric id (a name can be taken over, an id can't); null: no workflow may"
  type = object({
    repository    = string
    repository_id = number
  })
  default = null

  validation {
    condition     = var.github == null ? true : can(regex("^[A-Za-z0-9-]+/[A-Za-z0-9._-]+$", var.github.repository))
    error_message = "github.repository is '${try(var.github.repository, "")}'; it must be owner/name, such as example/dog-breeds."
  }

  validation {
    condition     = var.github == null ? true : (var.github.repository_id > 0 && floor(var.github.repository_id) == var.github.repository_id)
    error_message = "github.repository_id must be the repository's number, such as 123456789: gh api repos/OWNER/NAME --jq .id"
  }
}

variable "separate_accounts" {
  description = "true: one account deploys, one runs the job, one starts it. false: terraform-deploy does all three"
  type        = bool
  default     = true
  nullable    = false
}

variable "state_bucket_location" {
  description = "Location of the bucket with Terraform's state; null: the region"
  type        = string
  default     = null

  validation {
    condition     = var.state_bucket_location == null || can(regex("^([A-Za-z]{2,4}|[A-Za-z]+-[A-Za-z]+[0-9]+)$", var.state_bucket_location))
    error_message = "state_bucket_location is '${coalesce(var.state_bucket_location, "null")}'; it must be a location of Cloud Storage, such as EU, US or europe-west1."
  }
}

variable "report_bucket" {
  description = "Name of a bucket to make for the report that each run writes; null: none"
  type        = string
  default     = null

  validation {
    condition     = var.report_bucket == null || can(regex("^[a-z0-9][a-z0-9._-]{1,61}[a-z0-9]$", var.report_bucket))
    error_message = "report_bucket is '${coalesce(var.report_bucket, "null")}'; it must be a bucket's name without gs://, such as dog-breeds-demo-report."
  }
}

variable "kept_images" {
  description = "How many of the newest images are kept whatever their tags"
  type        = number
  default     = 10
  nullable    = false

  validation {
    condition     = var.kept_images >= 1 && var.kept_images <= 1000 && floor(var.kept_images) == var.kept_images
    error_message = "kept_images is ${var.kept_images}; it must be a whole number from 1 to 1000, such as 10."
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
