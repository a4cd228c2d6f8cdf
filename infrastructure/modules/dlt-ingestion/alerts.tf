# Who is told what: a failed execution, silence, a failed audit, memory near its limit.

locals {
  of_this_job = "resource.type=\"cloud_run_job\" AND resource.labels.job_name=\"${var.job.name}\""

  # Absence conditions end at 23.5 hours, and increase() of a counter that stopped is empty, not 0:
  # silence for days is only seen by counting samples (tests/no_success.promtool.yaml).
  no_success_query = trimspace(templatefile("${path.module}/queries/no_success.promql", {
    job_name = var.job.name
    days     = var.alerts.days_without_success
  }))

  notification_channels = [for channel in google_monitoring_notification_channel.email : channel.name]
}

resource "google_monitoring_notification_channel" "email" {
  count = var.alerts.email == null ? 0 : 1

  project      = var.project_id
  display_name = "${var.job.name} by email"
  type         = "email"
  user_labels  = var.labels
  labels       = { email_address = var.alerts.email }
}

resource "google_monitoring_alert_policy" "failed_execution" {
  project               = var.project_id
  display_name          = "${var.job.name}: failed execution"
  combiner              = "OR"
  severity              = "ERROR"
  user_labels           = var.labels
  notification_channels = local.notification_channels

  conditions {
    display_name = "An execution has failed"

    condition_threshold {
      filter          = "${local.of_this_job} AND metric.type=\"run.googleapis.com/job/completed_execution_count\" AND metric.labels.result=\"failed\""
      comparison      = "COMPARISON_GT"
      threshold_value = 0
      duration        = "0s"

      aggregations {
        alignment_period   = "300s"
        per_series_aligner = "ALIGN_DELTA"
      }

      trigger {
        count = 1
      }
    }
  }

  documentation {
    mime_type = "text/markdown"
    content   = "An execution of ${var.job.name} failed after its retries; the tables are as the last good run left them. What to do: ${var.runbook}#failed-execution"
  }
}

resource "google_monitoring_alert_policy" "no_success" {
  project               = var.project_id
  display_name          = "${var.job.name}: no success for ${var.alerts.days_without_success} days"
  combiner              = "OR"
  severity              = "ERROR"
  user_labels           = var.labels
  notification_channels = local.notification_channels

  conditions {
    display_name = "No execution has succeeded for ${var.alerts.days_without_success} days"

    condition_prometheus_query_language {
      query               = local.no_success_query
      duration            = "3600s" # an hour to run a new job for the first time
      evaluation_interval = "3600s"
      # In a new project nothing has been measured yet.
      disable_metric_validation = true
    }
  }

  documentation {
    mime_type = "text/markdown"
    content   = "No execution of ${var.job.name} has succeeded for ${var.alerts.days_without_success} days; the rows are that old. What to do: ${var.runbook}#no-success-for-8-days"
  }
}

resource "google_monitoring_alert_policy" "failed_audit" {
  project               = var.project_id
  display_name          = "${var.job.name}: failed audit"
  combiner              = "OR"
  severity              = "WARNING"
  user_labels           = var.labels
  notification_channels = local.notification_channels

  conditions {
    display_name = "The content that was read failed an audit"

    condition_matched_log {
      filter           = "${local.of_this_job} AND jsonPayload.message=\"audit\" AND severity=\"ERROR\""
      label_extractors = { audit = "EXTRACT(jsonPayload.audit)" }
    }
  }

  alert_strategy {
    auto_close = "86400s"

    notification_rate_limit {
      period = "3600s"
    }
  }

  documentation {
    mime_type = "text/markdown"
    content   = "What ${var.job.name} read failed an audit and was not published; the tables are as the last good run left them. What to do: ${var.runbook}#failed-audit"
  }
}

resource "google_monitoring_alert_policy" "memory" {
  project               = var.project_id
  display_name          = "${var.job.name}: memory near its limit"
  combiner              = "OR"
  severity              = "WARNING"
  user_labels           = var.labels
  notification_channels = local.notification_channels

  conditions {
    display_name = "More than 90 % of ${var.job.memory} is in use"

    condition_threshold {
      filter          = "${local.of_this_job} AND metric.type=\"run.googleapis.com/container/memory/utilizations\""
      comparison      = "COMPARISON_GT"
      threshold_value = 0.9
      duration        = "0s"

      aggregations {
        alignment_period   = "60s"
        per_series_aligner = "ALIGN_PERCENTILE_99"
      }

      trigger {
        count = 1
      }
    }
  }

  documentation {
    mime_type = "text/markdown"
    content   = "${var.job.name} used more than 90 % of its ${var.job.memory}; past it, Cloud Run kills the run. What to do: ${var.runbook}#memory-near-limit"
  }
}
