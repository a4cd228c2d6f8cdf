"""Service accounts as the store has them: how they are named, which are active, whose key it is."""

from rehearsal.documents import Document
from rehearsal.store import Store

ACCOUNTS = "iam.serviceAccounts"
"""Kind of accounts, by ``projects/ID/serviceAccounts/EMAIL``."""
KEYS = "iam.serviceAccountKeys"
"""Kind of their keys, by ``ACCOUNT/keys/ID``."""
_DOMAIN = ".iam.gserviceaccount.com"


def project_of(email: str) -> str:
    """The project that an account's address names, or ''."""
    domain = email.partition("@")[2]
    return domain.removesuffix(_DOMAIN) if domain.endswith(_DOMAIN) else ""


def name_of(email: str) -> str:
    """The name of the account with this address."""
    return f"projects/{project_of(email)}/serviceAccounts/{email}"


def account(store: Store, email: str) -> Document | None:
    """The account, active or not, or None."""
    return store.get(ACCOUNTS, name_of(email))


def is_disabled(store: Store, email: str) -> bool:
    """Whether it is there and disabled. Accounts that nobody has made, as agents, are not."""
    found = account(store, email)
    return found is not None and bool(found.get("disabled"))


def public_key(store: Store, email: str, key_id: str) -> str | None:
    """The public half of a key, as PEM; None: the account has no such key."""
    key = store.get(KEYS, f"{name_of(email)}/keys/{key_id}")
    return None if key is None else str(key["publicKey"])
