"""Access tokens of a service account for another principal; where accounts may be used."""

from datetime import datetime, timedelta

from rehearsal.api.call import Call
from rehearsal.documents import Document
from rehearsal.errors import invalid_argument
from rehearsal.identity.principal import Principal
from rehearsal.services.iam_credentials.definition import API, service
from rehearsal.services.iam_credentials.delegation import CHECKED_HERE, require_account

_PREFIX = "iamcredentials.projects.serviceAccounts"
_LONGEST = timedelta(hours=1)


@service.method(
    *API, f"{_PREFIX}.generateAccessToken",
    source="https://cloud.google.com/iam/docs/create-short-lived-credentials-direct",
    unchecked=CHECKED_HERE,
)  # fmt: skip
def generate_access_token(call: Call) -> Document:
    """A token of the account, good for an hour at most."""
    account = require_account(call, "iam.serviceAccounts.getAccessToken")
    scopes = tuple(call.body.get("scope", ()))
    if not scopes:
        raise invalid_argument("The scope field is required.", ("scope", "It is empty."))
    lifetime = _lifetime(call.body.get("lifetime", "3600s"))
    token = call.cloud.tokens.issue(
        Principal(f"serviceAccount:{account['email']}"), lifetime, scopes
    )
    return {"accessToken": token, "expireTime": _whole_seconds(call.now + lifetime)}


def _whole_seconds(moment: datetime) -> str:
    """Without a fraction: google-auth reads no other form."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _lifetime(text: str) -> timedelta:
    try:
        lifetime = timedelta(seconds=float(text.removesuffix("s")))
    except ValueError as error:
        raise invalid_argument(f"Invalid lifetime {text!r}: give seconds, as 3600s.") from error
    if not timedelta() < lifetime <= _LONGEST:
        raise invalid_argument(
            f"The lifetime {text} is not allowed: at most 3600s (constraint"
            " constraints/iam.allowServiceAccountCredentialLifetimeExtension)."
        )
    return lifetime


@service.method(
    *API, f"{_PREFIX}.getAllowedLocations", source="recorded",
    unchecked="clients ask for it before they have a token",
)  # fmt: skip
def get_allowed_locations(call: Call) -> Document:
    """Everywhere."""
    del call
    return {"locations": [], "encodedLocations": "0x0"}
