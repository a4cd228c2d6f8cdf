from datetime import timedelta

import msgspec
import pytest

from rehearsal.errors import RehearsalError
from rehearsal.services.thedogapi.settings import change
from tests.client import Client, Response

BREEDS = "https://api.thedogapi.com/v1/breeds"
KEY = "live_0123456789"


def get(client: Client, query: str = "", key: str | None = KEY) -> Response:
    headers = {} if key is None else {"x-api-key": key}
    return client.get(f"{BREEDS}?{query}", as_=None, headers=headers)


def test_pages_give_all_breeds_once() -> None:
    client = Client()
    first = get(client, "limit=25&page=0")
    total = int(first.headers["pagination-count"])
    assert first.headers["pagination-limit"] == "25"
    found = [
        breed["id"]
        for page in range(total // 25 + 1)
        for breed in msgspec.json.decode(get(client, f"limit=25&page={page}").content)
    ]
    assert len(found) == len(set(found)) == total


def test_a_page_is_no_longer_than_the_api_allows() -> None:
    answer = get(Client(), "limit=1000")
    assert answer.headers["pagination-limit"] == "25"
    assert len(msgspec.json.decode(answer.content)) == 25


@pytest.mark.parametrize("key", [None, "", "sample", "expired"])
def test_without_a_live_key_the_api_is_forbidden(key: str | None) -> None:
    answer = get(Client(), key=key)
    assert (answer.status, answer.json) == (403, {"message": "Forbidden"})


def test_ten_requests_a_minute_are_answered_and_the_next_waits() -> None:
    client = Client()
    assert [get(client).status for _ in range(11)] == [200] * 10 + [429]
    assert get(client).headers["retry-after"] == "61"
    assert get(client, key="live_other").status == 200
    client.clock.advance(timedelta(minutes=1))
    assert get(client).status == 200


def test_keys_and_plan_can_be_set() -> None:
    client = Client()
    change(client.cloud.store, {"keys": ["mine"], "requests_per_minute": 1})
    assert get(client).status == 403
    assert [get(client, key="mine").status for _ in range(2)] == [200, 429]
    change(client.cloud.store, {"keys": None})
    assert get(client).status == 200


@pytest.mark.parametrize("wrong", [{"requests_per_minute": 0}, {"keys": "x"}, {"plan": "gold"}])
def test_what_can_not_be_set_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(RehearsalError):
        change(Client().cloud.store, wrong)


def test_numbers_that_are_none_and_other_paths_are_refused() -> None:
    client = Client()
    assert get(client, "limit=many").status == 400
    other = client.get("https://api.thedogapi.com/v1/images", as_=None)
    assert (other.status, other.json) == (404, {"message": "Not Found"})


def test_the_list_can_shrink_and_grow_again() -> None:
    client = Client()
    whole = get(client).headers["pagination-count"]
    change(client.cloud.store, {"breeds": 30})
    second = get(client, "limit=25&page=1")
    assert second.headers["pagination-count"] == "30"
    assert len(msgspec.json.decode(second.content)) == 5
    change(client.cloud.store, {"breeds": None})
    assert get(client).headers["pagination-count"] == whole
