"""Walks the pages of the breeds list and refuses any walk that could have lost a breed."""

from collections.abc import Callable, Iterator

from dlt_ingestion.api import Answer
from dlt_ingestion.errors import SourceError
from dlt_ingestion.records import ApiBreed, decode_page

Page = tuple[Answer, list[ApiBreed]]
_MOST_PAGES = 100_000


def walk(fetch: Callable[[int], Answer], page_size: int) -> Iterator[Page]:
    """Yields each page with its breeds, from page 0 to the last, checked one by one.

    With the header ``pagination-count`` the number of pages follows from it; without, the walk
    ends at an empty page. Raises SourceError where a page is short, long, repeated, numbered
    wrongly, or where the count changed meanwhile. A caller must not publish before the end.
    """
    check = _Check(page_size)
    for number in range(_MOST_PAGES):
        answer = fetch(number)
        breeds = decode_page(answer.body, number)
        check.page(answer, breeds)
        if breeds:
            yield answer, breeds
        if check.complete:
            return
    raise SourceError(f"The API has more than {_MOST_PAGES} pages; set a larger DOG_API_PAGE_SIZE.")


class _Check:
    """What must hold from page to page."""

    def __init__(self, page_size: int) -> None:
        self._asked = page_size
        self._limit = page_size
        self._count: int | None = None
        self._seen: dict[str, int] = {}
        self._short_page: int | None = None
        self.complete = False

    def page(self, answer: Answer, breeds: list[ApiBreed]) -> None:
        if answer.page == 0:
            self._begin(answer, len(breeds))
        self._same_count(answer)
        self._right_number(answer)
        self._right_length(answer.page, len(breeds))
        self._new_ids(answer.page, breeds)
        if self._count is not None:
            self.complete = len(self._seen) >= self._count
        else:
            self.complete = not breeds

    def _begin(self, answer: Answer, rows: int) -> None:
        self._count = answer.count
        self._limit = min(answer.page_limit or self._asked, self._asked)
        if rows == 0:
            raise SourceError("The API answered an empty list of breeds; nothing was published.")
        capped_silently = answer.count is not None and answer.page_limit is None
        if capped_silently and rows < min(self._limit, answer.count or 0):
            self._limit = rows

    def _same_count(self, answer: Answer) -> None:
        if answer.count != self._count:
            raise SourceError(
                f"The API's number of breeds changed while paging: page 0 said {self._count}, page "
                f"{answer.page} says {answer.count}. Nothing was published; run again."
            )

    def _right_number(self, answer: Answer) -> None:
        if answer.page_number is not None and answer.page_number != answer.page:
            raise SourceError(
                f"The API answered page {answer.page_number} where page {answer.page} was asked "
                "for. Nothing was published; run again."
            )

    def _right_length(self, page: int, rows: int) -> None:
        if self._count is not None:
            expected = max(0, min(self._limit, self._count - page * self._limit))
            if rows != expected:
                raise SourceError(
                    f"Page {page} of the API has {rows} breeds where {expected} are due "
                    f"({self._count} in all, {self._limit} a page). Nothing was published; "
                    "run again."
                )
            return
        if rows and self._short_page is not None:
            raise SourceError(
                f"Page {self._short_page} of the API was short (fewer than {self._limit} breeds), "
                f"and page {page} has {rows} more. Nothing was published; if the API caps its "
                "pages, set DOG_API_PAGE_SIZE to its cap, else run again."
            )
        if rows > self._limit:
            raise SourceError(
                f"Page {page} of the API has {rows} breeds, more than the {self._limit} asked for: "
                "the API ignores paging. Nothing was published; raise DOG_API_PAGE_SIZE."
            )
        if rows < self._limit:
            self._short_page = page

    def _new_ids(self, page: int, breeds: list[ApiBreed]) -> None:
        known = len(self._seen)
        for breed in breeds:
            earlier = self._seen.setdefault(str(breed.id), page)
            if earlier != page:
                raise SourceError(
                    f"Breed {breed.id!r} is on page {earlier} and again on page {page} of the API: "
                    "a repeated page or a list that moved. Nothing was published; run again."
                )
        if len(self._seen) - known < len(breeds):
            raise SourceError(
                f"Page {page} of the API has the same id twice: {_first_repeated(breeds)!r}. "
                "Nothing was published; run again."
            )


def _first_repeated(breeds: list[ApiBreed]) -> str:
    seen: set[str] = set()
    for breed in breeds:
        identity = str(breed.id)
        if identity in seen:
            return identity
        seen.add(identity)
    return ""
