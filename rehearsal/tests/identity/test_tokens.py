"""Tokens are good for their principal until they expire."""

from datetime import UTC, datetime, timedelta

import pytest

from rehearsal.clock import Clock
from rehearsal.identity.principal import Principal
from rehearsal.identity.tokens import KIND, Tokens
from rehearsal.store import Store

START = datetime(2026, 1, 5, tzinfo=UTC)
ANN = Principal("user:ann@example.com", frozenset({"principalSet://x"}))


@pytest.fixture
def clock() -> Clock:
    return Clock(source=lambda: START)


def test_a_token_is_its_principals_until_it_expires(clock: Clock) -> None:
    tokens = Tokens(Store(), clock)
    token = tokens.issue(ANN, timedelta(hours=1))
    clock.advance(timedelta(minutes=59, seconds=59))
    assert tokens.principal_of(token) == ANN
    clock.advance(timedelta(seconds=1))
    assert tokens.principal_of(token) is None


def test_what_was_never_issued_is_nobodys(clock: Clock) -> None:
    assert Tokens(Store(), clock).principal_of("ya29.made-up") is None


def test_a_token_survives_a_restart_but_is_nowhere_in_the_store(clock: Clock) -> None:
    store = Store()
    token = Tokens(store, clock).issue(ANN)
    assert Tokens(store, clock).principal_of(token) == ANN
    assert token not in str(store.list(KIND))


def test_all_tokens_of_a_principal_can_be_ended(clock: Clock) -> None:
    tokens = Tokens(Store(), clock)
    gone, kept = tokens.issue(ANN), tokens.issue(Principal("user:bob@example.com"))
    tokens.revoke(ANN)
    assert tokens.principal_of(gone) is None
    assert tokens.principal_of(kept) is not None


def test_expired_tokens_are_swept_away(clock: Clock) -> None:
    store = Store()
    tokens = Tokens(store, clock)
    for _ in range(150):
        tokens.issue(ANN)
    clock.advance(timedelta(hours=2))
    for _ in range(100):
        tokens.issue(ANN)
    assert len(store.list(KIND)) == 100
