# Each input that a person can get wrong is refused by its own variable, before anything is planned.
#
# A run has one mistake for each of some variables, and fails unless each of them refuses its own; the
# last runs take what is unusual and right.

mock_provider "google" {
  source = "./tests/mocks"
}

variables {
  project_id            = "dog-breeds-demo"
  service_account_email = "dlt-runner@dog-breeds-demo.iam.gserviceaccount.com"
  container_image       = "europe-west1-docker.pkg.dev/dog-breeds-demo/pipelines/dlt-ingestion:latest"
}

run "mistakes_one" {
  command = plan

  variables {
    project_id                      = "123456789012"                                                        # a projects number
    region                          = "europe-west1-b"                                                      # a zone for a region
    service_account_email           = "dlt-runner"                                                          # a name for an account
    scheduler_service_account_email = "me@example.com"                                                      # a person for the scheduler
    deploy_service_account_email    = "me@example.com"                                                      # a person who deploys
    container_image                 = "europe-west1-docker.pkg.dev/dog-breeds-demo/pipelines/dlt-ingestion" # an image without a tag
    job                             = { name = "Ingestion" }                                                # a job with capitals
    schedule                        = { name = "every week" }                                               # a trigger with a space
    bigquery                        = { dataset = "dog-breeds" }                                            # a dataset with a hyphen
    dog_api                         = { base_url = "http://api.thedogapi.com/v1" }                          # an api without encryption
    environment                     = "prod"                                                                # an unknown environment
    extra_environment               = { GCP_PROJECT_ID = "other-project" }                                  # a variable of the deployments own
    alerts                          = { email = "data-team" }                                               # an address without a domain
    report_bucket                   = "gs://dog-breeds-demo-report"                                         # a bucket with its scheme
    labels                          = { Team = "data" }                                                     # a label with a capital
  }

  expect_failures = [
    var.project_id,
    var.region,
    var.service_account_email,
    var.scheduler_service_account_email,
    var.deploy_service_account_email,
    var.container_image,
    var.job,
    var.schedule,
    var.bigquery,
    var.dog_api,
    var.environment,
    var.extra_environment,
    var.alerts,
    var.report_bucket,
    var.labels,
  ]
}

run "mistakes_two" {
  command = plan

  variables {
    region                = "EU"                                           # a multi region for a region
    service_account_email = "me@example.com"                               # a person for an account
    container_image       = "docker.io/library/python:3.11-slim"           # an image of another registry
    job                   = { timeout = "1800" }                           # a timeout without a unit
    schedule              = { cron = "0 0 4 * * 1" }                       # a schedule with six fields
    bigquery              = { dataset = "dog-breeds-demo.dog_breeds_raw" } # a dataset with its project
    dog_api               = { base_url = "https://api.thedogapi.com/v1/" } # an api with a slash at its end
    extra_environment     = { DOG_API_KEY = "not-a-real-one" }             # a secret in the environment
    alerts                = { email = "a@example.com, b@example.com" }     # two addresses
    labels                = { "1st" = "data" }                             # a label that begins with a digit
  }

  expect_failures = [
    var.region,
    var.service_account_email,
    var.container_image,
    var.job,
    var.schedule,
    var.bigquery,
    var.dog_api,
    var.extra_environment,
    var.alerts,
    var.labels,
  ]
}

run "mistakes_three" {
  command = plan

  variables {
    container_image   = "europe-west1-docker.pkg.dev/dog-breeds-demo/pipelines/dlt-ingestion@sha256:1234" # an image with a short digest
    job               = { timeout = "30m" }                                                               # a timeout in minutes
    schedule          = { cron = "every monday 04:00" }                                                   # a schedule in words
    bigquery          = { dataset = "breeds", staging_dataset = "breeds" }                                # one dataset for both
    dog_api           = { endpoint = "breeds?limit=5" }                                                   # an endpoint with a query
    extra_environment = { log-format = "text" }                                                           # a variable in lower case
    alerts            = { days_without_success = 0.5 }                                                    # half a day
    labels            = { team = "data platform" }                                                        # a labels value with a space
  }

  expect_failures = [
    var.container_image,
    var.job,
    var.schedule,
    var.bigquery,
    var.dog_api,
    var.extra_environment,
    var.alerts,
    var.labels,
  ]
}

run "mistakes_four" {
  command = plan

  variables {
    job      = { timeout = "604801s" }                          # a timeout above seven days
    schedule = { cron = "0 25 * * 1" }                          # an hour of 25
    bigquery = { location = "Germany" }                         # a country for a location
    dog_api  = { secret_id = "projects/p/secrets/dog-api-key" } # a path for a secret
  }

  expect_failures = [
    var.job,
    var.schedule,
    var.bigquery,
    var.dog_api,
  ]
}

run "mistakes_five" {
  command = plan

  variables {
    job      = { cpu = "0.5" }                  # half a cpu
    schedule = { cron = "0 4 * 13 1" }          # a month of 13
    bigquery = { reader_groups = ["analysts"] } # a reader who is no email
  }

  expect_failures = [
    var.job,
    var.schedule,
    var.bigquery,
  ]
}

run "mistakes_six" {
  command = plan

  variables {
    job      = { cpu = "3" }            # three cpus
    schedule = { time_zone = "+01:00" } # an offset for a time zone
  }

  expect_failures = [
    var.job,
    var.schedule,
  ]
}

run "mistakes_seven" {
  command = plan

  variables {
    job      = { memory = "512MB" }            # memory in megabytes
    schedule = { time_zone = "europe/berlin" } # a time zone in lower case
  }

  expect_failures = [
    var.job,
    var.schedule,
  ]
}

run "mistakes_eight" {
  command = plan

  variables {
    job = { memory = "256Mi" } # too little memory
  }

  expect_failures = [
    var.job,
  ]
}

run "mistakes_nine" {
  command = plan

  variables {
    job = { cpu = "1", memory = "8Gi" } # too much memory for one cpu
  }

  expect_failures = [
    var.job,
  ]
}

run "mistakes_ten" {
  command = plan

  variables {
    job = { cpu = "4", memory = "1Gi" } # too little memory for four cpus
  }

  expect_failures = [
    var.job,
  ]
}

run "mistakes_eleven" {
  command = plan

  variables {
    job = { max_retries = 11 } # more retries than ten
  }

  expect_failures = [
    var.job,
  ]
}

run "unusual_and_right_one" {
  command = plan

  variables {
    job               = { cpu = "8", memory = "32Gi", timeout = "604800s", max_retries = 10 }
    schedule          = { cron = "*/15 0-6,22 1,15 jan-mar MON-FRI", time_zone = "America/Argentina/Buenos_Aires" }
    bigquery          = { dataset = "Breeds_2", location = "europe-west1" }
    extra_environment = { AUDIT_MIN_BREEDS_RATIO = "0.8", CLOCK_START = "rehearsal:now" }
    labels            = { team = "data", cost-centre = "" }
  }
}

run "unusual_and_right_two" {
  command = plan

  variables {
    job      = { cpu = "4", memory = "2048Mi", timeout = "1s", max_retries = 0 }
    schedule = { cron = "59 23 31 12 7", time_zone = "Etc/GMT+5" }
    bigquery = { location = "EU", staging_dataset = "elsewhere" }
    alerts   = { email = "first.last+alerts@data.example.com", days_without_success = 90 }
  }
}
