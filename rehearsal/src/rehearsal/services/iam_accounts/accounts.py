"""Service accounts: made, read, changed, disabled, and who may act as them."""

import re
import secrets

from rehearsal.api import policy_methods
from rehearsal.api.call import Call
from rehearsal.api.digests import etag, same_etag
from rehearsal.api.masks import patch
from rehearsal.api.pages import page
from rehearsal.api.resources import Collection
from rehearsal.documents import Document
from rehearsal.errors import aborted, invalid_argument
from rehearsal.services.iam_accounts.definition import API, KIND, account_name, service

_ID = re.compile(r"[a-z]([-a-z0-9]{4,28}[a-z0-9])")
_PREFIX = "iam.projects.serviceAccounts"
_LONGEST_DISPLAY_NAME_BYTES, _LONGEST_DESCRIPTION_BYTES = 100, 256

accounts = Collection(
    KIND,
    # https://github.com/MarkEdmondson1234/googleAuthR/issues/197
    missing=lambda _: "Unknown service account",
    exists=lambda name: (
        f"Service account {name.rpartition('/')[2].partition('@')[0]} already exists within"
        f" project projects/{name.split('/')[1]}."
    ),
)


def require_account(call: Call, _: str = "") -> Document:
    """The account that a call is about.

    Raises:
        ApiError: 404.
    """
    return accounts.get(call, account_name(call))


def _described(given: Document) -> Document:
    for field, longest in (
        ("displayName", _LONGEST_DISPLAY_NAME_BYTES),
        ("description", _LONGEST_DESCRIPTION_BYTES),
    ):
        if len(given.get(field, "").encode()) > longest:
            raise invalid_argument(
                f"The {field} has more than {longest} bytes.", (field, "It is too long.")
            )
    return {name: given[name] for name in ("displayName", "description") if given.get(name)}


@service.method(*API, f"{_PREFIX}.create", source="recorded")
def create_account(call: Call) -> Document:
    """Makes an account."""
    account_id = call.body.get("accountId", "")
    if not _ID.fullmatch(account_id):
        raise invalid_argument(
            f'Invalid value "{account_id}" for field account_id: 6 to 30 characters, lower-case'
            " letters, digits and dashes, beginning with a letter (as dlt-runner).",
            ("account_id", "It does not match the pattern [a-z]([-a-z0-9]*[a-z0-9])."),
        )
    project = call.project
    email = f"{account_id}@{project}.iam.gserviceaccount.com"
    unique_id = "1" + "".join(secrets.choice("0123456789") for _ in range(20))
    document = {
        "name": f"projects/{project}/serviceAccounts/{email}",
        "projectId": project,
        "uniqueId": unique_id,
        "email": email,
        "oauth2ClientId": unique_id,
    } | _described(call.body.get("serviceAccount", {}))
    return accounts.create(call, document["name"], _marked(document))


def _marked(document: Document) -> Document:
    return document | {"etag": etag(document)}


@service.method(*API, f"{_PREFIX}.get", source="recorded")
def get_account(call: Call) -> Document:
    """An account."""
    return require_account(call)


@service.method(*API, f"{_PREFIX}.list", source="recorded")
def list_accounts(call: Call) -> Document:
    """The accounts of a project."""
    return page(call, accounts.list(call, f"projects/{call.project}/"), "accounts", default=20)


@service.method(*API, f"{_PREFIX}.patch", source="recorded")
def patch_account(call: Call) -> Document:
    """Changes what describes an account; the mask is in the body."""
    current = require_account(call)
    change = _described(call.body.get("serviceAccount", {}))
    given = call.body.get("serviceAccount", {}).get("etag")
    if given and not same_etag(given, current["etag"]):
        raise aborted("There were concurrent changes of the service account. Read it again.")
    mask = call.body.get("updateMask")
    changed = patch(current, change, mask, ("displayName", "description"))
    return accounts.put(call, current["name"], _marked(changed))


@service.method(
    *API, f"{_PREFIX}.disable",
    source="https://cloud.google.com/iam/docs/service-accounts-disable-enable",
)  # fmt: skip
def disable_account(call: Call) -> Document:
    """Disables an account: its tokens count for nothing, and it gets no others."""
    account = require_account(call)
    accounts.put(call, account["name"], _marked(account | {"disabled": True}))
    return {}


@service.method(
    *API, f"{_PREFIX}.enable",
    source="https://cloud.google.com/iam/docs/service-accounts-disable-enable",
)  # fmt: skip
def enable_account(call: Call) -> Document:
    """Enables an account again."""
    account = require_account(call)
    account.pop("disabled", None)
    accounts.put(call, account["name"], _marked(account))
    return {}


policy_methods.register(service, *API, _PREFIX, require_account)
