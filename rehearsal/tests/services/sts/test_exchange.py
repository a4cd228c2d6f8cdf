from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

from rehearsal.documents import Document, encode
from rehearsal.identity.principal import Principal
from rehearsal.services.github import Workflow, github_token
from tests.client import Client, Response
from tests.services.iam_federation.world import POOL, POOLS, PROVIDER, with_provider

URL = "https://sts.googleapis.com/v1/token"
AUDIENCE = f"//iam.googleapis.com/{PROVIDER}"
DOGS = Workflow("acme/dogs")


def form(token: str, **changes: str) -> Document:
    return {
        "grantType": "urn:ietf:params:oauth:grant-type:token-exchange",
        "audience": AUDIENCE,
        "scope": "https://www.googleapis.com/auth/cloud-platform",
        "requestedTokenType": "urn:ietf:params:oauth:token-type:access_token",
        "subjectTokenType": "urn:ietf:params:oauth:token-type:jwt",
        "subjectToken": token,
    } | changes


def exchange(client: Client, token: str, **changes: str) -> Response:
    return client.post(URL, form(token, **changes), as_=None)


def github(client: Client, workflow: Workflow = DOGS, **options: Any) -> str:
    return github_token(client.cloud, workflow, f"https:{AUDIENCE}", **options)


def principal_of(client: Client, answer: Response) -> Principal:
    principal = client.cloud.tokens.principal_of(answer.ok["access_token"])
    assert principal is not None
    return principal


def refused(answer: Response) -> tuple[str, str]:
    assert answer.status in {400, 401}, answer.content
    return answer.json["error"], answer.json["error_description"]


def test_a_token_of_the_repository_is_exchanged_for_one_of_the_pool() -> None:
    client = with_provider()
    answer = exchange(client, github(client))
    assert answer.ok["token_type"] == "Bearer"
    assert answer.ok["expires_in"] == 3600
    assert answer.ok["issued_token_type"] == "urn:ietf:params:oauth:token-type:access_token"
    principal = principal_of(client, answer)
    base = f"//iam.googleapis.com/{POOL}"
    assert principal.member == f"principal:{base}/subject/repo:acme/dogs:ref:refs/heads/main"
    assert principal.sets == {
        f"principalSet:{base}/*",
        f"principalSet:{base}/attribute.repository/acme/dogs",
    }


def test_the_pools_identity_may_become_an_account_that_lets_its_repository() -> None:
    client = with_provider()
    account = "//iam.googleapis.com/projects/demo/serviceAccounts/d@demo.iam.gserviceaccount.com"
    repository = f"principalSet://iam.googleapis.com/{POOL}/attribute.repository/acme/dogs"
    client.grant(repository, "roles/iam.workloadIdentityUser", account)
    principal = principal_of(client, exchange(client, github(client)))
    permission = "iam.serviceAccounts.getAccessToken"
    assert client.cloud.access.allows(principal, permission, account)
    others = Principal(principal.member, frozenset())
    assert not client.cloud.access.allows(others, permission, account)


def test_a_form_does_as_well_as_json() -> None:
    client = with_provider()
    body = {
        "grant_type": "urn:ietf:params:oauth:grant-type:token-exchange",
        "audience": AUDIENCE,
        "scope": "https://www.googleapis.com/auth/cloud-platform",
        "subject_token_type": "urn:ietf:params:oauth:token-type:jwt",
        "subject_token": github(client),
    }
    headers = {"content-type": "application/x-www-form-urlencoded"}
    answer = client.post(URL, content=urlencode(body).encode(), headers=headers, as_=None)
    assert answer.status == 200


def test_another_repository_is_rejected_by_the_condition() -> None:
    client = with_provider()
    assert refused(exchange(client, github(client, Workflow("evil/dogs")))) == (
        "unauthorized_client",
        "The given credential is rejected by the attribute condition.",
    )


def test_another_branch_is_rejected_where_the_condition_says_so() -> None:
    client = with_provider(attributeCondition="assertion.ref == 'refs/heads/main'")
    branch = Workflow("acme/dogs", ref="refs/heads/feature")
    assert refused(exchange(client, github(client, branch)))[0] == "unauthorized_client"
    assert exchange(client, github(client)).status == 200


def test_a_token_for_another_audience_is_no_good() -> None:
    client = with_provider()
    token = github_token(client.cloud, DOGS, "https://example.com")
    error, description = refused(exchange(client, token))
    assert error == "invalid_grant"
    assert "does not match the expected audience" in description


def test_a_provider_may_have_audiences_of_its_own() -> None:
    issuer = "https://token.actions.githubusercontent.com"
    client = with_provider(oidc={"issuerUri": issuer, "allowedAudiences": ["mine"]})
    assert exchange(client, github_token(client.cloud, DOGS, "mine")).status == 200
    assert refused(exchange(client, github(client)))[0] == "invalid_grant"


def test_a_token_that_has_expired_is_no_good() -> None:
    client = with_provider()
    token = github(client)
    client.clock.advance(timedelta(minutes=5))
    error, description = refused(exchange(client, token))
    assert (error, "is stale to sign-in" in description) == ("invalid_grant", True)


def test_a_token_of_another_issuer_is_no_good() -> None:
    client = with_provider()
    token = jwt.encode({"iss": "https://example.com", "aud": "x"}, "k" * 32, algorithm="HS256")
    error, description = refused(exchange(client, token))
    assert (error, "The issuer in ID Token" in description) == ("invalid_grant", True)


def test_a_token_that_somebody_else_signed_is_no_good() -> None:
    client = with_provider()
    token = github(client)
    header, claims = jwt.get_unverified_header(token), jwt.decode(
        token, options={"verify_signature": False}
    )  # fmt: skip
    other = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    forged = jwt.encode(claims, other, algorithm="RS256", headers={"kid": header["kid"]})
    assert refused(exchange(client, forged))[0] == "invalid_grant"


def test_an_unsigned_token_is_no_good() -> None:
    client = with_provider()
    claims = jwt.decode(github(client), options={"verify_signature": False})
    assert refused(exchange(client, jwt.encode(claims, "", algorithm="none")))[0] == "invalid_grant"


def test_what_is_no_token_is_no_good() -> None:
    assert refused(exchange(with_provider(), "x"))[0] == "invalid_grant"


def test_the_keys_of_any_issuer_can_be_uploaded() -> None:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    public = RSAAlgorithm.to_jwk(key.public_key(), as_dict=True) | {"kid": "k1"}
    oidc = {"issuerUri": "https://ci.example.com", "jwksJson": encode({"keys": [public]}).decode()}
    client = with_provider(
        oidc=oidc, attributeMapping={"google.subject": "assertion.sub"}, attributeCondition=""
    )
    now = int(client.clock.now().timestamp())
    claims = {"iss": "https://ci.example.com", "aud": AUDIENCE, "sub": "job-1", "iat": now,
              "exp": now + 60}  # fmt: skip
    token = jwt.encode(claims, key, algorithm="RS256", headers={"kid": "k1"})
    assert principal_of(client, exchange(client, token)).member.endswith("/subject/job-1")


def test_an_issuer_without_keys_here_cannot_be_reached() -> None:
    client = with_provider(oidc={"issuerUri": "https://ci.example.com"}, attributeCondition="")
    token = jwt.encode({"iss": "https://ci.example.com"}, "k" * 32, algorithm="HS256")
    assert refused(exchange(client, token)) == (
        "invalid_grant", "Error connecting to the given credential's issuer.",
    )  # fmt: skip


@pytest.mark.parametrize(
    "audience",
    ["", "x", PROVIDER, f"//iam.googleapis.com/{POOL}", AUDIENCE.replace("123456789012", "demo")],
)
def test_an_audience_is_the_full_name_of_a_provider(audience: str) -> None:
    client = with_provider()
    error, description = refused(exchange(client, github(client), audience=audience))
    assert (error, description.startswith('Invalid value for "audience".')) == (
        "invalid_request", True,
    )  # fmt: skip


@pytest.mark.parametrize("gone", ["github", "github/providers/github-oidc"])
def test_a_deleted_pool_or_provider_is_no_target(gone: str) -> None:
    client = with_provider()
    client.delete(f"{POOLS}/{gone}").ok
    assert refused(exchange(client, github(client)))[0] == "invalid_target"


def test_a_disabled_provider_is_no_target() -> None:
    client = with_provider()
    url = f"{POOLS}/github/providers/github-oidc?updateMask=disabled"
    client.patch(url, {"disabled": True}).ok
    assert refused(exchange(client, github(client)))[0] == "invalid_target"


def test_groups_are_sets_of_the_pool() -> None:
    mapping = {"google.subject": "assertion.sub", "google.groups": "[assertion.actor]"}
    client = with_provider(attributeMapping=mapping)
    sets = principal_of(client, exchange(client, github(client))).sets
    assert f"principalSet://iam.googleapis.com/{POOL}/group/acme" in sets


def test_a_subject_has_127_bytes_at_most() -> None:
    client = with_provider()
    branch = Workflow("acme/dogs", ref="refs/heads/" + "x" * 100)
    _, description = refused(exchange(client, github(client, branch)))
    assert "exceeds the 127 bytes limit" in description


def test_a_claim_that_is_mapped_must_be_there() -> None:
    client = with_provider(attributeMapping={"google.subject": "assertion.nope"})
    assert "no such key: nope" in refused(exchange(client, github(client)))[1]


@pytest.mark.parametrize(
    "changes",
    [
        {"grantType": "password"},
        {"subjectTokenType": "urn:ietf:params:oauth:token-type:saml2"},
        {"requestedTokenType": "urn:ietf:params:oauth:token-type:jwt"},
        {"scope": ""},
        {"subjectToken": ""},
    ],
)
def test_a_request_that_is_no_exchange_is_refused(changes: dict[str, str]) -> None:
    client = with_provider()
    answer = client.post(URL, form(github(client)) | changes, as_=None)
    assert refused(answer)[0] in {"invalid_request", "unsupported_grant_type"}
