"""Cloud Billing: the account that a project is billed to."""

from rehearsal.api.call import Call
from rehearsal.api.service import Service
from rehearsal.documents import Document

service = Service("cloudbilling.googleapis.com", "Cloud Billing API", enablement=False)


@service.method("cloudbilling", "v1", "cloudbilling.projects.getBillingInfo", source="recorded")
def get_billing_info(call: Call) -> Document:
    """A rehearsal's project is billed to an account that costs nothing."""
    return {
        "name": f"projects/{call.project}/billingInfo",
        "projectId": call.project,
        "billingAccountName": "billingAccounts/000000-000000-000000",
        "billingEnabled": True,
    }
