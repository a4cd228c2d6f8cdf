# What a plan promises about alerts: the queries, the links, and where they are sent.

mock_provider "google" {
  source = "./tests/mocks"
}

variables {
  project_id            = "dog-breeds-demo"
  service_account_email = "dlt-runner@dog-breeds-demo.iam.gserviceaccount.com"
  container_image       = "europe-west1-docker.pkg.dev/dog-breeds-demo/pipelines/dlt-ingestion:latest"
}

run "silence_is_counted" {
  command = plan

  assert {
    condition     = google_monitoring_alert_policy.no_success.conditions[0].condition_prometheus_query_language[0].query == "(sum(count_over_time(run_googleapis_com:job_completed_execution_count{result=\"succeeded\",job_name=\"dlt-dog-breeds-ingestion\"}[8d])) or vector(0)) < 1"
    error_message = "The query is ${google_monitoring_alert_policy.no_success.conditions[0].condition_prometheus_query_language[0].query}."
  }
}

run "days_and_job_are_in_the_query" {
  command = plan

  variables {
    job    = { name = "other-job" }
    alerts = { days_without_success = 32 }
  }

  assert {
    condition     = strcontains(google_monitoring_alert_policy.no_success.conditions[0].condition_prometheus_query_language[0].query, "job_name=\"other-job\"}[32d]")
    error_message = "The query ignores the job's name or the days."
  }
}

run "without_an_address_there_is_no_channel" {
  command = plan

  assert {
    condition     = length(google_monitoring_notification_channel.email) == 0
    error_message = "A channel without an address."
  }
}

run "each_alert_goes_to_the_address" {
  command = apply

  variables {
    alerts = { email = "data-team@example.com" }
  }

  assert {
    condition     = google_monitoring_notification_channel.email[0].labels == tomap({ email_address = "data-team@example.com" })
    error_message = "The channel has another address."
  }

  assert {
    condition = alltrue([
      for policy in [
        google_monitoring_alert_policy.failed_execution, google_monitoring_alert_policy.no_success,
        google_monitoring_alert_policy.failed_audit, google_monitoring_alert_policy.memory,
      ] : policy.notification_channels == tolist([google_monitoring_notification_channel.email[0].name])
    ])
    error_message = "An alert is not sent."
  }
}

run "each_alert_says_what_to_do" {
  command = plan

  variables {
    runbook = "https://example.com/runbook.md"
  }

  assert {
    condition = alltrue([
      for anchor, policy in {
        failed-execution      = google_monitoring_alert_policy.failed_execution
        no-success-for-8-days = google_monitoring_alert_policy.no_success
        failed-audit          = google_monitoring_alert_policy.failed_audit
        memory-near-limit     = google_monitoring_alert_policy.memory
      } : endswith(policy.documentation[0].content, "https://example.com/runbook.md#${anchor}")
    ])
    error_message = "An alert does not point to its section of the runbook."
  }
}

run "the_dashboard_shows_what_is_measured" {
  command = plan

  assert {
    condition = alltrue([
      for text in concat(
        [for metric in google_logging_metric.run : "logging.googleapis.com/user/${metric.name}"],
        ["run.googleapis.com/job/completed_execution_count", "run.googleapis.com/container/memory/utilizations", "count_over_time"],
      ) : strcontains(google_monitoring_dashboard.pipeline.dashboard_json, text)
    ])
    error_message = "The dashboard leaves out a metric."
  }
}
