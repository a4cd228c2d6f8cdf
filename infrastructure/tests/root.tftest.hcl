# What a person types in secrets.tfvars reaches the module: two lines suffice, and each other one counts.

mock_provider "google" {
  source = "./modules/dlt-ingestion/tests/mocks"
}

variables {
  dlt_service_account_email = "terraform-deploy@dog-breeds-demo.iam.gserviceaccount.com"
  dlt_container_image       = "europe-west1-docker.pkg.dev/dog-breeds-demo/pipelines/dlt-ingestion:latest"
}

run "the_guides_two_lines_suffice" {
  command = plan

  assert {
    condition     = output.project_id == "dog-breeds-demo"
    error_message = "The project is ${output.project_id}, not the account's."
  }

  assert {
    condition     = output.execute_command == "gcloud run jobs execute dlt-dog-breeds-ingestion --region=europe-west1 --project=dog-breeds-demo --wait"
    error_message = "The command is ${output.execute_command}."
  }

  assert {
    condition     = output.scheduler_name == "dlt-dog-breeds-weekly-trigger" && output.dataset == "dog_breeds_raw" && output.staging_dataset == "dog_breeds_raw_staging"
    error_message = "Names differ from the guide's."
  }

  assert {
    condition     = output.image_digest == "sha256:1111111111111111111111111111111111111111111111111111111111111111"
    error_message = "The tag was not resolved."
  }
}

run "other_values_reach_the_module" {
  command = plan

  variables {
    region           = "us-central1"
    bigquery_dataset = "breeds"
  }

  assert {
    condition     = output.job_region == "us-central1" && output.dataset == "breeds" && output.staging_dataset == "breeds_staging"
    error_message = "A value did not reach the module."
  }

  assert {
    condition     = output.job_link == "https://console.cloud.google.com/run/jobs/details/us-central1/dlt-dog-breeds-ingestion/executions?project=dog-breeds-demo"
    error_message = "The link is ${output.job_link}."
  }
}

run "an_email_without_a_project_is_refused" {
  command = plan

  variables {
    dlt_service_account_email = "me@example.com"
  }

  expect_failures = [var.dlt_service_account_email]
}
