"""Whether a caller may let a job run as its service account.

https://cloud.google.com/run/docs/securing/service-identity
"""

from rehearsal.api.call import Call
from rehearsal.errors import permission_denied
from rehearsal.services.run.defaults import default_account

_PERMISSION = "iam.serviceAccounts.actAs"
_DOMAIN = ".iam.gserviceaccount.com"


def require_act_as(call: Call, account: str) -> None:
    """Refuses a caller who may not act as the job's account, or an account that is not there.

    Raises:
        ApiError: 403.
    """
    project = _project_of(account) or call.project
    resource = f"//iam.googleapis.com/projects/{project}/serviceAccounts/{account}"
    if not _exists(call, account, project) or not call.allows(_PERMISSION, resource):
        raise permission_denied(
            f"Permission 'iam.serviceaccounts.actAs' denied on service account {account}"
            " (or it may not exist).",
            permission="iam.serviceaccounts.actAs",
            resource=resource.split("/", 3)[-1],
        )


def _project_of(account: str) -> str:
    domain = account.partition("@")[2]
    return domain.removesuffix(_DOMAIN) if domain.endswith(_DOMAIN) else ""


def _exists(call: Call, account: str, project: str) -> bool:
    """The default account is there without having been made."""
    name = f"projects/{project}/serviceAccounts/{account}"
    return (
        account == default_account(call.cloud, call.project)
        or call.cloud.store.get("iam.serviceAccounts", name) is not None
    )
