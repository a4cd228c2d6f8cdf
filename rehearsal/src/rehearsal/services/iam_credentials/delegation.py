"""Whether a caller may have credentials of an account, itself or by a chain of delegates.

https://cloud.google.com/iam/docs/create-short-lived-credentials-delegated
"""

from rehearsal.api.admission import require_caller
from rehearsal.api.call import Call
from rehearsal.calls import Verdict
from rehearsal.documents import Document
from rehearsal.errors import ApiError, invalid_argument, not_found, permission_denied
from rehearsal.identity.accounts import account, name_of
from rehearsal.identity.principal import Principal
from rehearsal.services.iam_accounts.definition import KIND, account_name

CHECKED_HERE = "the handler checks the account, and each delegate before it"
_DELEGATE = "projects/-/serviceAccounts/"
_DELEGATION = "iam.serviceAccounts.implicitDelegation"


def require_account(call: Call, permission: str) -> Document:
    """The account of a call, on which the caller or the last delegate has the permission.

    Raises:
        ApiError: 400: a delegate is malformed; 401; 403: also if the account is disabled; 404.
    """
    require_caller(call)
    last = _last_of_chain(call, [_email(one) for one in call.body.get("delegates", [])])
    _require(call, last, permission, account_name(call))
    found = call.cloud.store.get(KIND, account_name(call))
    if found is None:
        raise _unknown(account_name(call).rpartition("/")[2])
    if found.get("disabled"):
        # Unverified: Google's own words for it are not known.
        raise permission_denied("The service account is disabled.")
    return found


def _last_of_chain(call: Call, delegates: list[str]) -> Principal:
    """The last delegate; the caller where there is none."""
    principal = call.principal
    for email in delegates:
        _require(call, principal, _DELEGATION, name_of(email))
        found = account(call.cloud.store, email)
        if found is None or found.get("disabled"):
            raise _unknown(email)
        principal = Principal(f"serviceAccount:{email}")
    return principal


def _require(call: Call, principal: Principal, permission: str, name: str) -> None:
    """The words: https://github.com/google-github-actions/auth/issues/340"""
    resource = f"//iam.googleapis.com/{name}"
    granted = call.cloud.access.allows(principal, permission, resource)
    call.verdicts.append(Verdict(permission, resource, granted))
    if not granted:
        raise permission_denied(
            f"Permission '{permission}' denied on resource (or it may not exist).",
            permission=permission,
        )


def _email(delegate: str) -> str:
    """An address alone does as well: https://github.com/fluent/fluent-bit/issues/5410"""
    email = delegate.removeprefix(_DELEGATE)
    if "/" in email or "@" not in email:
        raise invalid_argument(
            f"Invalid delegate {delegate!r}: write it as {_DELEGATE}EMAIL.",
            ("delegates", "It does not match projects/-/serviceAccounts/EMAIL."),
        )
    return email


def _unknown(email: str) -> ApiError:
    """The words: https://github.com/googlecodelabs/feedback/issues/905"""
    return not_found(f"Not found; Gaia id not found for email {email}")
