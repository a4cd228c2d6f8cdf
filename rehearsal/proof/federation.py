"""A workflow's way to an account: GitHub's token, Google's for it, and the account's for that."""

import json
import sys
import tempfile
from pathlib import Path

from proof.deployment import GITHUB, PROJECT, Deployment, RefusedError

_LOGIN = """
import sys
import google.auth
from google.auth.transport.requests import Request
from google.auth.exceptions import GoogleAuthError
credentials, _ = google.auth.load_credentials_from_file(
    sys.argv[1], scopes=["https://www.googleapis.com/auth/cloud-platform"])
try:
    credentials.refresh(Request())
except GoogleAuthError as error:
    raise SystemExit(str(error))
"""


def log_in(deployment: Deployment, account: str, event: str, ref: str) -> None:
    """Becomes an account as a job of the repository does, by google-auth.

    Raises:
        RefusedError: Google's answer says why.
    """
    provider = json.loads(
        deployment.terraform("output", "-json", "github_variables", root="bootstrap")
    )["GCP_WORKLOAD_IDENTITY_PROVIDER"]
    asked = deployment.rehearsal.ask(
        "github-token",
        {
            "workflow": GITHUB | {"event": event, "ref": ref},
            "audience": f"https://iam.googleapis.com/{provider}",
            "lifetime_seconds": 300,
        },
    )
    email = f"{account}@{PROJECT}.iam.gserviceaccount.com"
    with tempfile.TemporaryDirectory() as folder:
        token = Path(folder, "token")
        token.write_text(str(asked["token"]), encoding="utf-8")
        credentials = Path(folder, "credentials.json")
        credentials.write_text(json.dumps(_credentials(provider, email, token)), encoding="utf-8")
        ended = deployment.rehearsal.run(sys.executable, "-c", _LOGIN, credentials)
        if ended.returncode:
            raise RefusedError(ended.stderr)


def _credentials(provider: str, email: str, token: Path) -> dict[str, object]:
    return {
        "type": "external_account",
        "audience": f"//iam.googleapis.com/{provider}",
        "subject_token_type": "urn:ietf:params:oauth:token-type:jwt",
        "token_url": "https://sts.googleapis.com/v1/token",
        "service_account_impersonation_url": (
            "https://iamcredentials.googleapis.com/v1/projects/-/serviceAccounts/"
            f"{email}:generateAccessToken"
        ),
        "credential_source": {"file": str(token)},
    }
