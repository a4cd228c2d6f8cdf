# The datasets of the published and of the staged tables, and who may use them.

locals {
  staging_dataset = coalesce(var.bigquery.staging_dataset, "${var.bigquery.dataset}_staging")

  datasets = {
    published = {
      id          = var.bigquery.dataset
      description = "Dog breeds as published: see the description of each table"
      life_days   = null
    }
    staging = {
      id          = local.staging_dataset
      description = "Tables of runs that are under way; each run makes and removes its own"
      life_days   = 3 # as the pipeline sets it where it makes the dataset: what a killed run left goes
    }
  }

  # The whole access list: whoever is not here has no access by the dataset. WRITER and OWNER are
  # roles/bigquery.dataEditor and dataOwner; the API gives them back under these names
  # (https://cloud.google.com/bigquery/docs/access-control-basic-roles).
  owners  = { deployer = local.deploy_service_account_email }
  writers = var.service_account_email == local.deploy_service_account_email ? {} : { job = var.service_account_email }
}

resource "google_bigquery_dataset" "data" {
  #checkov:skip=CKV_GCP_81:Google's own keys encrypt public facts about dogs; a key of our own could only be lost.
  for_each = local.datasets

  project                     = var.project_id
  dataset_id                  = each.value.id
  location                    = var.bigquery.location
  description                 = each.value.description
  labels                      = var.labels
  default_table_expiration_ms = each.value.life_days == null ? null : each.value.life_days * 24 * 60 * 60 * 1000

  deletion_policy            = var.delete_data ? "DELETE" : "ABANDON"
  delete_contents_on_destroy = var.delete_data

  access {
    role          = "OWNER"
    special_group = "projectOwners"
  }

  # Whoever applies first is not always whoever applies next: a person, then the workflow.
  dynamic "access" {
    for_each = local.owners
    content {
      role          = "OWNER"
      user_by_email = access.value
    }
  }

  dynamic "access" {
    for_each = local.writers
    content {
      role          = "WRITER"
      user_by_email = access.value
    }
  }

  dynamic "access" {
    for_each = each.key == "published" ? var.bigquery.reader_groups : []
    content {
      role           = "READER"
      group_by_email = access.value
    }
  }

  depends_on = [terraform_data.farewell]
}

# Says at the end of a destroy what became of the rows.
resource "terraform_data" "farewell" {
  input = var.delete_data ? "The datasets were deleted with all their rows." : join("\n", [
    "The datasets stay in ${var.project_id}, with all their rows (delete_data is false).",
    "To take them back:  terraform apply -var-file=secrets.tfvars -var=adopt_data=true",
    "To remove them:     bq rm --recursive --force --dataset ${var.project_id}:${var.bigquery.dataset}",
    "                    bq rm --recursive --force --dataset ${var.project_id}:${local.staging_dataset}",
  ])

  provisioner "local-exec" {
    when        = destroy
    quiet       = true
    command     = "printf '%s\\n' \"$FAREWELL\""
    environment = { FAREWELL = self.input }
  }
}
