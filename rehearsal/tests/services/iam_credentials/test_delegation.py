"""A chain of delegates gives what each may pass on to the next."""

import pytest

from rehearsal.identity.principal import Principal
from tests.client import Client

ACCOUNTS = "https://iam.googleapis.com/v1/projects/demo/serviceAccounts"
URL = "https://iamcredentials.googleapis.com/v1/projects/-/serviceAccounts/{}:generateAccessToken"
SCOPE = ["https://www.googleapis.com/auth/cloud-platform"]
CREATOR = "roles/iam.serviceAccountTokenCreator"
ANN = "user:ann@example.com"
FIRST, SECOND, LAST = (
    f"{name}@demo.iam.gserviceaccount.com" for name in ("first-account", "second-account", "runner")
)


@pytest.fixture
def client() -> Client:
    """Ann may be the first, the first may be the second, the second may be the last."""
    made = Client()
    for email in (FIRST, SECOND, LAST):
        made.post(ACCOUNTS, {"accountId": email.partition("@")[0]}).ok
    trust(made, ANN, FIRST)
    trust(made, f"serviceAccount:{FIRST}", SECOND)
    trust(made, f"serviceAccount:{SECOND}", LAST)
    return made


def trust(client: Client, member: str, email: str) -> None:
    client.grant(member, CREATOR, f"//iam.googleapis.com/projects/demo/serviceAccounts/{email}")


def body(*delegates: str) -> dict[str, object]:
    return {"scope": SCOPE, "delegates": [f"projects/-/serviceAccounts/{one}" for one in delegates]}


def test_an_unbroken_chain_gives_a_token_of_its_end(client: Client) -> None:
    answer = client.post(URL.format(LAST), body(FIRST, SECOND), as_=ANN).ok
    principal = client.cloud.tokens.principal_of(answer["accessToken"])
    assert principal == Principal(f"serviceAccount:{LAST}")


@pytest.mark.parametrize(
    ("delegates", "permission"),
    [
        ((), "getAccessToken"),
        ((FIRST,), "getAccessToken"),
        ((SECOND,), "implicitDelegation"),
        ((SECOND, FIRST), "implicitDelegation"),
    ],
)
def test_a_broken_chain_gives_none(
    client: Client, delegates: tuple[str, ...], permission: str
) -> None:
    error = client.post(URL.format(LAST), body(*delegates), as_=ANN).error
    assert error["message"] == (
        f"Permission 'iam.serviceAccounts.{permission}' denied on resource (or it may not exist)."
    )


def test_a_delegate_that_is_disabled_breaks_it(client: Client) -> None:
    client.post(f"{ACCOUNTS}/{SECOND}:disable").ok
    assert client.post(URL.format(LAST), body(FIRST, SECOND), as_=ANN).status == 404


def test_a_delegate_that_is_no_account_is_refused(client: Client) -> None:
    wrong = {"scope": SCOPE, "delegates": ["projects/demo/serviceAccounts/first"]}
    assert client.post(URL.format(LAST), wrong, as_=ANN).status == 400


def test_an_account_that_is_disabled_or_gone_gives_none(client: Client) -> None:
    client.post(f"{ACCOUNTS}/{FIRST}:disable").ok
    disabled = client.post(URL.format(FIRST), body(), as_=ANN)
    assert disabled.error["message"] == "The service account is disabled."
    client.delete(f"{ACCOUNTS}/{FIRST}").ok
    client.grant(ANN, CREATOR)
    assert client.post(URL.format(FIRST), body(), as_=ANN).status == 404


def test_every_link_of_the_chain_is_recorded(client: Client) -> None:
    client.post(URL.format(LAST), body(FIRST, SECOND), as_=ANN).ok
    verdicts = client.cloud.calls.list("generateAccessToken", "")[-1]["permissions"]
    assert [one["permission"].rpartition(".")[2] for one in verdicts] == [
        "implicitDelegation",
        "implicitDelegation",
        "getAccessToken",
    ]


def test_who_has_no_token_has_no_delegates(client: Client) -> None:
    assert client.post(URL.format(LAST), body(), as_=None).status == 401
