"""The sample and its server: the API's own format, its key, its pages, its limits."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
import requests

from dlt_ingestion.config import SAMPLE_KEY, load_settings
from dlt_ingestion.records import ApiBreed, decode_page, era_of
from dlt_ingestion.rows import breed_row
from dlt_ingestion.sample.server import SampleServer, sample_breeds
from tests.answers import breeds
from tests.fake_time import FakeTime

FEW_HEADERS = ("Pagination-Count", "Pagination-Page", "Pagination-Limit")


def decoded_sample() -> list[ApiBreed]:
    return decode_page(json.dumps(sample_breeds()).encode(), 0)


def test_the_sample_has_at_least_60_breeds() -> None:
    assert len(decoded_sample()) >= 60


def test_the_sample_is_in_the_format_of_today() -> None:
    assert era_of(decoded_sample()) == "2026"


def test_no_two_breeds_of_the_sample_share_an_id() -> None:
    found = decoded_sample()

    assert len({breed.id for breed in found}) == len(found)


def test_no_two_breeds_of_the_sample_share_a_name() -> None:
    found = decoded_sample()

    assert len({breed.name for breed in found}) == len(found)


def test_the_fields_of_the_sample_are_all_known() -> None:
    unknown = {name for breed in sample_breeds() for name in breed} - set(
        ApiBreed.__struct_fields__
    )

    assert unknown == set()


def test_the_sample_has_values_that_cannot_be_parsed_but_few_enough_for_the_audit() -> None:
    found = decoded_sample()
    flagged = [breed.name for breed in found if breed_row(breed, "")[1]]

    allowed = load_settings({}, dotenv=None).audit_max_flagged_ratio * len(found)
    assert 0 < len(flagged) <= allowed


def test_the_sample_takes_more_than_one_page() -> None:
    with SampleServer() as server:
        assert len(sample_breeds()) > server.highest_limit


@pytest.fixture
def server() -> Iterator[SampleServer]:
    """Seven breeds, three a page at most, five requests a minute."""
    found: list[Any] = breeds(*range(7))
    with SampleServer(found, highest_limit=3, requests_per_minute=5) as running:
        yield running


def ask(
    server: SampleServer, path: str = "/breeds", key: str | None = SAMPLE_KEY
) -> requests.Response:
    headers = {} if key is None else {"x-api-key": key}
    return requests.get(server.base_url + path, headers=headers, timeout=10)


@pytest.mark.parametrize("key", [None, "", "another"])
def test_without_its_key_the_server_answers_403(server: SampleServer, key: str | None) -> None:
    assert ask(server, key=key).status_code == 403


@pytest.mark.parametrize("path", ["", "/", "/cats", "/breeds/1", "/../v1"])
def test_anywhere_else_the_server_answers_404(server: SampleServer, path: str) -> None:
    assert ask(server, path).status_code == 404


@pytest.mark.parametrize("query", ["limit=all", "page=first", "page=" + "9" * 5000])
def test_limit_and_page_that_are_no_numbers_are_answered_400(
    server: SampleServer, query: str
) -> None:
    assert ask(server, f"/breeds?{query}").status_code == 400


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("limit=2&page=0", [0, 1]),
        ("limit=2&page=1", [2, 3]),
        ("limit=2", [0, 1]),
        ("limit=1&page=2", [2]),
        ("limit=0", [0]),
        ("limit=3&page=2", [6]),
        ("limit=3&page=3", []),
        ("limit=3&page=-1", [0, 1, 2]),
    ],
)
def test_a_page_has_the_breeds_of_its_place(
    server: SampleServer, query: str, found: list[int]
) -> None:
    assert [breed["id"] for breed in ask(server, f"/breeds?{query}").json()] == found


@pytest.mark.parametrize("query", ["", "?limit=1000"])
def test_a_page_has_no_more_breeds_than_the_server_allows(server: SampleServer, query: str) -> None:
    assert len(ask(server, f"/breeds{query}").json()) == 3


def test_headers_tell_count_page_and_limit(server: SampleServer) -> None:
    headers = ask(server, "/breeds?limit=1000&page=1").headers

    assert [headers[name] for name in FEW_HEADERS] == ["7", "1", "3"]


def test_headers_can_be_left_out() -> None:
    with SampleServer(breeds(1), headers=False) as server:
        headers = ask(server).headers

    assert [name for name in FEW_HEADERS if name in headers] == []


def test_text_is_sent_as_utf_8() -> None:
    with SampleServer([{"id": "1", "name": "Löwchen"}]) as server:
        body = ask(server).content

    assert "Löwchen".encode() in body


def test_one_request_too_many_in_a_minute_is_answered_429(server: SampleServer) -> None:
    statuses = [ask(server).status_code for _ in range(6)]

    assert statuses == [200] * 5 + [429]


@pytest.fixture
def server_time(fake_time: FakeTime, monkeypatch: pytest.MonkeyPatch) -> FakeTime:
    """The server's time, which passes only when it is told to."""
    monkeypatch.setattr("dlt_ingestion.sample.server.time", fake_time)
    return fake_time


def test_the_429_says_how_long_to_wait(server: SampleServer, server_time: FakeTime) -> None:
    for _ in range(5):
        ask(server)
    server_time.pass_by(20.5)

    assert ask(server).headers["Retry-After"] == "40"


def test_who_waits_as_long_as_told_may_ask_again(
    server: SampleServer, server_time: FakeTime
) -> None:
    for _ in range(6):
        answer = ask(server)
    server_time.pass_by(int(answer.headers["Retry-After"]))

    assert ask(server).status_code == 200


def test_who_does_not_wait_as_long_as_told_is_refused_again(
    server: SampleServer, server_time: FakeTime
) -> None:
    for _ in range(6):
        answer = ask(server)
    server_time.pass_by(int(answer.headers["Retry-After"]) - 2)

    assert ask(server).status_code == 429


def test_the_server_notes_what_was_asked(server: SampleServer) -> None:
    ask(server, "/breeds?limit=2&page=1")

    assert server.requests == ["/v1/breeds?limit=2&page=1"]


def test_two_servers_at_once_have_ports_of_their_own(server: SampleServer) -> None:
    with SampleServer() as other:
        assert other.base_url != server.base_url
