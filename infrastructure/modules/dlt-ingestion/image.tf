# Resolves the container image to a digest, once, at plan time.
#
# A job that names a tag gets whatever the tag points at when an execution starts
# (https://cloud.google.com/run/docs/deploying#images); a digest changes only by an apply.

locals {
  image_parts = regex(local.image_pattern, var.container_image)
  image_address = format(
    "%s-docker.pkg.dev/%s/%s/%s",
    local.image_parts.location,
    local.image_parts.project,
    local.image_parts.repository,
    local.image_parts.name,
  )
  image_has_digest = local.image_parts.digest != null

  image_digest = (
    local.image_has_digest
    ? local.image_parts.digest
    : regex("sha256:[0-9a-f]{64}$", data.google_artifact_registry_docker_image.tagged[0].self_link)
  )
  image = "${local.image_address}@${local.image_digest}"
}

data "google_artifact_registry_docker_image" "tagged" {
  count = local.image_has_digest ? 0 : 1

  project       = local.image_parts.project
  location      = local.image_parts.location
  repository_id = local.image_parts.repository
  image_name    = "${local.image_parts.name}:${local.image_parts.tag}"
}
