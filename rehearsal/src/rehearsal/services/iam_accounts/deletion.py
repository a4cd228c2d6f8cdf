"""Deletion of accounts: what goes with one, and comes back with it within thirty days.

https://cloud.google.com/iam/docs/service-accounts-delete-undelete
"""

from datetime import timedelta

from rehearsal.api.call import Call
from rehearsal.clock import parse_rfc3339, rfc3339
from rehearsal.documents import Document
from rehearsal.errors import not_found
from rehearsal.identity.accounts import KEYS
from rehearsal.identity.principal import Principal
from rehearsal.services.iam_accounts.accounts import accounts
from rehearsal.services.iam_accounts.definition import API, account_name, service

DELETED = "iam.deletedServiceAccounts"
"""Kind of deleted accounts with their keys and bindings, by unique id."""
_PREFIX = "iam.projects.serviceAccounts"
_KEPT = timedelta(days=30)


@service.method(*API, f"{_PREFIX}.delete", source="recorded")
def delete_account(call: Call) -> Document:
    """Deletes an account, its keys and its policy, and ends its tokens.

    Policies that name it keep it under a name that no later account of that address has.
    """
    account = accounts.delete(call, account_name(call))
    cloud, resource = call.cloud, f"//iam.googleapis.com/{account['name']}"
    deleted = {
        "account": account,
        "keys": [key for _, key in cloud.store.list(KEYS, f"{account['name']}/")],
        "bindings": cloud.access.policy(resource).get("bindings", []),
        "time": rfc3339(call.now),
    }
    cloud.store.put(DELETED, account["uniqueId"], deleted)
    for key in deleted["keys"]:
        cloud.store.delete(KEYS, key["name"])
    cloud.access.forget(resource)
    cloud.access.rename(_member(account), _deleted_member(account))
    cloud.tokens.revoke(Principal(_member(account)))
    return {}


def _member(account: Document) -> str:
    return f"serviceAccount:{account['email']}"


def _deleted_member(account: Document) -> str:
    """https://cloud.google.com/iam/docs/principal-identifiers#deleted"""
    return f"deleted:{_member(account)}?uid={account['uniqueId']}"


@service.resource_of(*API, f"{_PREFIX}.undelete")
def _resource(call: Call) -> str:
    """The account that was; one that is unknown is in no project that is here."""
    deleted = _find(call)
    name = deleted["account"]["name"] if deleted else call.path["name"]
    return f"//iam.googleapis.com/{name}"


def _find(call: Call) -> Document | None:
    """What was deleted under this unique id, as long as it can come back."""
    unique_id = call.path["name"].rpartition("/")[2]
    deleted = call.cloud.store.get(DELETED, unique_id)
    if deleted is None or parse_rfc3339(deleted["time"]) + _KEPT <= call.now:
        return None
    return deleted


@service.method(
    *API, f"{_PREFIX}.undelete",
    source="https://cloud.google.com/iam/docs/reference/rest/v1/projects.serviceAccounts/undelete",
)  # fmt: skip
def undelete_account(call: Call) -> Document:
    """Brings an account back, with its keys, its policy, and the roles that it had."""
    deleted = _find(call)
    if deleted is None:
        raise not_found("Unknown service account")
    account, cloud = deleted["account"], call.cloud
    accounts.create(call, account["name"], account)
    for key in deleted["keys"]:
        cloud.store.put(KEYS, key["name"], key)
    cloud.access.put_bindings(f"//iam.googleapis.com/{account['name']}", deleted["bindings"])
    cloud.access.rename(_deleted_member(account), _member(account))
    cloud.store.delete(DELETED, account["uniqueId"])
    return {"restoredAccount": account}
