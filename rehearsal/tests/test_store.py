"""The store keeps documents, whole transactions and nothing else."""

import threading
from pathlib import Path

import pytest

from rehearsal.store import Store


@pytest.fixture
def store() -> Store:
    return Store()


def test_a_document_is_kept_and_a_copy_is_given(store: Store) -> None:
    store.put("jobs", "a", {"labels": {"x": "1"}})
    given = store.get("jobs", "a")
    assert given is not None
    given["labels"]["x"] = "2"
    assert store.get("jobs", "a") == {"labels": {"x": "1"}}
    assert store.get("secrets", "a") is None


def test_a_list_has_those_with_the_prefix_by_name(store: Store) -> None:
    for name in ("p/b", "p/a", "q/a", "p/ü"):
        store.put("jobs", name, {})
    assert [name for name, _ in store.list("jobs", "p/")] == ["p/a", "p/b", "p/ü"]


def test_a_transaction_that_fails_leaves_nothing_even_when_nested(store: Store) -> None:
    def fail() -> None:
        with store.transaction():
            store.put("jobs", "a", {})
            with store.transaction():
                store.put("jobs", "b", {})
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert store.list("jobs") == []


def test_numbers_are_never_given_twice_not_even_to_threads(store: Store) -> None:
    given: list[int] = []

    def take() -> None:
        for _ in range(50):
            with store.transaction():
                given.append(store.next_number("n"))

    threads = [threading.Thread(target=take) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(given) == list(range(1, 201))


def test_a_file_is_read_again_after_a_restart(tmp_path: Path) -> None:
    first = Store(tmp_path / "store")
    first.put("jobs", "a", {"n": 1})
    assert first.next_number("n") == 1
    first.close()
    second = Store(tmp_path / "store")
    assert second.get("jobs", "a") == {"n": 1}
    assert second.next_number("n") == 2


def test_deleting_says_whether_there_was_one(store: Store) -> None:
    store.put("jobs", "a", {})
    assert [store.delete("jobs", "a"), store.delete("jobs", "a")] == [True, False]


def test_a_range_is_deleted_without_its_end(store: Store) -> None:
    for name in "abcd":
        store.put("jobs", name, {})
    assert store.delete_range("jobs", "b", "d") == 2
    assert [name for name, _ in store.list("jobs")] == ["a", "d"]
