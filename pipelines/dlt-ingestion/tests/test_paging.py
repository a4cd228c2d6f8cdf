"""Walks over pages: every breed exactly once, or an error; over made-up answers and over HTTP."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dlt_ingestion.api import Answer, DogApi
from dlt_ingestion.config import load_settings
from dlt_ingestion.errors import SourceError
from dlt_ingestion.paging import walk
from dlt_ingestion.sample.server import SampleServer
from tests.answers import answer, breeds
from tests.fake_time import FakeTime

Fetch = Callable[[int], Answer]
ALL_HEADERS = frozenset({"count", "limit", "page"})


def ids_of(fetch: Fetch, page_size: int) -> list[str]:
    """The ids that a walk yields, in order."""
    return [str(breed.id) for _, found in walk(fetch, page_size) for breed in found]


def ids(number: int) -> list[str]:
    return [str(n) for n in range(number)]


@dataclass
class FakeApi:
    """Pages over ``numbers``; ``cap`` bounds a page, ``headers`` are those that it sends."""

    numbers: Sequence[int]
    page_size: int
    cap: int | None = None
    headers: frozenset[str] = ALL_HEADERS
    ignores_limit: bool = False
    ignores_page: bool = False
    asked: list[int] = field(default_factory=list)

    def fetch(self, page: int) -> Answer:
        self.asked.append(page)
        limit = min(self.page_size, self.cap or self.page_size)
        if self.ignores_limit:
            limit = len(self.numbers)
        shown = 0 if self.ignores_page else page
        return answer(
            page,
            breeds(*self.numbers[shown * limit : (shown + 1) * limit]),
            count=len(self.numbers) if "count" in self.headers else None,
            page_limit=limit if "limit" in self.headers else None,
            page_number=shown if "page" in self.headers else None,
        )


def scripted(*answers: Answer) -> Fetch:
    """A fetch that gives these answers, page by page."""
    return lambda page: answers[page]


@pytest.mark.parametrize(
    ("number", "page_size", "pages"),
    [(7, 3, 3), (6, 3, 2), (2, 3, 1), (3, 3, 1), (1, 1, 1)],
    ids=["short end", "exact multiple", "one short page", "one full page", "one breed"],
)
def test_with_headers_as_many_pages_are_asked_as_there_are(
    number: int, page_size: int, pages: int
) -> None:
    api = FakeApi(range(number), page_size)

    assert ids_of(api.fetch, page_size) == ids(number)
    assert api.asked == list(range(pages))


@pytest.mark.parametrize(
    ("number", "page_size", "pages"),
    [(7, 3, 4), (6, 3, 3), (2, 3, 2), (3, 3, 2), (1, 1, 2)],
    ids=["short end", "exact multiple", "one short page", "one full page", "one breed"],
)
def test_without_headers_the_walk_ends_at_an_empty_page(
    number: int, page_size: int, pages: int
) -> None:
    api = FakeApi(range(number), page_size, headers=frozenset())

    assert ids_of(api.fetch, page_size) == ids(number)
    assert api.asked == list(range(pages))


def test_each_page_comes_with_the_answer_that_it_was_read_from() -> None:
    api = FakeApi(range(5), 3)

    pages = [(found.page, [breed.id for breed in page]) for found, page in walk(api.fetch, 3)]

    assert pages == [(0, [0, 1, 2]), (1, [3, 4])]


@pytest.mark.parametrize(
    "headers", [ALL_HEADERS, frozenset({"count"}), frozenset({"count", "page"}), {"limit"}]
)
def test_pages_that_the_api_caps_are_walked_where_headers_tell(headers: frozenset[str]) -> None:
    api = FakeApi(range(10), 1000, cap=3, headers=frozenset(headers))

    assert ids_of(api.fetch, 1000) == ids(10)


def test_pages_that_the_api_caps_silently_are_an_error_that_tells_the_remedy() -> None:
    api = FakeApi(range(10), 1000, cap=3, headers=frozenset())

    with pytest.raises(
        SourceError, match=r"Page 0 .* was short .* set DOG_API_PAGE_SIZE to its cap"
    ):
        ids_of(api.fetch, 1000)


def test_a_silent_cap_that_all_breeds_fit_under_is_no_error() -> None:
    api = FakeApi(range(3), 1000, cap=3, headers=frozenset())

    assert ids_of(api.fetch, 1000) == ids(3)


@pytest.mark.parametrize("count", [None, 0, 5])
def test_an_empty_list_is_an_error(count: int | None) -> None:
    with pytest.raises(SourceError, match="empty list of breeds"):
        ids_of(scripted(answer(0, [], count=count)), 3)


def test_a_short_first_page_is_an_error_where_the_limit_is_told() -> None:
    pages = scripted(answer(0, breeds(0, 1), count=7, page_limit=3))

    with pytest.raises(SourceError, match=r"Page 0 .* has 2 breeds where 3 are due"):
        ids_of(pages, 3)


def test_a_short_page_is_an_error() -> None:
    pages = scripted(
        answer(0, breeds(0, 1, 2), count=7, page_limit=3),
        answer(1, breeds(3, 4), count=7, page_limit=3),
    )

    with pytest.raises(SourceError, match=r"Page 1 .* has 2 breeds where 3 are due"):
        ids_of(pages, 3)


def test_an_empty_page_before_the_end_is_an_error() -> None:
    pages = scripted(
        answer(0, breeds(0, 1, 2), count=7, page_limit=3), answer(1, [], count=7, page_limit=3)
    )

    with pytest.raises(SourceError, match=r"Page 1 .* has 0 breeds where 3 are due"):
        ids_of(pages, 3)


def test_a_short_page_that_another_one_follows_is_an_error_without_headers() -> None:
    pages = scripted(answer(0, breeds(0, 1, 2)), answer(1, breeds(3)), answer(2, breeds(4)))

    with pytest.raises(SourceError, match=r"Page 1 .* was short .* page 2 has 1 more"):
        ids_of(pages, 3)


@pytest.mark.parametrize(
    "headers", [frozenset(), frozenset({"count"}), frozenset({"count", "page"})]
)
def test_a_page_that_is_longer_than_was_asked_for_is_an_error(headers: frozenset[str]) -> None:
    api = FakeApi(range(10), 3, headers=headers, ignores_limit=True)

    with pytest.raises(SourceError, match="Page 0 of the API has 10 breeds"):
        ids_of(api.fetch, 3)


@pytest.mark.parametrize(("number", "count"), [(3, 2), (1, 0)])
def test_more_breeds_than_the_count_says_are_an_error(number: int, count: int) -> None:
    pages = scripted(answer(0, breeds(*range(number)), count=count, page_limit=3))

    with pytest.raises(SourceError, match=f"has {number} breeds where {count} are due"):
        ids_of(pages, 3)


def test_a_repeated_page_is_an_error() -> None:
    api = FakeApi(range(6), 3, headers=frozenset({"count", "limit"}), ignores_page=True)

    with pytest.raises(SourceError, match="is on page 0 and again on page 1"):
        ids_of(api.fetch, 3)


def test_a_repeated_page_is_an_error_without_headers() -> None:
    api = FakeApi(range(3), 3, headers=frozenset(), ignores_page=True)

    with pytest.raises(SourceError, match="is on page 0 and again on page 1"):
        ids_of(api.fetch, 3)


def test_a_page_of_another_number_is_an_error() -> None:
    pages = scripted(
        answer(0, breeds(0, 1, 2), count=6, page_limit=3, page_number=0),
        answer(1, breeds(3, 4, 5), count=6, page_limit=3, page_number=2),
    )

    with pytest.raises(SourceError, match="answered page 2 where page 1 was asked"):
        ids_of(pages, 3)


@pytest.mark.parametrize("count", [5, 7, None], ids=["fewer", "more", "no longer told"])
def test_a_count_that_changes_is_an_error(count: int | None) -> None:
    pages = scripted(
        answer(0, breeds(0, 1, 2), count=6, page_limit=3),
        answer(1, breeds(3, 4, 5), count=count, page_limit=3),
    )

    with pytest.raises(
        SourceError, match=f"changed while paging: page 0 said 6, page 1 says {count}"
    ):
        ids_of(pages, 3)


@pytest.mark.parametrize("count", [3, None], ids=["with headers", "without"])
def test_an_id_twice_on_a_page_is_an_error_that_names_it(count: int | None) -> None:
    with pytest.raises(SourceError, match="Page 0 of the API has the same id twice: '7'"):
        ids_of(scripted(answer(0, breeds(6, 7, "7"), count=count)), 3)


@pytest.mark.parametrize("count", [6, None], ids=["with headers", "without"])
def test_an_id_twice_on_a_later_page_is_an_error_that_names_it(count: int | None) -> None:
    pages = scripted(
        answer(0, breeds(0, 1, 2), count=count), answer(1, breeds(3, 7, 7), count=count)
    )

    with pytest.raises(SourceError, match="Page 1 of the API has the same id twice: '7'"):
        ids_of(pages, 3)


def test_an_id_on_two_pages_is_an_error_even_as_number_and_text() -> None:
    pages = scripted(
        answer(0, breeds(0, 1, 2), count=5, page_limit=3),
        answer(1, breeds("2", "3"), count=5, page_limit=3),
    )

    with pytest.raises(SourceError, match="Breed '2' is on page 0 and again on page 1"):
        ids_of(pages, 3)


@pytest.mark.parametrize(
    ("later", "name"), [([9, 0, 1, 2, 3, 4], "moved up"), ([1, 2, 3, 4, 9, 0], "moved down")]
)
def test_a_breed_that_moves_while_paging_is_an_error(later: list[int], name: str) -> None:
    first = FakeApi([0, 1, 2, 3, 4, 9], 3)

    def fetch(page: int) -> Answer:
        return (first if page == 0 else FakeApi(later, 3)).fetch(page)

    with pytest.raises(SourceError, match="a list that moved"):
        ids_of(fetch, 3)


def test_an_answer_that_is_not_breeds_is_an_error_that_names_its_page() -> None:
    pages = scripted(
        answer(0, breeds(0, 1, 2), count=6), answer(1, b'{"message": "oops"}', count=6)
    )

    with pytest.raises(SourceError, match="Page 1 of the API is not a list of breeds"):
        ids_of(pages, 3)


def test_a_list_without_end_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dlt_ingestion.paging._MOST_PAGES", 5)

    with pytest.raises(SourceError, match="more than 5 pages; set a larger DOG_API_PAGE_SIZE"):
        ids_of(lambda page: answer(page, breeds(page)), 1)


some_headers = st.frozensets(st.sampled_from(sorted(ALL_HEADERS)))


@given(
    number=st.integers(0, 40),
    page_size=st.integers(1, 50),
    cap=st.one_of(st.none(), st.integers(1, 50)),
    headers=some_headers,
    ignores_limit=st.booleans(),
    ignores_page=st.booleans(),
)
def test_a_walk_yields_every_breed_once_or_is_an_error(
    *,
    number: int,
    page_size: int,
    cap: int | None,
    headers: frozenset[str],
    ignores_limit: bool,
    ignores_page: bool,
) -> None:
    api = FakeApi(range(number), page_size, cap, headers, ignores_limit, ignores_page)

    found = ids(number)
    with suppress(SourceError):
        found = ids_of(api.fetch, page_size)

    assert found == ids(number)


@given(
    number=st.integers(1, 40),
    page_size=st.integers(1, 50),
    cap=st.integers(1, 50),
)
def test_an_api_that_tells_its_cap_is_always_walked_to_the_end(
    number: int, page_size: int, cap: int
) -> None:
    api = FakeApi(range(number), page_size, cap)

    assert ids_of(api.fetch, page_size) == ids(number)


@given(number=st.integers(1, 40), page_size=st.integers(1, 50))
def test_an_api_without_headers_that_keeps_to_the_limit_is_always_walked_to_the_end(
    number: int, page_size: int
) -> None:
    api = FakeApi(range(number), page_size, headers=frozenset())

    assert ids_of(api.fetch, page_size) == ids(number)


@given(number=st.integers(1, 8), page_size=st.integers(1, 5), headers=some_headers, data=st.data())
def test_a_list_that_is_shuffled_while_paging_never_loses_a_breed(
    number: int, page_size: int, headers: frozenset[str], data: st.DataObject
) -> None:
    def fetch(page: int) -> Answer:
        order = data.draw(st.permutations(range(number)))
        return FakeApi(order, page_size, headers=headers).fetch(page)

    found = ids(number)
    with suppress(SourceError):
        found = sorted(ids_of(fetch, page_size), key=int)

    assert found == ids(number)


def served_ids(server: SampleServer, page_size: int) -> list[str]:
    """The ids that a walk over HTTP yields."""
    environ = {
        "DOG_API_KEY": server.key,
        "DOG_API_BASE_URL": server.base_url,
        "DOG_API_REQUESTS_PER_MINUTE": "0",
    }
    with DogApi(load_settings(environ, dotenv=None), FakeTime().clock) as api:
        return ids_of(lambda page: api.fetch(page, page_size), page_size)


def serve(
    content: Sequence[Any], *, highest_limit: int = 1000, headers: bool = True
) -> SampleServer:
    return SampleServer(
        content, highest_limit=highest_limit, headers=headers, requests_per_minute=1_000_000
    )


@pytest.mark.parametrize("headers", [True, False], ids=["with headers", "without"])
@pytest.mark.parametrize("number", [1, 6, 7], ids=["single page", "exact multiple", "short end"])
def test_over_http_every_breed_comes_once(number: int, headers: bool) -> None:
    with serve(breeds(*range(number)), headers=headers) as server:
        assert served_ids(server, 3) == ids(number)


def test_over_http_a_cap_that_is_told_is_followed() -> None:
    with serve(breeds(*range(7)), highest_limit=3) as server:
        assert served_ids(server, 1000) == ids(7)


def test_over_http_a_cap_that_is_not_told_is_an_error() -> None:
    with (
        serve(breeds(*range(7)), highest_limit=3, headers=False) as server,
        pytest.raises(SourceError, match=r"Page 0 .* was short"),
    ):
        served_ids(server, 1000)


@pytest.mark.parametrize("headers", [True, False], ids=["with headers", "without"])
def test_over_http_an_empty_list_is_an_error(headers: bool) -> None:
    with (
        serve([], headers=headers) as server,
        pytest.raises(SourceError, match="empty list of breeds"),
    ):
        served_ids(server, 3)


def test_over_http_an_id_on_two_pages_is_an_error() -> None:
    with (
        serve(breeds(0, 1, 2, 0)) as server,
        pytest.raises(SourceError, match="is on page 0 and again on page 1"),
    ):
        served_ids(server, 3)


def test_over_http_a_breed_that_is_removed_meanwhile_is_an_error() -> None:
    with serve(breeds(*range(7))) as server:
        environ = {"DOG_API_KEY": server.key, "DOG_API_BASE_URL": server.base_url}
        with DogApi(load_settings(environ, dotenv=None), FakeTime().clock) as api:
            pages = walk(lambda page: api.fetch(page, 3), 3)
            next(pages)
            del server.breeds[1]

            with pytest.raises(SourceError, match="page 0 said 7, page 1 says 6"):
                next(pages)


@settings(max_examples=20)
@given(
    number=st.integers(0, 30),
    page_size=st.integers(1, 40),
    cap=st.integers(1, 40),
    headers=st.booleans(),
)
def test_over_http_a_walk_yields_every_breed_once_or_is_an_error(
    number: int, page_size: int, cap: int, headers: bool
) -> None:
    found = ids(number)
    with (
        serve(breeds(*range(number)), highest_limit=cap, headers=headers) as server,
        suppress(SourceError),
    ):
        found = served_ids(server, page_size)

    assert found == ids(number)
