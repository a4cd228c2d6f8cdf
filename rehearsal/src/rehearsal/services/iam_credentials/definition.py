"""The service, for its modules to register with."""

from rehearsal.api.call import Call
from rehearsal.api.service import Service
from rehearsal.services.iam_accounts.definition import account_name

API = ("iamcredentials", "v1")
service = Service("iamcredentials.googleapis.com", "IAM Service Account Credentials API")


@service.resource_of(*API, "iamcredentials.projects.serviceAccounts")
def _account(call: Call) -> str:
    return f"//iam.googleapis.com/{account_name(call)}"
