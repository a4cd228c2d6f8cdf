# The versions of Terraform and of its provider that the module works with.

terraform {
  required_version = ">= 1.11"

  required_providers {
    google = {
      source = "hashicorp/google"
      # Datasets need deletion_policy; 7.45 is the oldest version whose schema was read.
      version = ">= 7.45, < 9"
    }
  }
}
