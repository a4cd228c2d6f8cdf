"""What the action google-github-actions/auth does: GitHub's token, its exchange, clients' file.

In the order of https://github.com/google-github-actions/auth/blob/main/src/main.ts: the credentials
file and the variables come first, then a federated token is got, so that a refusal fails this step.
The account itself is impersonated later, by the clients that read the file.
"""

import json
import os
import secrets
import sys
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

_STS = "https://sts.googleapis.com/v1/token"
_SCOPE = "https://www.googleapis.com/auth/cloud-platform"
_JWT = "urn:ietf:params:oauth:token-type:jwt"


def main() -> None:
    """Does what the action does; its failure is the step's."""
    provider, account = os.environ["INPUT_PROVIDER"], os.environ["INPUT_SERVICE_ACCOUNT"]
    if not provider:
        _fail('must specify exactly one of "workload_identity_provider" or "credentials_json"!')
    address = os.environ.get("ACTIONS_ID_TOKEN_REQUEST_URL")
    bearer = os.environ.get("ACTIONS_ID_TOKEN_REQUEST_TOKEN")
    if not address or not bearer:
        _fail(
            "GitHub Actions did not inject $ACTIONS_ID_TOKEN_REQUEST_TOKEN or"
            " $ACTIONS_ID_TOKEN_REQUEST_URL into this job."
        )
    audience = urllib.parse.quote(f"https://iam.googleapis.com/{provider}", safe="")
    url = f"{address}&audience={audience}"
    _write_credentials(_configuration(provider, account, url, str(bearer)))
    _export_project(os.environ["INPUT_PROJECT_ID"] or account.partition("@")[2].partition(".")[0])
    token = _federated(provider, _identity_token(url, str(bearer)))
    sys.stdout.write(f"::add-mask::{token}\n")
    _append("GITHUB_OUTPUT", "auth_token", token)


def _configuration(provider: str, account: str, url: str, bearer: str) -> dict[str, object]:
    """https://cloud.google.com/iam/docs/workload-identity-federation-with-deployment-pipelines"""
    return {
        "type": "external_account",
        "audience": f"//iam.googleapis.com/{provider}",
        "subject_token_type": _JWT,
        "token_url": _STS,
        "service_account_impersonation_url": "https://iamcredentials.googleapis.com/v1/projects/-/"
        f"serviceAccounts/{account}:generateAccessToken",
        "credential_source": {
            "url": url,
            "headers": {"Authorization": f"Bearer {bearer}"},
            "format": {"type": "json", "subject_token_field_name": "value"},
        },
    }


def _write_credentials(configuration: dict[str, object]) -> None:
    folder = Path(os.environ["RUNNER_TEMP"]) / "_github_home"
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"gha-creds-{secrets.token_hex(8)}.json"
    file.touch(mode=0o600)
    file.write_text(json.dumps(configuration), encoding="utf-8")
    for name in (
        "CLOUDSDK_AUTH_CREDENTIAL_FILE_OVERRIDE",
        "GOOGLE_APPLICATION_CREDENTIALS",
        "GOOGLE_GHA_CREDS_PATH",
    ):
        _append("GITHUB_ENV", name, str(file))


def _export_project(project: str) -> None:
    for name in (
        "CLOUDSDK_CORE_PROJECT",
        "CLOUDSDK_PROJECT",
        "GCLOUD_PROJECT",
        "GCP_PROJECT",
        "GOOGLE_CLOUD_PROJECT",
    ):
        _append("GITHUB_ENV", name, project)


def _identity_token(url: str, bearer: str) -> str:
    answer = _asked(urllib.request.Request(url, headers={"Authorization": f"Bearer {bearer}"}))
    return str(answer["value"])


def _federated(provider: str, token: str) -> str:
    body = {
        "audience": f"//iam.googleapis.com/{provider}",
        "grantType": "urn:ietf:params:oauth:grant-type:token-exchange",
        "requestedTokenType": "urn:ietf:params:oauth:token-type:access_token",
        "scope": _SCOPE,
        "subjectTokenType": _JWT,
        "subjectToken": token,
    }
    request = urllib.request.Request(
        _STS, data=json.dumps(body).encode(), headers={"Content-Type": "application/json"}
    )
    return str(_asked(request)["access_token"])


def _asked(request: urllib.request.Request) -> dict[str, object]:
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            document: dict[str, object] = json.loads(answer.read())
            return document
    except urllib.error.HTTPError as error:
        _fail(f"({error.code}) {error.read().decode(errors='replace')}")
        raise


def _append(variable: str, name: str, value: str) -> None:
    with Path(os.environ[variable]).open("a", encoding="utf-8") as stream:
        stream.write(f"{name}={value}\n")


def _fail(reason: str) -> None:
    sys.stdout.write(f"::error::google-github-actions/auth failed with: {reason}\n")
    sys.exit(1)


if __name__ == "__main__":
    main()
