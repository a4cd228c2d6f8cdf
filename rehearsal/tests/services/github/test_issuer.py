from datetime import timedelta

import jwt
import pytest

from rehearsal.errors import RehearsalError
from rehearsal.services.github import Workflow, github_token, request_variables
from rehearsal.services.github.keys import public_keys
from tests.client import Client

ISSUER = "https://token.actions.githubusercontent.com"


def claims_of(client: Client, token: str) -> dict[str, object]:
    published = client.get(f"{ISSUER}/.well-known/jwks", as_=None).ok
    key = jwt.PyJWKSet.from_dict(published).keys[0]
    options = {"verify_exp": False, "verify_iat": False, "verify_nbf": False, "verify_aud": False}
    decoded: dict[str, object] = jwt.decode(token, key, algorithms=["RS256"], options=options)  # type: ignore[arg-type]
    return decoded


def test_a_token_is_signed_with_the_published_key() -> None:
    client = Client()
    token = github_token(client.cloud, Workflow("acme/dogs"), "https://example.com")
    claims = claims_of(client, token)
    assert (claims["iss"], claims["aud"]) == (ISSUER, "https://example.com")
    assert claims["repository"] == "acme/dogs"
    assert claims["repository_owner"] == "acme"
    assert claims["job_workflow_ref"] == "acme/dogs/.github/workflows/deploy.yml@refs/heads/main"


def test_a_token_is_good_for_five_minutes_of_the_rehearsals_clock() -> None:
    client = Client()
    client.clock.advance(timedelta(days=8))
    claims = claims_of(client, github_token(client.cloud, Workflow("acme/dogs")))
    assert claims["iat"] == client.clock.now().timestamp()
    assert claims["exp"] == client.clock.now().timestamp() + 300


@pytest.mark.parametrize(
    ("workflow", "subject"),
    [
        (Workflow("acme/dogs"), "repo:acme/dogs:ref:refs/heads/main"),
        (Workflow("acme/dogs", ref="refs/tags/v1"), "repo:acme/dogs:ref:refs/tags/v1"),
        (
            Workflow("acme/dogs", ref="refs/pull/7/merge", event="pull_request"),
            "repo:acme/dogs:pull_request",
        ),
        (
            Workflow("acme/dogs", environment="production", event="pull_request"),
            "repo:acme/dogs:environment:production",
        ),
    ],
)
def test_the_subject_tells_where_a_job_runs(workflow: Workflow, subject: str) -> None:
    assert workflow.claims()["sub"] == subject


def test_ids_are_the_same_each_time_and_differ_by_repository() -> None:
    ids = [Workflow(name).claims()["repository_id"] for name in ("a/b", "a/b", "a/c")]
    assert ids[0] == ids[1] != ids[2]


@pytest.mark.parametrize("repository", ["dogs", "/dogs", "acme/", "a/b/c"])
def test_a_repository_has_an_owner(repository: str) -> None:
    with pytest.raises(RehearsalError, match="OWNER/NAME"):
        Workflow(repository)


def test_a_branch_is_named_in_full() -> None:
    with pytest.raises(RehearsalError, match="refs/heads/main"):
        Workflow("acme/dogs", ref="main")


def test_the_configuration_leads_to_the_keys() -> None:
    client = Client()
    configuration = client.get(f"{ISSUER}/.well-known/openid-configuration", as_=None).ok
    assert configuration["issuer"] == ISSUER
    assert client.get(configuration["jwks_uri"], as_=None).ok == public_keys(client.cloud, ISSUER)


def test_a_jobs_step_asks_for_a_token_by_its_two_variables() -> None:
    client = Client()
    variables = request_variables(client.cloud, Workflow("acme/dogs"))
    url = f"{variables['ACTIONS_ID_TOKEN_REQUEST_URL']}&audience=https%3A%2F%2Fexample.com"
    bearer = {"authorization": f"bearer {variables['ACTIONS_ID_TOKEN_REQUEST_TOKEN']}"}
    token = client.get(url, as_=None, headers=bearer).ok["value"]
    assert claims_of(client, token)["aud"] == "https://example.com"


def test_a_wrong_request_token_gives_nothing() -> None:
    client = Client()
    variables = request_variables(client.cloud, Workflow("acme/dogs"))
    url = variables["ACTIONS_ID_TOKEN_REQUEST_URL"]
    assert client.get(url, as_=None, headers={"authorization": "bearer x"}).status == 401
