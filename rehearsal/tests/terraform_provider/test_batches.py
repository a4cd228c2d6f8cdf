"""Requests that are wanted at once are made together."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from rehearsal.terraform_provider.batches import Batches
from rehearsal.terraform_provider.errors import ProviderError


def test_items_of_one_key_are_one_request() -> None:
    batches, made = Batches[int](window_seconds=0.5), list[list[int]]()

    def request(items: list[int]) -> int:
        made.append(sorted(items))
        return len(items)

    with ThreadPoolExecutor(8) as threads:
        told = list(threads.map(lambda item: batches.run("a", item, request), range(8)))

    assert made == [list(range(8))]
    assert told == [8] * 8


def test_each_learns_its_own_error() -> None:
    batches = Batches[int](window_seconds=0.5)

    def request(items: list[int]) -> list[int]:
        if 3 in items:
            raise ProviderError(f"not {items}")
        return items

    def told(item: int) -> object:
        try:
            return batches.run("a", item, request)
        except ProviderError as error:
            return str(error)

    with ThreadPoolExecutor(3) as threads:
        assert list(threads.map(told, (1, 2, 3))) == [[1], [2], "not [3]"]


def test_a_bug_reaches_all_who_wait() -> None:
    batches = Batches[int](window_seconds=0.01)

    with pytest.raises(ZeroDivisionError):
        batches.run("a", 1, lambda items: len(items) // 0)
