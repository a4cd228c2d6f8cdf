from typing import Any

import pytest

from tests.services.iam_federation.world import (
    API,
    POOLS,
    PROVIDER,
    provider,
    with_pool,
    with_provider,
)

URL = f"{POOLS}/github/providers"


def test_a_provider_is_kept_as_it_was_given() -> None:
    client = with_provider()
    assert client.get(f"{URL}/github-oidc").ok == provider(name=PROVIDER, state="ACTIVE")
    assert len(client.get(URL).ok["workloadIdentityPoolProviders"]) == 1


def test_its_operation_is_read_below_it() -> None:
    client = with_pool()
    operation = client.post(f"{URL}?workloadIdentityPoolProviderId=github-oidc", provider()).ok
    assert operation["name"].startswith(f"{PROVIDER}/operations/")
    assert client.get(f"{API}/{operation['name']}").ok["done"] is True


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"attributeMapping": {"attribute.a": "assertion.a"}}, "google.subject"),
        ({"attributeMapping": {"google.subject": "assertion."}}, "Syntax error"),
        ({"attributeMapping": {"google.subject": "claims.sub"}},
         "undeclared reference to 'claims' (in container '')"),
        ({"attributeMapping": {"google.subject": "shout(assertion.sub)"}},
         "undeclared reference to 'shout' (in container '')"),
        ({"attributeMapping": {"google.subject": "assertion.sub", "attribute.A": "assertion.a"}},
         "Invalid target attribute: attribute.A"),
        ({"attributeCondition": "assertion.sub.shout()"},
         "undeclared reference to 'shout' (in container '')"),
        ({"attributeCondition": ""}, "must reference one of the provider's claims"),
        ({"attributeCondition": "true"}, "must reference one of the provider's claims"),
        ({"oidc": {"issuerUri": "http://example.com"}}, "https"),
        ({"oidc": {"issuerUri": ""}}, "https"),
        ({"oidc": {"issuerUri": "https://[::1"}}, "https"),
        ({"oidc": {"issuerUri": "https://example.com", "jwksJson": "{"}}, "JWKS"),
    ],
)  # fmt: skip
def test_a_provider_that_cannot_be_is_refused(changes: dict[str, Any], words: str) -> None:
    url = f"{URL}?workloadIdentityPoolProviderId=github-oidc"
    error = with_pool().post(url, provider(**changes)).error
    assert (error["code"], words in error["message"]) == (400, True), error["message"]


@pytest.mark.parametrize("kind", ["aws", "saml"])
def test_other_kinds_are_named_as_not_here(kind: str) -> None:
    body = provider()
    del body["oidc"]
    url = f"{URL}?workloadIdentityPoolProviderId=github-oidc"
    assert "not the rehearsal's" in with_pool().post(url, body | {kind: {}}).error["message"]


def test_a_patch_changes_what_the_mask_names() -> None:
    client = with_provider()
    body = provider(displayName="new", attributeCondition="assertion.repository == 'x/y'")
    client.patch(f"{URL}/github-oidc?updateMask=displayName", body).ok
    assert client.get(f"{URL}/github-oidc").ok == provider(
        name=PROVIDER, state="ACTIVE", displayName="new"
    )


def test_a_mapping_is_changed_as_a_whole() -> None:
    client = with_provider()
    mapping = {"google.subject": "assertion.repository"}
    url = f"{URL}/github-oidc?updateMask=attributeMapping"
    client.patch(url, provider(attributeMapping=mapping)).ok
    assert client.get(f"{URL}/github-oidc").ok["attributeMapping"] == mapping


def test_a_patch_may_not_make_a_provider_that_cannot_be() -> None:
    url = f"{URL}/github-oidc?updateMask=attributeCondition"
    assert with_provider().patch(url, {"attributeCondition": "true"}).status == 400


def test_a_deleted_provider_can_be_brought_back() -> None:
    client = with_provider()
    client.delete(f"{URL}/github-oidc").ok
    assert client.get(f"{URL}/github-oidc").ok["state"] == "DELETED"
    assert client.get(URL).ok == {}
    client.post(f"{URL}/github-oidc:undelete", {}).ok
    assert client.get(f"{URL}/github-oidc").ok["state"] == "ACTIVE"


def test_a_provider_needs_its_pool() -> None:
    url = f"{POOLS}/nope/providers?workloadIdentityPoolProviderId=github-oidc"
    assert with_pool().post(url, provider()).status == 404
