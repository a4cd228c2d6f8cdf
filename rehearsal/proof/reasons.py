"""Why each binding is there, by who has it and its role; the page says it beside the proof."""

REASONS = {
    ("terraform-deploy", "roles/run.admin"): "makes the job, and says who may start it",
    ("terraform-deploy", "roles/cloudscheduler.admin"): "makes the trigger",
    (
        "terraform-deploy",
        "roles/bigquery.user",
    ): "makes the datasets, and queries after a deployment",
    ("terraform-deploy", "roles/bigquery.dataOwner"): "changes the datasets, whoever made them",
    ("terraform-deploy", "roles/monitoring.alertPolicyEditor"): "makes the alerts",
    (
        "terraform-deploy",
        "roles/monitoring.notificationChannelEditor",
    ): "makes the channel of the alerts",
    ("terraform-deploy", "roles/monitoring.dashboardEditor"): "makes the dashboard",
    ("terraform-deploy", "roles/logging.configWriter"): "makes the metrics from logs",
    ("terraform-deploy", "roles/storage.objectUser"): "reads, writes and locks the state",
    ("terraform-deploy", "roles/artifactregistry.writer"): "pushes images, moves and resolves tags",
    ("terraform-deploy", "roles/secretmanager.admin"): "lets the job's account read the key",
    (
        "terraform-deploy",
        "roles/iam.serviceAccountUser",
    ): "gives the job and the trigger their accounts",
    ("dlt-runner", "roles/bigquery.jobUser"): "runs load jobs and queries",
    ("dlt-runner", "roles/bigquery.dataEditor"): "writes its tables",
    ("dlt-runner", "roles/secretmanager.secretAccessor"): "is given the key of the API",
    ("dlt-invoker", "roles/run.invoker"): "starts the job",
    ("github-pull-request", "roles/bigquery.user"): "makes, fills and removes datasets of its own",
    ("github-pull-request", "roles/secretmanager.secretAccessor"): "reads the key of tests",
    (
        "attribute.deploys/yes",
        "roles/iam.workloadIdentityUser",
    ): "workflows of main become terraform-deploy",
    (
        "attribute.tests/yes",
        "roles/iam.workloadIdentityUser",
    ): "workflows of pull requests become theirs",
}
