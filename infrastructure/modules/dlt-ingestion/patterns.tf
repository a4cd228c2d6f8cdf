# The patterns that inputs are checked with; see the messages in variables.tf for good values.

locals {
  account_pattern = "^[a-z][-a-z0-9]{4,28}[a-z0-9]@[a-z][-a-z0-9]{4,28}[a-z0-9]\\.iam\\.gserviceaccount\\.com$"
  email_pattern   = "^[^@\\s]+@[^@\\s.]+(\\.[^@\\s.]+)+$"

  image_pattern = join("", [
    "^(?P<location>[a-z][-a-z0-9]*)-docker\\.pkg\\.dev/(?P<project>[a-z][-a-z0-9]{4,28}[a-z0-9])",
    "/(?P<repository>[a-z](?:[-a-z0-9]*[a-z0-9])?)/(?P<name>[a-z0-9][-._/a-z0-9]*)",
    "(?::(?P<tag>[A-Za-z0-9_][-.A-Za-z0-9_]{0,127})|@(?P<digest>sha256:[0-9a-f]{64}))$",
  ])

  # A cron field is a list of *, values or ranges, each with or without a step
  # (https://cloud.google.com/scheduler/docs/configuring/cron-job-schedules).
  cron_values = [
    "[0-5]?[0-9]",                                                             # minute
    "(?:[01]?[0-9]|2[0-3])",                                                   # hour
    "(?:0?[1-9]|[12][0-9]|3[01])",                                             # day of the month
    "(?:0?[1-9]|1[0-2]|(?i:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec))", # month
    "(?:[0-7]|(?i:sun|mon|tue|wed|thu|fri|sat))",                              # day of the week
  ]
  cron_items   = [for value in local.cron_values : "(?:\\*|${value}(?:-${value})?)(?:/[1-9][0-9]*)?"]
  cron_pattern = "^${join(" +", [for item in local.cron_items : "${item}(?:,${item})*"])}$"

  # GiB that Cloud Run takes with a number of CPUs
  # (https://cloud.google.com/run/docs/configuring/jobs/cpu, .../jobs/memory-limits).
  memory_gib = {
    "1" = { least = 0.5, most = 4 }
    "2" = { least = 0.5, most = 8 }
    "4" = { least = 2, most = 16 }
    "6" = { least = 4, most = 24 }
    "8" = { least = 4, most = 32 }
  }
  memory_pattern = "^[1-9][0-9]{0,5}(Mi|Gi)$"

  own_variables = [
    "GCP_PROJECT_ID", "BIGQUERY_DATASET", "BIGQUERY_STAGING_DATASET", "BIGQUERY_LOCATION",
    "DOG_API_BASE_URL", "DOG_API_ENDPOINT", "DOG_API_KEY", "ENVIRONMENT", "RUN_TIMEOUT_SECONDS",
    "IMAGE_DIGEST", "REPORT_BUCKET",
  ]
}
