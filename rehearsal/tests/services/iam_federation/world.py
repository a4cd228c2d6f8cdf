"""A pool with a provider that trusts one repository of GitHub."""

from typing import Any

from rehearsal.documents import Document
from tests.client import Client

API = "https://iam.googleapis.com/v1"
POOLS = f"{API}/projects/demo/locations/global/workloadIdentityPools"
POOL = "projects/123456789012/locations/global/workloadIdentityPools/github"
PROVIDER = f"{POOL}/providers/github-oidc"


def provider(**changes: Any) -> Document:
    return {
        "displayName": "OIDC",
        "attributeMapping": {
            "google.subject": "assertion.sub",
            "attribute.repository": "assertion.repository",
        },
        "attributeCondition": "assertion.repository == 'acme/dogs'",
        "oidc": {"issuerUri": "https://token.actions.githubusercontent.com"},
    } | changes


def with_pool() -> Client:
    client = Client()
    client.post(f"{POOLS}?workloadIdentityPoolId=github", {"displayName": "GitHub"}).ok
    return client


def with_provider(**changes: Any) -> Client:
    client = with_pool()
    url = f"{POOLS}/github/providers?workloadIdentityPoolProviderId=github-oidc"
    client.post(url, provider(**changes)).ok
    return client
