"""Which jobs of GitHub's workflows get tokens of which accounts: real tokens, exchanged."""

import json
from collections.abc import Mapping

import pytest

from tests.infrastructure.installation import Installation, account

pytestmark = [pytest.mark.xdist_group("infrastructure"), pytest.mark.timeout(900)]


@pytest.fixture(scope="module")
def audience(bootstrapped: Installation) -> str:
    """The provider, as tokens are asked for it."""
    told = json.loads(bootstrapped.bootstrap("output", "-json", "github_variables"))
    return f"//iam.googleapis.com/{told['GCP_WORKLOAD_IDENTITY_PROVIDER']}"


@pytest.mark.parametrize(
    ("event", "ref", "repository_id", "accounts"),
    [
        ("push", "refs/heads/main", "123456789", {"terraform-deploy"}),
        ("workflow_dispatch", "refs/heads/main", "123456789", {"terraform-deploy"}),
        ("schedule", "refs/heads/main", "123456789", {"terraform-deploy", "github-pull-request"}),
        ("pull_request", "refs/pull/7/merge", "123456789", {"github-pull-request"}),
        ("pull_request_target", "refs/heads/main", "123456789", set()),
        ("issue_comment", "refs/heads/main", "123456789", set()),
        ("push", "refs/heads/feature", "123456789", set()),
        ("push", "refs/tags/refs/heads/main", "123456789", set()),
        ("push", "refs/heads/main", "987654321", set()),
    ],
)
def test_who_comes_in_from_github(
    bootstrapped: Installation,
    audience: str,
    event: str,
    ref: str,
    repository_id: str,
    accounts: set[str],
) -> None:
    workflow: dict[str, object] = {
        "repository": "example/dog-breeds", "repository_id": repository_id,
        "event": event, "ref": ref,
    }  # fmt: skip
    assert {
        name for name in ("terraform-deploy", "github-pull-request", "dlt-runner", "dlt-invoker")
        if lets_in(bootstrapped, audience, workflow, account(name))
    } == accounts  # fmt: skip


def lets_in(
    bootstrapped: Installation, audience: str, workflow: dict[str, object], email: str
) -> bool:
    """Whether a job of the workflow gets a token of the account, asked as Google's action asks."""
    asked: dict[str, object] = {
        "workflow": workflow, "audience": f"https:{audience}", "lifetime_seconds": 300,
    }  # fmt: skip
    token = bootstrapped.rehearsal.ask("github-token", asked)["token"]
    exchanged = posted(bootstrapped, "https://sts.googleapis.com/v1/token", {
        "audience": audience, "subjectToken": token,
        "grantType": "urn:ietf:params:oauth:grant-type:token-exchange",
        "subjectTokenType": "urn:ietf:params:oauth:token-type:jwt",
        "requestedTokenType": "urn:ietf:params:oauth:token-type:access_token",
        "scope": "https://www.googleapis.com/auth/cloud-platform",
    })  # fmt: skip
    if "access_token" not in exchanged:
        return False
    address = f"https://iamcredentials.googleapis.com/v1/projects/-/serviceAccounts/{email}"
    scope = {"scope": ["https://www.googleapis.com/auth/cloud-platform"]}
    bearer = str(exchanged["access_token"])
    return "accessToken" in posted(bootstrapped, f"{address}:generateAccessToken", scope, bearer)


def posted(
    bootstrapped: Installation, address: str, body: Mapping[str, object], bearer: str = ""
) -> dict[str, object]:
    """What Google answers, a refusal too."""
    headers = ["-H", "Content-Type: application/json"]
    if bearer:
        headers += ["-H", f"Authorization: Bearer {bearer}"]
    command = ("curl", "--silent", "--show-error", *headers, "--data", "@-", address)
    told = bootstrapped.rehearsal.ok(*command, text=json.dumps(body))
    found: dict[str, object] = json.loads(told)
    return found
