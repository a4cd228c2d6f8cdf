"""The service, for its modules to register with, and how accounts are named."""

from rehearsal.api.call import Call
from rehearsal.api.service import Service
from rehearsal.identity.accounts import ACCOUNTS, project_of

__all__ = ["API", "KIND", "account_name", "project_of", "service"]

API = ("iam", "v1")
KIND = ACCOUNTS
service = Service("iam.googleapis.com", "Identity and Access Management (IAM) API")


def account_name(call: Call) -> str:
    """The name of the account that a call is about: ``projects/ID/serviceAccounts/EMAIL``.

    The project may be a wildcard, and an account may be named by its unique id.
    """
    given = call.path.get("name") or call.path.get("resource") or ""
    parts = given.split("/")
    project, key = parts[1], parts[3]
    if key.isdigit():
        return _by_unique_id(call, key) or given
    if project == "-":
        return f"projects/{project_of(key) or call.project}/serviceAccounts/{key}"
    return "/".join(parts[:4])


def _by_unique_id(call: Call, unique_id: str) -> str:
    for name, account in call.cloud.store.list(KIND):
        if account["uniqueId"] == unique_id:
            return name
    return ""


@service.resource_of(*API, "iam.projects.serviceAccounts")
def _resource(call: Call) -> str:
    """An account itself; its project, for those that are made or listed."""
    given = call.path.get("name") or call.path.get("resource") or ""
    if "/serviceAccounts/" in given:
        return f"//iam.googleapis.com/{account_name(call)}"
    return f"//cloudresourcemanager.googleapis.com/{given}"
