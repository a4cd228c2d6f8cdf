"""JSON Web Tokens that service accounts have signed with keys of theirs.

Clients exchange them for access tokens, or bear them in the place of one.
https://google.aip.dev/auth/4111
"""

from datetime import timedelta

import jwt

from rehearsal.documents import Document
from rehearsal.identity.accounts import account, public_key
from rehearsal.store import Store

_LONGEST = timedelta(hours=1)
_SKEW_SECONDS = 60


class AssertionRefusedError(Exception):
    """It proves nothing; the message is Google's."""


def verified(store: Store, assertion: str) -> Document:
    """The claims of an assertion, ``iss`` being an active account's address.

    The audience is the caller's to check. Times are judged by the machine's clock, for it is
    the maker's as well.

    Raises:
        AssertionRefusedError: it is malformed, out of its time, or signed by no key of an account.
    """
    email, key_id = _signer(assertion)
    found = account(store, email)
    if found is None or found.get("disabled"):
        raise AssertionRefusedError("Invalid grant: account not found")
    key = public_key(store, email, key_id)
    if key is None:
        raise AssertionRefusedError("Invalid JWT Signature.")
    return _claims(assertion, key)


def _signer(assertion: str) -> tuple[str, str]:
    try:
        claims = jwt.decode(assertion, options={"verify_signature": False})
        return str(claims["iss"]), str(jwt.get_unverified_header(assertion)["kid"])
    except (jwt.PyJWTError, KeyError) as error:
        raise AssertionRefusedError(f"Invalid JWT: {error}") from error


def _claims(assertion: str, key: str) -> Document:
    try:
        claims: Document = jwt.decode(
            assertion,
            key,
            ["RS256"],
            options={"verify_aud": False, "require": ["iat", "exp"]},
            leeway=_SKEW_SECONDS,
        )
    except jwt.InvalidSignatureError as error:
        raise AssertionRefusedError("Invalid JWT Signature.") from error
    except jwt.PyJWTError as error:
        raise _untimely() from error
    if claims["exp"] - claims["iat"] > _LONGEST.total_seconds():
        raise _untimely()
    return claims


def _untimely() -> AssertionRefusedError:
    return AssertionRefusedError(
        "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable"
        " timeframe. Check your iat and exp values in the JWT claim."
    )
