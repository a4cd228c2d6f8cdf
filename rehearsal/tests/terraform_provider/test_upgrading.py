"""States that somebody else has written."""

from rehearsal.terraform_provider.schema import STRINGS, block, one, optional, timeouts
from rehearsal.terraform_provider.upgrading import upgraded

_BLOCK = block(
    name=optional(),
    retry=one()(count=optional(), after=optional(STRINGS)),
    timeouts=timeouts("create"),
)


def test_what_is_known_is_taken_over() -> None:
    state = {"name": "a", "retry": [{"count": "1", "after": None}], "timeouts": {"create": "1m"}}

    assert upgraded(_BLOCK, state) == (state, [])


def test_what_is_missing_is_empty() -> None:
    assert upgraded(_BLOCK, {}) == ({"name": None, "retry": [], "timeouts": None}, [])


def test_what_is_not_known_and_says_nothing_is_left_out() -> None:
    state, strange = upgraded(_BLOCK, {"other": "", "more": [], "retry": [{"old": False}]})

    assert strange == []
    assert state["retry"] == [{"count": None, "after": None}]


def test_what_is_not_known_and_says_something_is_told() -> None:
    _, strange = upgraded(_BLOCK, {"other": "x", "retry": [{"old": True}]})

    assert strange == ["other", "retry.old"]
