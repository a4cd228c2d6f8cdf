"""Whether a caller may let a job run as its service account.

https://cloud.google.com/run/docs/securing/service-identity
"""

from rehearsal.api.call import Call
from rehearsal.errors import permission_denied
from rehearsal.services.iam_accounts.definition import KIND, project_of
from rehearsal.services.run.defaults import default_account

_PERMISSION = "iam.serviceAccounts.actAs"


def require_act_as(call: Call, account: str) -> None:
    """Refuses a caller who may not act as the job's account, or an account that is not there.

    Raises:
        ApiError: 403.
    """
    project = project_of(account) or call.project
    resource = f"//iam.googleapis.com/projects/{project}/serviceAccounts/{account}"
    if not _exists(call, account, project) or not call.allows(_PERMISSION, resource):
        raise permission_denied(
            f"Permission 'iam.serviceaccounts.actAs' denied on service account {account}"
            " (or it may not exist).",
            permission="iam.serviceaccounts.actAs",
            resource=resource.split("/", 3)[-1],
        )


def _exists(call: Call, account: str, project: str) -> bool:
    """The default account is there without having been made."""
    return (
        account == default_account(call.cloud, call.project)
        or call.cloud.store.get(KIND, f"projects/{project}/serviceAccounts/{account}") is not None
    )
