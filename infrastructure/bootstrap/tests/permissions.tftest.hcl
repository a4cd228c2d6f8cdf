# Who gets what: each role on the smallest resource, nothing public, nothing that could give more.

mock_provider "google" {}

variables {
  project_id = "dog-breeds-demo"
  github     = { repository = "example/dog-breeds", repository_id = 123456789 }
}

run "on_the_project_are_only_roles_that_no_resource_can_have" {
  command = apply

  assert {
    condition = toset([for binding in google_project_iam_member.deploy : binding.role]) == toset([
      "roles/bigquery.user",
      "roles/cloudscheduler.admin",
      "roles/logging.configWriter",
      "roles/monitoring.alertPolicyEditor",
      "roles/monitoring.dashboardEditor",
      "roles/monitoring.notificationChannelEditor",
      "roles/run.admin",
    ])
    error_message = "The deploying account has other roles on the project. One that sets its policy (owner, editor, securityAdmin, projectIamAdmin) it must never have; one for secrets, buckets, images or accounts belongs on the resource."
  }

  assert {
    condition     = [for binding in google_project_iam_member.runner_jobs : binding.role] == ["roles/bigquery.jobUser"] && [for binding in google_project_iam_member.pull_request : binding.role] == ["roles/bigquery.user"]
    error_message = "The runner or pull requests have other roles on the project."
  }
}

run "nobody_is_everybody" {
  command = apply

  assert {
    condition = alltrue([
      for binding in concat(
        values(google_project_iam_member.deploy), google_project_iam_member.runner_jobs, google_project_iam_member.pull_request,
        [google_storage_bucket_iam_member.state], [google_artifact_registry_repository_iam_member.deploy],
        [google_secret_manager_secret_iam_member.deploy], google_secret_manager_secret_iam_member.pull_request,
        values(google_service_account_iam_member.act_as), values(google_service_account_iam_member.github),
      ) : !strcontains(lower(binding.member), "allusers") && !strcontains(lower(binding.member), "allauthenticatedusers")
    ])
    error_message = "Something is public."
  }
}

run "only_main_deploys_and_only_this_repository_comes_in" {
  command = apply

  assert {
    condition     = google_iam_workload_identity_pool_provider.github[0].attribute_condition == "assertion.repository_id == '123456789'"
    error_message = "Another repository could come in: ${google_iam_workload_identity_pool_provider.github[0].attribute_condition}"
  }

  assert {
    condition     = google_iam_workload_identity_pool_provider.github[0].attribute_mapping["attribute.deploys"] == "assertion.ref == 'refs/heads/main' && assertion.event_name in ['push', 'workflow_dispatch', 'schedule'] ? 'yes' : 'no'"
    error_message = "Others than main may deploy."
  }

  assert {
    condition     = endswith(google_service_account_iam_member.github["deploy"].member, "/attribute.deploys/yes") && endswith(google_service_account_iam_member.github["pull_request"].member, "/attribute.tests/yes")
    error_message = "An account is open to other workflows."
  }

  assert {
    condition     = startswith(google_service_account_iam_member.github["deploy"].member, "principalSet://iam.googleapis.com/")
    error_message = "Not the pool's members."
  }
}

run "the_deploying_account_acts_as_the_other_two_alone" {
  command = apply

  assert {
    condition     = toset(keys(google_service_account_iam_member.act_as)) == toset(["runner", "invoker"])
    error_message = "It may act as others."
  }
}

run "the_guides_single_account_acts_as_itself" {
  command = apply

  variables {
    separate_accounts = false
  }

  assert {
    condition     = toset(keys(google_service_account_iam_member.act_as)) == toset(["deploy"]) && toset(keys(google_service_account.account)) == toset(["deploy", "pull_request"])
    error_message = "The single account is not single."
  }

  assert {
    condition     = !strcontains(output.secrets_tfvars, "dlt_scheduler_service_account_email")
    error_message = "secrets.tfvars has more than the guide's two lines for accounts and image."
  }
}

run "pull_requests_read_their_own_key_alone" {
  command = plan

  assert {
    condition     = [for binding in google_secret_manager_secret_iam_member.pull_request : [binding.secret_id, binding.role]] == [["dog-api-key-pr", "roles/secretmanager.secretAccessor"]]
    error_message = "Pull requests read another secret."
  }
}
