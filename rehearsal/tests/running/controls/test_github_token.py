import jwt
import pytest

from rehearsal.errors import RehearsalError
from rehearsal.running.controls.github_token import request, token
from tests.client import Client


def test_a_token_tells_what_was_asked_for() -> None:
    workflow = {"repository": "acme/dogs", "ref": "refs/heads/x", "event": "push"}
    asked = {"workflow": workflow, "audience": "mine", "lifetime_seconds": 60}
    given = token(Client().cloud, asked)["token"]
    claims = jwt.decode(given, options={"verify_signature": False})
    assert (claims["repository"], claims["ref"], claims["aud"]) == (
        "acme/dogs", "refs/heads/x", "mine",
    )  # fmt: skip
    assert claims["exp"] - claims["iat"] == 60


def test_a_repository_without_an_owner_is_refused() -> None:
    with pytest.raises(RehearsalError, match="OWNER/NAME"):
        request(Client().cloud, {"workflow": {"repository": "dogs"}})


def test_a_job_is_given_the_two_variables() -> None:
    told = request(Client().cloud, {"workflow": {"repository": "acme/dogs"}})
    assert set(told["variables"]) == {
        "ACTIONS_ID_TOKEN_REQUEST_URL", "ACTIONS_ID_TOKEN_REQUEST_TOKEN",
    }  # fmt: skip
