# What the mocked provider answers where a plan depends on it.

mock_data "google_artifact_registry_docker_image" {
  defaults = {
    self_link = "europe-west1-docker.pkg.dev/dog-breeds-demo/pipelines/dlt-ingestion@sha256:1111111111111111111111111111111111111111111111111111111111111111"
  }
}

mock_data "google_secret_manager_secret_version" {
  defaults = {
    enabled = true
  }
}
