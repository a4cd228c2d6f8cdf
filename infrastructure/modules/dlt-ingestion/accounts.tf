# Which service account does what, where not each one was named.

locals {
  scheduler_service_account_email = coalesce(var.scheduler_service_account_email, var.service_account_email)
  deploy_service_account_email = coalesce(
    var.deploy_service_account_email,
    "terraform-deploy@${var.project_id}.iam.gserviceaccount.com",
  )
}
