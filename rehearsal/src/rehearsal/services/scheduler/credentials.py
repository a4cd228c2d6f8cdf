"""The service accounts that jobs call as: whether they are there, and tokens of theirs."""

import re

import jwt

from rehearsal.cloud import Cloud
from rehearsal.documents import Document
from rehearsal.errors import unauthenticated
from rehearsal.identity.principal import Principal
from rehearsal.services.github.keys import signing_key
from rehearsal.services.iam_accounts.definition import KIND as ACCOUNTS
from rehearsal.services.scheduler.runs import account_of

GOOGLE = "https://accounts.google.com"
"""The issuer of Google's identity tokens."""

_IDENTITY_SECONDS = 3600
_OWN_DOMAIN = re.compile(r"[^@]+@([a-z0-9-]+)\.iam\.gserviceaccount\.com")


def account_name(email: str, project: str) -> str:
    """The name of an account; its address names the project, or else it is in ``project``."""
    found = _OWN_DOMAIN.fullmatch(email)
    return f"projects/{found[1] if found else project}/serviceAccounts/{email}"


def is_active(cloud: Cloud, email: str, project: str) -> bool:
    """Whether there is such an account, and it is not disabled.

    A project's default account is there without having been made.
    """
    if email == f"{cloud.projects.number_of(project)}-compute@developer.gserviceaccount.com":
        return True
    account = _account(cloud, email, project)
    return account is not None and not account.get("disabled")


def _account(cloud: Cloud, email: str, project: str) -> Document | None:
    return cloud.store.get(ACCOUNTS, account_name(email, project))


def authorization(cloud: Cloud, job: Document) -> dict[str, str]:
    """The header with a fresh token; none for a job that calls as nobody.

    Raises:
        ApiError: 401: its account is gone or disabled.
    """
    email = account_of(job)
    if not email:
        return {}
    project = job["name"].split("/")[1]
    if not is_active(cloud, email, project):
        raise unauthenticated(f"The service account {email} is gone or disabled.")
    oidc = job["httpTarget"].get("oidcToken")
    if oidc:
        account = _account(cloud, email, project) or {}
        token = _identity_token(cloud, email, account.get("uniqueId", email), oidc["audience"])
    else:
        token = cloud.tokens.issue(Principal(f"serviceAccount:{email}"))
    return {"Authorization": f"Bearer {token}"}


def _identity_token(cloud: Cloud, email: str, subject: str, audience: str) -> str:
    """https://cloud.google.com/docs/authentication/token-types#id"""
    now = int(cloud.clock.now().timestamp())
    key_id, key = signing_key(cloud, GOOGLE)
    claims = {
        "iss": GOOGLE,
        "aud": audience,
        "azp": subject,
        "sub": subject,
        "email": email,
        "email_verified": True,
        "iat": now,
        "exp": now + _IDENTITY_SECONDS,
    }
    return jwt.encode(claims, key, algorithm="RS256", headers={"kid": key_id})
