from typing import Any

import pytest

from rehearsal.services.iam_federation.expressions import Expression, ExpressionError

CLAIMS = {
    "sub": "repo:acme/dogs:ref:refs/heads/main",
    "repository": "acme/dogs",
    "groups": ["dev", "ops"],
    "verified": True,
    "arn": "arn:aws:sts::1:assumed-role/my-role/session",
}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("assertion.repository", "acme/dogs"),
        ("assertion['repository']", "acme/dogs"),
        ("assertion.repository.startsWith('acme/')", True),
        ("'ops' in assertion.groups", True),
        ("assertion.groups.exists(one, one == 'sre')", False),
        ("assertion.groups", ["dev", "ops"]),
        ("has(assertion.missing) ? assertion.missing : 'none'", "none"),
        ("assertion.arn.extract('assumed-role/{role}/')", "my-role"),
        ("assertion.repository.split('/')[0]", "acme"),
        ("assertion.repository.matches('^acme/(dogs|cats)$')", True),
        ("assertion.verified && assertion.repository == 'acme/dogs'", True),
    ],
)
def test_an_expression_has_the_value_that_cel_gives_it(text: str, value: Any) -> None:
    assert Expression(text, ("assertion",)).value({"assertion": CLAIMS}) == value


def test_conditions_may_name_what_was_mapped() -> None:
    text = "google.subject == 'a' && 'g' in google.groups && attribute.repository == 'acme/dogs'"
    variables = {
        "google": {"subject": "a", "groups": ["g"]},
        "attribute": {"repository": "acme/dogs"},
    }
    assert Expression(text, variables).value(variables) is True


def test_a_missing_claim_is_named() -> None:
    with pytest.raises(ExpressionError, match="no such key: missing"):
        Expression("assertion.missing", ("assertion",)).value({"assertion": CLAIMS})


@pytest.mark.parametrize("text", ["", "a ==", "assertion.sub &&", "assertion.sub.("])
def test_what_does_not_parse_is_refused(text: str) -> None:
    with pytest.raises(ExpressionError, match="Syntax error"):
        Expression(text, ("assertion",))
