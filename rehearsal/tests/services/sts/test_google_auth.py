"""google-auth's credentials of workload identity federation, unmodified."""

from pathlib import Path
from typing import Any

import pytest
from google.auth import identity_pool
from google.auth.exceptions import OAuthError
from google.auth.transport.requests import Request

from rehearsal.services.github import Workflow, github_token, request_variables
from tests.client import Client
from tests.google_clients import session
from tests.services.iam_federation.world import POOL, PROVIDER, with_provider

AUDIENCE = f"//iam.googleapis.com/{PROVIDER}"
SCOPES = ["https://www.googleapis.com/auth/cloud-platform"]


def credentials(source: Any) -> identity_pool.Credentials:
    return identity_pool.Credentials(  # type: ignore[no-untyped-call]
        audience=AUDIENCE,
        subject_token_type="urn:ietf:params:oauth:token-type:jwt",
        token_url="https://sts.googleapis.com/v1/token",
        credential_source=source,
        scopes=SCOPES,
    )


def member(client: Client, token: str | None) -> str:
    assert token is not None
    principal = client.cloud.tokens.principal_of(token)
    assert principal is not None
    return principal.member


def test_a_token_from_a_file(tmp_path: Path) -> None:
    client = with_provider()
    file = tmp_path / "token"
    file.write_text(github_token(client.cloud, Workflow("acme/dogs"), f"https:{AUDIENCE}"))
    found = credentials({"file": str(file)})
    found.refresh(Request(session(client)))  # type: ignore[no-untyped-call]
    assert member(client, found.token) == (
        f"principal://iam.googleapis.com/{POOL}/subject/repo:acme/dogs:ref:refs/heads/main"
    )


def test_a_token_by_the_variables_of_a_job_as_the_action_for_google_writes_them() -> None:
    client = with_provider()
    variables = request_variables(client.cloud, Workflow("acme/dogs"))
    source = {
        "url": f"{variables['ACTIONS_ID_TOKEN_REQUEST_URL']}&audience=https%3A{AUDIENCE}",
        "headers": {"Authorization": f"Bearer {variables['ACTIONS_ID_TOKEN_REQUEST_TOKEN']}"},
        "format": {"type": "json", "subject_token_field_name": "value"},
    }
    found = credentials(source)
    found.refresh(Request(session(client)))  # type: ignore[no-untyped-call]
    assert "/subject/repo:acme/dogs:" in member(client, found.token)


def test_another_repository_is_told_why() -> None:
    client = with_provider()
    variables = request_variables(client.cloud, Workflow("evil/dogs"))
    source = {
        "url": f"{variables['ACTIONS_ID_TOKEN_REQUEST_URL']}&audience=https%3A{AUDIENCE}",
        "headers": {"Authorization": f"Bearer {variables['ACTIONS_ID_TOKEN_REQUEST_TOKEN']}"},
        "format": {"type": "json", "subject_token_field_name": "value"},
    }
    with pytest.raises(OAuthError, match="rejected by the attribute condition"):
        credentials(source).refresh(Request(session(client)))  # type: ignore[no-untyped-call]
