"""Calls, retries, operations, credentials: against a transport that answers as told."""

import json
from collections.abc import Callable, Iterable
from pathlib import Path

import httpx
import pytest

from rehearsal.terraform_provider.credentials import Credentials
from rehearsal.terraform_provider.errors import ApiError, OperationError, ProviderError
from rehearsal.terraform_provider.rest import Rest

_URL = "https://run.googleapis.com/v2/projects/p/locations/l/jobs/j"


def _rest(
    answers: Iterable[tuple[int, object]], environment: dict[str, str] | None = None
) -> tuple[Rest, list[httpx.Request], list[float]]:
    """With what it has sent, and for how long it has slept."""
    sent: list[httpx.Request] = []
    slept: list[float] = []
    left = iter(answers)

    def answer(request: httpx.Request) -> httpx.Response:
        sent.append(request)
        status, body = next(left)
        if isinstance(body, Exception):
            raise body
        return httpx.Response(status, json=body)

    client = httpx.Client(transport=httpx.MockTransport(answer))
    credentials = Credentials(
        client, environment=environment or {"GOOGLE_OAUTH_ACCESS_TOKEN": "token"}
    )
    return Rest(credentials, client, sleep=slept.append), sent, slept


def test_a_call_has_the_token_and_asks_for_json() -> None:
    rest, sent, _ = _rest([(200, {"name": "j"})])

    assert rest.call("PATCH", _URL, {"a": 1}, {"updateMask": "a"}) == {"name": "j"}
    assert sent[0].headers["authorization"] == "Bearer token"
    assert str(sent[0].url) == f"{_URL}?updateMask=a&alt=json"
    assert json.loads(sent[0].content) == {"a": 1}


def test_a_transient_answer_is_tried_again_for_a_short_time() -> None:
    rest, sent, slept = _rest([(503, {}), (429, {}), (200, {})])
    rest.get(_URL)
    assert (len(sent), slept) == (3, [0.2, 0.4])

    rest, sent, slept = _rest([(503, {})] * 6)
    with pytest.raises(ApiError, match="503"):
        rest.get(_URL)
    assert len(sent) == 6
    assert sum(slept) < 10


def test_an_answer_that_says_no_is_not_tried_again() -> None:
    rest, sent, _ = _rest([(409, {"error": {"message": "It is there."}})])

    with pytest.raises(ApiError, match="Error 409: It is there"):
        rest.call("POST", _URL)
    assert len(sent) == 1


def test_an_operation_is_asked_for_at_once_and_until_it_has_ended() -> None:
    missing = {"error": {"message": "Not yet."}}
    ended = {"name": "o", "done": True, "response": {"a": 1}}
    rest, sent, slept = _rest([(200, {"name": "o"}), (404, missing), (200, ended)])

    done = rest.finished(lambda name: f"https://host/v2/{name}", {"name": "o"})

    assert done["response"] == {"a": 1}
    assert [one.url.path for one in sent] == ["/v2/o"] * 3
    assert slept == [0.1, 0.2]


def test_an_operation_may_fail() -> None:
    rest, _, _ = _rest([])
    failed = {"name": "o", "done": True, "error": {"code": 9, "message": "no"}}

    with pytest.raises(OperationError, match="Error code 9, message: no"):
        rest.finished(lambda name: name, failed)


def test_who_is_told_to_stop_waits_no_longer() -> None:
    rest, _, _ = _rest([(200, {"name": "o"})])
    rest.stopped.set()

    with pytest.raises(ProviderError, match="operation o had not ended yet"):
        rest.finished(lambda name: f"https://host/{name}", {"name": "o"})


def test_a_host_that_is_not_reached_is_named() -> None:
    rest, _, _ = _rest([(0, httpx.ConnectError("connection refused"))])

    with pytest.raises(ProviderError, match=r"run\.googleapis\.com.*connection refused"):
        rest.get(_URL)


@pytest.fixture
def authorized_user(tmp_path: Path) -> Path:
    file = tmp_path / "adc.json"
    file.write_text(
        json.dumps(
            {
                "type": "authorized_user",
                "client_id": "c",
                "client_secret": "s",
                "refresh_token": "r",
            }
        )
    )
    return file


@pytest.mark.parametrize("given", [str, Path.read_text])
def test_credentials_are_a_file_or_its_content(
    authorized_user: Path, given: Callable[[Path], str]
) -> None:
    granted = {"access_token": "fresh", "expires_in": 3600}
    rest, sent, _ = _rest(
        [(200, granted), (200, {}), (200, {})], {"GOOGLE_CREDENTIALS": given(authorized_user)}
    )

    rest.get(_URL)
    rest.get(_URL)

    assert [one.url.host for one in sent] == ["oauth2.googleapis.com"] + ["run.googleapis.com"] * 2
    assert sent[1].headers["authorization"] == "Bearer fresh"


def test_another_providers_identity_is_exchanged(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("from GitHub")
    account = "dlt@p.iam.gserviceaccount.com"
    info = {
        "type": "external_account",
        "audience": "//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/w"
        "/providers/g",
        "subject_token_type": "urn:ietf:params:oauth:token-type:jwt",
        "token_url": "https://sts.googleapis.com/v1/token",
        "credential_source": {"file": str(tmp_path / "token")},
        "service_account_impersonation_url": "https://iamcredentials.googleapis.com/v1/projects/-"
        f"/serviceAccounts/{account}:generateAccessToken",
    }
    rest, sent, _ = _rest(
        [
            (200, {"access_token": "federated", "expires_in": 3600}),
            (200, {"accessToken": "impersonated", "expireTime": "2999-01-01T00:00:00Z"}),
            (200, {}),
        ],
        {"GOOGLE_APPLICATION_CREDENTIALS": json.dumps(info)},
    )

    rest.get(_URL)

    assert [one.url.host for one in sent][:2] == [
        "sts.googleapis.com",
        "iamcredentials.googleapis.com",
    ]
    assert sent[2].headers["authorization"] == "Bearer impersonated"


@pytest.mark.parametrize("text", ["{}", "/no/such/file", "{"])
def test_credentials_that_are_none_are_told(text: str) -> None:
    rest, _, _ = _rest([], {"GOOGLE_CREDENTIALS": text})

    with pytest.raises(ProviderError, match="No credentials loaded: "):
        rest.get(_URL)


def test_credentials_that_are_refused_are_told(authorized_user: Path) -> None:
    refused = {"error": "invalid_grant", "error_description": "It was revoked."}
    rest, _, _ = _rest([(400, refused)], {"GOOGLE_CREDENTIALS": str(authorized_user)})

    with pytest.raises(ProviderError, match="It was revoked"):
        rest.get(_URL)
