# What a plan of the module promises: the guide's names and defaults, one identity for each part,
# no secret's value, nothing public.

mock_provider "google" {
  source = "./tests/mocks"
}

variables {
  project_id                      = "dog-breeds-demo"
  service_account_email           = "dlt-runner@dog-breeds-demo.iam.gserviceaccount.com"
  scheduler_service_account_email = "dlt-invoker@dog-breeds-demo.iam.gserviceaccount.com"
  container_image                 = "europe-west1-docker.pkg.dev/dog-breeds-demo/pipelines/dlt-ingestion:latest"
}

run "names_and_defaults_are_the_guides" {
  command = plan

  assert {
    condition     = google_cloud_run_v2_job.ingestion.name == "dlt-dog-breeds-ingestion" && google_cloud_run_v2_job.ingestion.location == "europe-west1"
    error_message = "The job is ${google_cloud_run_v2_job.ingestion.name} in ${google_cloud_run_v2_job.ingestion.location}."
  }

  assert {
    condition     = google_cloud_run_v2_job.ingestion.template[0].template[0].timeout == "1800s" && google_cloud_run_v2_job.ingestion.template[0].template[0].max_retries == 1
    error_message = "Timeout or retries differ from the guide's."
  }

  assert {
    condition     = google_cloud_run_v2_job.ingestion.template[0].template[0].containers[0].resources[0].limits == tomap({ cpu = "1", memory = "512Mi" })
    error_message = "CPU or memory differ from the guide's."
  }

  assert {
    condition     = google_cloud_scheduler_job.trigger.name == "dlt-dog-breeds-weekly-trigger" && google_cloud_scheduler_job.trigger.schedule == "0 4 * * 1" && google_cloud_scheduler_job.trigger.time_zone == "UTC"
    error_message = "The trigger's name, schedule or time zone differ."
  }

  assert {
    condition     = google_cloud_scheduler_job.trigger.http_target[0].uri == "https://europe-west1-run.googleapis.com/apis/run.googleapis.com/v1/namespaces/dog-breeds-demo/jobs/dlt-dog-breeds-ingestion:run"
    error_message = "The trigger calls ${google_cloud_scheduler_job.trigger.http_target[0].uri}."
  }

  assert {
    condition     = output.datasets == { published = "dog_breeds_raw", staging = "dog_breeds_raw_staging" }
    error_message = "The datasets have other names."
  }

  assert {
    condition     = alltrue([for dataset in google_bigquery_dataset.data : dataset.location == "US"])
    error_message = "A dataset is not in US."
  }
}

run "the_container_gets_the_guides_environment_and_no_other" {
  command = plan

  assert {
    condition = tomap({
      for variable in google_cloud_run_v2_job.ingestion.template[0].template[0].containers[0].env : variable.name => variable.value
      if length(variable.value_source) == 0
      }) == tomap({
      GCP_PROJECT_ID           = "dog-breeds-demo"
      BIGQUERY_DATASET         = "dog_breeds_raw"
      BIGQUERY_STAGING_DATASET = "dog_breeds_raw_staging"
      BIGQUERY_LOCATION        = "US"
      DOG_API_BASE_URL         = "https://api.thedogapi.com/v1"
      DOG_API_ENDPOINT         = "breeds"
      ENVIRONMENT              = "production"
      RUN_TIMEOUT_SECONDS      = "1800"
      IMAGE_DIGEST             = "sha256:1111111111111111111111111111111111111111111111111111111111111111"
    })
    error_message = "The environment differs."
  }
}

run "the_key_is_a_reference_and_its_value_is_nowhere" {
  command = plan

  assert {
    condition = [
      for variable in google_cloud_run_v2_job.ingestion.template[0].template[0].containers[0].env :
      [variable.name, coalesce(variable.value, "none"), variable.value_source[0].secret_key_ref[0].secret, variable.value_source[0].secret_key_ref[0].version]
      if length(variable.value_source) > 0
    ] == [["DOG_API_KEY", "none", "dog-api-key", "latest"]]
    error_message = "DOG_API_KEY is not a reference to the latest version of dog-api-key."
  }
}

run "each_part_has_its_own_account" {
  command = plan

  assert {
    condition     = google_cloud_run_v2_job.ingestion.template[0].template[0].service_account == "dlt-runner@dog-breeds-demo.iam.gserviceaccount.com"
    error_message = "The job runs as another account."
  }

  assert {
    condition     = google_cloud_scheduler_job.trigger.http_target[0].oauth_token[0].service_account_email == "dlt-invoker@dog-breeds-demo.iam.gserviceaccount.com"
    error_message = "The trigger calls as another account."
  }

  assert {
    condition     = google_cloud_run_v2_job_iam_member.invoker.role == "roles/run.invoker" && google_cloud_run_v2_job_iam_member.invoker.member == "serviceAccount:dlt-invoker@dog-breeds-demo.iam.gserviceaccount.com"
    error_message = "Not the invoker, or not it alone, may start the job."
  }

  assert {
    condition     = google_secret_manager_secret_iam_member.api_key.role == "roles/secretmanager.secretAccessor" && google_secret_manager_secret_iam_member.api_key.member == "serviceAccount:dlt-runner@dog-breeds-demo.iam.gserviceaccount.com"
    error_message = "Not the runner may read the key."
  }
}

run "datasets_are_open_to_those_named_and_to_nobody_else" {
  command = plan

  variables {
    bigquery = { reader_groups = ["analysts@example.com"] }
  }

  assert {
    condition = toset([for entry in google_bigquery_dataset.data["published"].access : join(" ", compact([entry.role, entry.special_group, entry.user_by_email, entry.group_by_email]))]) == toset([
      "OWNER projectOwners",
      "OWNER terraform-deploy@dog-breeds-demo.iam.gserviceaccount.com",
      "WRITER dlt-runner@dog-breeds-demo.iam.gserviceaccount.com",
      "READER analysts@example.com",
    ])
    error_message = "The published dataset is open to others."
  }

  assert {
    condition = toset([for entry in google_bigquery_dataset.data["staging"].access : join(" ", compact([entry.role, entry.special_group, entry.user_by_email, entry.group_by_email]))]) == toset([
      "OWNER projectOwners",
      "OWNER terraform-deploy@dog-breeds-demo.iam.gserviceaccount.com",
      "WRITER dlt-runner@dog-breeds-demo.iam.gserviceaccount.com",
    ])
    error_message = "The staging dataset is open to others."
  }

  assert {
    condition     = alltrue([for dataset in google_bigquery_dataset.data : alltrue([for entry in dataset.access : !contains(["allUsers", "allAuthenticatedUsers"], coalesce(entry.iam_member, entry.special_group, "nobody"))])])
    error_message = "A dataset is public."
  }
}

run "the_guides_single_account_does_all_three" {
  command = plan

  variables {
    service_account_email           = "terraform-deploy@dog-breeds-demo.iam.gserviceaccount.com"
    scheduler_service_account_email = null
  }

  assert {
    condition     = google_cloud_scheduler_job.trigger.http_target[0].oauth_token[0].service_account_email == "terraform-deploy@dog-breeds-demo.iam.gserviceaccount.com"
    error_message = "The trigger does not call as the job's own account."
  }

  assert {
    condition     = toset([for entry in google_bigquery_dataset.data["published"].access : entry.role]) == toset(["OWNER"])
    error_message = "An owner needs no second entry."
  }
}

run "a_tag_becomes_a_digest" {
  command = plan

  assert {
    condition     = google_cloud_run_v2_job.ingestion.template[0].template[0].containers[0].image == "europe-west1-docker.pkg.dev/dog-breeds-demo/pipelines/dlt-ingestion@sha256:1111111111111111111111111111111111111111111111111111111111111111"
    error_message = "The job's image is not the digest behind the tag."
  }
}

run "a_digest_stays_as_it_is" {
  command = plan

  variables {
    container_image = "europe-west1-docker.pkg.dev/dog-breeds-demo/pipelines/dlt-ingestion@sha256:2222222222222222222222222222222222222222222222222222222222222222"
  }

  assert {
    condition     = length(data.google_artifact_registry_docker_image.tagged) == 0 && output.image == var.container_image && output.image_digest == "sha256:2222222222222222222222222222222222222222222222222222222222222222"
    error_message = "A digest was looked up or changed."
  }
}

run "rows_survive_a_destroy" {
  command = plan

  assert {
    condition     = alltrue([for dataset in google_bigquery_dataset.data : dataset.deletion_policy == "ABANDON" && !dataset.delete_contents_on_destroy])
    error_message = "A destroy would delete rows."
  }

  assert {
    condition     = strcontains(terraform_data.farewell.input, "dog_breeds_raw_staging") && strcontains(terraform_data.farewell.input, "adopt_data")
    error_message = "A destroy does not say what stays."
  }
}

run "rows_go_where_that_is_asked_for" {
  command = plan

  variables {
    delete_data = true
  }

  assert {
    condition     = alltrue([for dataset in google_bigquery_dataset.data : dataset.deletion_policy == "DELETE" && dataset.delete_contents_on_destroy])
    error_message = "A destroy would keep rows."
  }
}

run "the_report_is_off_until_it_has_a_bucket" {
  command = plan

  variables {
    report_bucket = "dog-breeds-demo-report"
  }

  assert {
    condition     = contains([for variable in google_cloud_run_v2_job.ingestion.template[0].template[0].containers[0].env : "${variable.name}=${coalesce(variable.value, "none")}"], "REPORT_BUCKET=dog-breeds-demo-report")
    error_message = "The container does not get REPORT_BUCKET."
  }
}

run "a_disabled_key_is_told" {
  command = plan

  override_data {
    target = data.google_secret_manager_secret_version.api_key
    values = { enabled = false }
  }

  expect_failures = [check.api_key]
}
