"""A job of a GitHub workflow, the claims that GitHub's tokens make of it, and the tokens.

Claims: https://docs.github.com/en/actions/reference/security/oidc#oidc-token-claims
"""

import hashlib
import secrets
import uuid
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import quote

import jwt
import msgspec

from rehearsal.cloud import Cloud
from rehearsal.documents import Document
from rehearsal.errors import RehearsalError
from rehearsal.services.github.keys import signing_key

HOST = "token.actions.githubusercontent.com"
ISSUER = f"https://{HOST}"
REQUESTS = "github.requests"
_LIFETIME = timedelta(minutes=5)
_CLOCK_SKEW = timedelta(minutes=10)


@dataclass(frozen=True)
class Workflow:
    """What a token tells of a job. Empty: as GitHub would have it for the others."""

    repository: str
    """``owner/name``."""
    ref: str = "refs/heads/main"
    event: str = "push"
    environment: str = ""
    workflow: str = "deploy"
    workflow_file: str = ""
    """Within the repository, ``.github/workflows/NAME.yml`` of ``workflow`` if empty."""
    actor: str = ""
    repository_id: str = ""
    repository_owner_id: str = ""
    base_ref: str = ""
    head_ref: str = ""
    visibility: str = "private"

    def __post_init__(self) -> None:
        owner, slash, name = self.repository.partition("/")
        if not (owner and slash and name) or "/" in name:
            raise RehearsalError(
                f"a repository is OWNER/NAME, acme/dogs for example: {self.repository!r}"
            )
        if not self.ref.startswith("refs/"):
            raise RehearsalError(
                f"a ref starts with refs/, refs/heads/main for example: {self.ref!r}"
            )

    @property
    def owner(self) -> str:
        """The owner of the repository."""
        return self.repository.partition("/")[0]

    @property
    def subject(self) -> str:
        """The claim ``sub``: an environment goes before a pull request, and that before a ref."""
        if self.environment:
            # GitHub escapes the colon, which separates the parts.
            return f"repo:{self.repository}:environment:{self.environment.replace(':', '%3A')}"
        if self.event == "pull_request":
            return f"repo:{self.repository}:pull_request"
        return f"repo:{self.repository}:ref:{self.ref}"

    def claims(self) -> Document:
        """What does not depend on time and audience."""
        file = self.workflow_file or f".github/workflows/{self.workflow}.yml"
        workflow_ref, sha = f"{self.repository}/{file}@{self.ref}", _digits(self.ref, 40, base=16)
        claims: Document = {
            "sub": self.subject,
            "ref": self.ref,
            "ref_type": "tag" if self.ref.startswith("refs/tags/") else "branch",
            "ref_protected": "false",
            "sha": sha,
            "repository": self.repository,
            "repository_id": self.repository_id or _digits(self.repository, 9),
            "repository_owner": self.owner,
            "repository_owner_id": self.repository_owner_id or _digits(self.owner, 8),
            "repository_visibility": self.visibility,
            "actor": self.actor or self.owner,
            "actor_id": _digits(self.actor or self.owner, 8),
            "event_name": self.event,
            "base_ref": self.base_ref,
            "head_ref": self.head_ref,
            "workflow": self.workflow,
            "workflow_ref": workflow_ref,
            "workflow_sha": sha,
            "job_workflow_ref": workflow_ref,
            "job_workflow_sha": sha,
            "run_id": _digits(workflow_ref, 10),
            "run_number": "1",
            "run_attempt": "1",
            "runner_environment": "github-hosted",
        }
        return claims | ({"environment": self.environment} if self.environment else {})


def github_token(
    cloud: Cloud, workflow: Workflow, audience: str = "", lifetime: timedelta = _LIFETIME
) -> str:
    """A signed token of a job, as of the rehearsal's clock; times in whole seconds.

    ``audience``: the address of the repository's owner if empty.
    """
    now = cloud.clock.now()
    times = {
        "iat": int(now.timestamp()),
        "nbf": int((now - _CLOCK_SKEW).timestamp()),
        "exp": int((now + lifetime).timestamp()),
    }
    key_id, key = signing_key(cloud, ISSUER)
    payload = {
        "jti": str(uuid.uuid4()),
        "iss": ISSUER,
        "aud": audience or f"https://github.com/{workflow.owner}",
    } | workflow.claims() | times  # fmt: skip
    return jwt.encode(payload, key, algorithm="RS256", headers={"kid": key_id, "typ": "JWT"})


def request_variables(cloud: Cloud, workflow: Workflow) -> dict[str, str]:
    """The two variables by which a job's steps ask for tokens; good until the store is cleared."""
    token, session = secrets.token_urlsafe(32), uuid.uuid4().hex
    with cloud.store.transaction():
        cloud.store.put(
            REQUESTS,
            session,
            {"digest": digest_of(token), "workflow": msgspec.to_builtins(workflow)},
        )
    return {
        "ACTIONS_ID_TOKEN_REQUEST_URL": f"{ISSUER}/{quote(session)}/idtoken?api-version=2.0",
        "ACTIONS_ID_TOKEN_REQUEST_TOKEN": token,
    }


def digest_of(token: str) -> str:
    """What is kept of a request token."""
    return hashlib.sha256(token.encode()).hexdigest()


def _digits(text: str, length: int, base: int = 10) -> str:
    """A number that looks like GitHub's, always the same one for the same text."""
    number = hashlib.sha256(text.encode()).hexdigest()
    return number[:length] if base == 16 else str(int(number, 16))[:length]
