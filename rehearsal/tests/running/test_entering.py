import pytest

from rehearsal.errors import RehearsalError
from rehearsal.running.entering import OWNER, member_of


@pytest.mark.parametrize(
    ("account", "member"),
    [
        (None, OWNER),
        ("nobody", "nobody"),
        ("someone@example.com", "user:someone@example.com"),
        ("a@p.iam.gserviceaccount.com", "serviceAccount:a@p.iam.gserviceaccount.com"),
        (
            "service-1@serverless-robot-prod.iam.gserviceaccount.com",
            "serviceAccount:service-1@serverless-robot-prod.iam.gserviceaccount.com",
        ),
        ("user:someone@example.com", "user:someone@example.com"),
    ],
)
def test_an_account_is_told_by_its_address(account: str | None, member: str) -> None:
    assert member_of(account) == member


def test_what_is_no_account_is_refused_with_what_would_be_one() -> None:
    with pytest.raises(RehearsalError, match="nobody"):
        member_of("terraform-deploy")
