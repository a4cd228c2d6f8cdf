# Where the images are, and which of them are deleted.

locals {
  policies = {
    # Keeping wins over deleting (https://cloud.google.com/artifact-registry/docs/repositories/cleanup-policy).
    keep-deployed  = { action = "KEEP", tag_state = "TAGGED", tag_prefixes = ["latest", "deployed", "previous"], older_than = null }
    drop-untagged  = { action = "DELETE", tag_state = "UNTAGGED", tag_prefixes = null, older_than = "2592000s" }
    drop-proposals = { action = "DELETE", tag_state = "TAGGED", tag_prefixes = ["pr-"], older_than = "1209600s" }
  }
}

resource "google_artifact_registry_repository" "pipelines" {
  #checkov:skip=CKV_GCP_84:Google's own keys encrypt it; a key of our own would be one more thing to lose.
  project       = var.project_id
  location      = var.region
  repository_id = "pipelines"
  description   = "Images of pipelines"
  format        = "DOCKER"
  labels        = var.labels

  # Tags may move: latest, deployed and previous do.
  cleanup_policy_dry_run = false

  cleanup_policies {
    id     = "keep-newest"
    action = "KEEP"

    most_recent_versions {
      keep_count = var.kept_images
    }
  }

  dynamic "cleanup_policies" {
    for_each = local.policies
    content {
      id     = cleanup_policies.key
      action = cleanup_policies.value.action

      condition {
        tag_state    = cleanup_policies.value.tag_state
        tag_prefixes = cleanup_policies.value.tag_prefixes
        older_than   = cleanup_policies.value.older_than
      }
    }
  }

  depends_on = [google_project_service.api]
}
