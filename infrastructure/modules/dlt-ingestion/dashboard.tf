# The dashboard, and the metrics that are counted from the pipeline's own log events.

locals {
  # Fields of the pipeline's event run_finished.
  run_metrics = {
    breeds         = { field = "breeds", unit = "1", description = "Breeds published after a run" }
    flagged_values = { field = "flagged", unit = "1", description = "Values of a run that could not be parsed" }
    run_seconds    = { field = "seconds", unit = "s", description = "Duration of a run inside its container" }
  }

  by_result = {
    filter      = "metric.type=\"run.googleapis.com/job/completed_execution_count\" ${local.of_this_job}"
    aggregation = { alignmentPeriod = "3600s", perSeriesAligner = "ALIGN_SUM", crossSeriesReducer = "REDUCE_SUM", groupByFields = ["metric.label.result"] }
  }
  memory = {
    filter      = "metric.type=\"run.googleapis.com/container/memory/utilizations\" ${local.of_this_job}"
    aggregation = { alignmentPeriod = "60s", perSeriesAligner = "ALIGN_PERCENTILE_99", crossSeriesReducer = "REDUCE_MAX" }
  }
  run_mean = {
    for name in keys(local.run_metrics) : name => {
      filter      = "metric.type=\"logging.googleapis.com/user/${var.job.name}/${name}\" ${local.of_this_job}"
      aggregation = { alignmentPeriod = "3600s", perSeriesAligner = "ALIGN_DELTA", crossSeriesReducer = "REDUCE_MEAN" }
    }
  }

  charts = [
    { title = "Executions by result", plot = "STACKED_BAR", query = { timeSeriesFilter = local.by_result } },
    {
      title = "Fresh: successes within ${var.alerts.days_without_success} days"
      plot  = "LINE"
      query = { prometheusQuery = trimspace(templatefile("${path.module}/queries/successes.promql", { job_name = var.job.name, days = var.alerts.days_without_success })) }
    },
    { title = "Breeds published", plot = "STACKED_BAR", query = { timeSeriesFilter = local.run_mean.breeds } },
    { title = "Flagged values", plot = "STACKED_BAR", query = { timeSeriesFilter = local.run_mean.flagged_values } },
    { title = "Duration of a run (s)", plot = "STACKED_BAR", query = { timeSeriesFilter = local.run_mean.run_seconds } },
    { title = "Memory in use (share of ${var.job.memory})", plot = "LINE", query = { timeSeriesFilter = local.memory } },
  ]
  tile = { width = 24, height = 16 } # a dashboard is 48 wide

  dashboard = {
    displayName = var.job.name
    labels      = { for key, value in var.labels : key => value }
    mosaicLayout = {
      columns = 2 * local.tile.width
      tiles = concat(
        [for position, chart in local.charts : {
          xPos   = position % 2 * local.tile.width
          yPos   = floor(position / 2) * local.tile.height
          width  = local.tile.width
          height = local.tile.height
          widget = {
            title = chart.title
            xyChart = {
              dataSets = [{ plotType = chart.plot, targetAxis = "Y1", timeSeriesQuery = chart.query }]
            }
          }
        }],
        [{
          xPos   = 0
          yPos   = ceil(length(local.charts) / 2) * local.tile.height
          width  = 2 * local.tile.width
          height = local.tile.height
          widget = {
            title = "How runs ended, and what they complained about"
            logsPanel = {
              filter        = "${local.of_this_job}\n(jsonPayload.message=\"run_finished\" OR severity>=WARNING)"
              resourceNames = ["projects/${var.project_id}"]
            }
          }
        }],
      )
    }
  }
}

resource "google_logging_metric" "run" {
  for_each = local.run_metrics

  project         = var.project_id
  name            = "${var.job.name}/${each.key}"
  description     = each.value.description
  filter          = "${local.of_this_job} AND jsonPayload.message=\"run_finished\""
  value_extractor = "EXTRACT(jsonPayload.${each.value.field})"

  metric_descriptor {
    metric_kind = "DELTA"
    value_type  = "DISTRIBUTION"
    unit        = each.value.unit
  }
}

resource "google_monitoring_dashboard" "pipeline" {
  project        = var.project_id
  dashboard_json = jsonencode(local.dashboard)

  depends_on = [google_logging_metric.run]
}
