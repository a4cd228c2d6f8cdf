"""The Dog API: a key, pages, a limit."""

import msgspec
import pytest

from rehearsal.services import thedogapi
from tests.client import Client

URL = "https://api.thedogapi.com/v1/breeds"


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> Client:
    monkeypatch.setattr(thedogapi, "_limit", thedogapi._Limit())
    return Client()


def key(value: str) -> dict[str, str]:
    return {"x-api-key": value}


def test_all_pages_together_are_the_sample(client: Client) -> None:
    found: list[str] = []
    for page in range(4):
        answer = client.get(f"{URL}?limit=1000&page={page}", as_=None, headers=key("live_a"))
        assert answer.headers["pagination-count"] == "72"
        found += [one["id"] for one in msgspec.json.decode(answer.content)]
    assert len(set(found)) == len(found) == 72


@pytest.mark.parametrize("headers", [{}, key("expired")])
def test_without_a_good_key_it_is_forbidden(client: Client, headers: dict[str, str]) -> None:
    assert client.get(URL, as_=None, headers=headers).status == 403


def test_the_limit_of_a_minute_is_told_with_the_time_to_wait(client: Client) -> None:
    thedogapi.configure(client.cloud, [{"id": "1"}], 2)
    statuses = [client.get(URL, as_=None, headers=key("live_b")) for _ in range(3)]
    assert [one.status for one in statuses] == [200, 200, 429]
    assert 1 <= int(statuses[2].headers["retry-after"]) <= 61
    assert client.get(URL, as_=None, headers=key("live_c")).content == b'[{"id":"1"}]'


def test_parameters_that_are_no_numbers_are_refused(client: Client) -> None:
    assert client.get(f"{URL}?limit=x", as_=None, headers=key("live_d")).status == 400
