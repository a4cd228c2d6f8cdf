# What bootstrap promises: the names, private buckets, no image deleted that runs, no secret's value.

mock_provider "google" {}

variables {
  project_id = "dog-breeds-demo"
  github     = { repository = "example/dog-breeds", repository_id = 123456789 }
}

run "the_state_is_private_and_versioned" {
  command = plan

  assert {
    condition     = google_storage_bucket.state.name == "dog-breeds-demo-terraform-state" && google_storage_bucket.state.location == "europe-west1"
    error_message = "The bucket is ${google_storage_bucket.state.name} in ${google_storage_bucket.state.location}."
  }

  assert {
    condition     = google_storage_bucket.state.uniform_bucket_level_access && google_storage_bucket.state.public_access_prevention == "enforced" && google_storage_bucket.state.versioning[0].enabled && !google_storage_bucket.state.force_destroy
    error_message = "The state can become public, or be lost."
  }
}

run "cleanup_spares_what_runs_and_what_ran_before" {
  command = plan

  assert {
    condition     = toset(one([for policy in google_artifact_registry_repository.pipelines.cleanup_policies : policy.condition[0].tag_prefixes if policy.id == "keep-deployed" && policy.action == "KEEP"])) == toset(["latest", "deployed", "previous"])
    error_message = "An image that runs or ran before could be deleted."
  }

  assert {
    condition     = one([for policy in google_artifact_registry_repository.pipelines.cleanup_policies : policy.most_recent_versions[0].keep_count if policy.id == "keep-newest" && policy.action == "KEEP"]) == 10
    error_message = "The newest images are not kept."
  }

  assert {
    condition = {
      for policy in google_artifact_registry_repository.pipelines.cleanup_policies :
      policy.id => "${policy.condition[0].tag_state} ${join(",", coalesce(policy.condition[0].tag_prefixes, []))} ${policy.condition[0].older_than}"
      if policy.action == "DELETE"
    } == { drop-untagged = "UNTAGGED  2592000s", drop-proposals = "TAGGED pr- 1209600s" }
    error_message = "Other images are deleted than untagged ones after 30 days and pr- ones after 14."
  }

  assert {
    condition     = google_artifact_registry_repository.pipelines.cleanup_policy_dry_run == false && length(google_artifact_registry_repository.pipelines.docker_config) == 0
    error_message = "The policies do nothing, or tags can't move."
  }
}

run "names_are_those_that_others_use" {
  command = apply

  assert {
    condition     = toset([for account in google_service_account.account : account.account_id]) == toset(["terraform-deploy", "dlt-runner", "dlt-invoker", "github-pull-request"])
    error_message = "The accounts have other names."
  }

  assert {
    condition     = output.secrets == { production = "dog-api-key", pull_requests = "dog-api-key-pr" } && output.image == "europe-west1-docker.pkg.dev/dog-breeds-demo/pipelines/dlt-ingestion"
    error_message = "Secrets or image have other names."
  }

  assert {
    condition     = toset(keys(output.github_variables)) == toset(["GCP_PROJECT_ID", "GCP_REGION", "GCP_WORKLOAD_IDENTITY_PROVIDER", "GCP_DEPLOY_SERVICE_ACCOUNT", "GCP_PULL_REQUEST_SERVICE_ACCOUNT"])
    error_message = "The workflows' variables have other names."
  }

  assert {
    condition     = strcontains(output.backend, "bucket = \"dog-breeds-demo-terraform-state\"") && strcontains(output.backend, "prefix = \"dlt-ingestion\"")
    error_message = "backend.tf would be ${output.backend}"
  }

  assert {
    condition     = strcontains(output.secrets_tfvars, "dlt_container_image                 = \"europe-west1-docker.pkg.dev/dog-breeds-demo/pipelines/dlt-ingestion:latest\"\n")
    error_message = "secrets.tfvars would be ${output.secrets_tfvars}"
  }
}

run "without_github_nothing_is_federated" {
  command = plan

  variables {
    github = null
  }

  assert {
    condition     = length(google_iam_workload_identity_pool.github) + length(google_iam_workload_identity_pool_provider.github) + length(google_service_account_iam_member.github) == 0
    error_message = "A pool for nobody."
  }

  assert {
    condition     = keys(google_secret_manager_secret.api_key) == ["production"] && !contains(keys(google_service_account.account), "pull_request")
    error_message = "A secret or an account for pull requests that can't come."
  }
}

run "a_report_has_a_private_bucket" {
  command = apply

  variables {
    report_bucket = "dog-breeds-demo-report"
  }

  assert {
    condition     = google_storage_bucket.report[0].public_access_prevention == "enforced" && google_storage_bucket.report[0].uniform_bucket_level_access
    error_message = "The report can become public."
  }

  assert {
    condition     = google_storage_bucket_iam_member.report[0].role == "roles/storage.objectUser" && google_storage_bucket_iam_member.report[0].member == "serviceAccount:${google_service_account.account["runner"].email}"
    error_message = "Not the runner may write the report."
  }

  assert {
    condition     = strcontains(replace(output.secrets_tfvars, "/ +/", " "), "report_bucket = \"dog-breeds-demo-report\"\n")
    error_message = "The deployment is not told."
  }
}

run "mistakes_one" {
  command = plan

  variables {
    project_id            = "Dog Breeds"
    region                = "europe-west1-b"
    github                = { repository = "dog-breeds", repository_id = 123456789 }
    state_bucket_location = "Europe (west)"
    report_bucket         = "gs://dog-breeds-demo-report"
    kept_images           = 0
    labels                = { Team = "data" }
  }

  expect_failures = [
    var.project_id,
    var.region,
    var.github,
    var.state_bucket_location,
    var.report_bucket,
    var.kept_images,
    var.labels,
  ]
}

run "mistakes_two" {
  command = plan

  variables {
    github = { repository = "example/dog-breeds", repository_id = -1 }
  }

  expect_failures = [var.github]
}
