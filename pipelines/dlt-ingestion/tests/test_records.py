"""The API's answers as structs: both eras, and whatever else may come."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlt_ingestion.errors import SourceError
from dlt_ingestion.records import ApiBreed, Measure, decode_page, era_of
from tests.strategies import json_bodies

DEEP = 200_000


def test_the_172_records_of_2025_are_172_breeds(records_of_2025: bytes) -> None:
    assert len(decode_page(records_of_2025, 0)) == 172


def test_the_ids_of_2025_are_unique_numbers(records_of_2025: bytes) -> None:
    numbers = {breed.id for breed in decode_page(records_of_2025, 0) if isinstance(breed.id, int)}

    assert len(numbers) == 172


def test_the_ids_of_2026_are_text(records_of_2026: bytes) -> None:
    ids = [breed.id for breed in decode_page(records_of_2026, 0)]

    assert ids == ["1", "117", "351", "536", "2"]


def test_the_records_of_2025_show_their_era(records_of_2025: bytes) -> None:
    assert era_of(decode_page(records_of_2025, 0)) == "2025"


def test_the_records_of_2026_show_their_era(records_of_2026: bytes) -> None:
    assert era_of(decode_page(records_of_2026, 0)) == "2026"


def test_an_empty_list_is_no_breeds() -> None:
    assert decode_page(b"[]", 0) == []


def test_a_field_that_is_not_known_is_passed_over() -> None:
    assert decode_page(b'[{"id": 1, "name": "Akita", "tail": {"curled": true}}]', 0) == [
        ApiBreed(id=1, name="Akita")
    ]


def test_figures_may_be_numbers() -> None:
    body = b'[{"id": "1", "name": "Akita", "life_span": 12, "weight": {"metric": 31.5}}]'

    assert decode_page(body, 0) == [
        ApiBreed(id="1", name="Akita", life_span=12, weight=Measure(metric=31.5))
    ]


def test_an_id_may_be_larger_than_64_bits() -> None:
    assert decode_page(b'[{"id": 99999999999999999999, "name": "Akita"}]', 0)[0].id == 10**20 - 1


@pytest.mark.parametrize(
    "body",
    [
        b'{"message": "Too Many Requests"}',
        b"null",
        b'"breeds"',
        b"[null]",
        b"[[]]",
        b'[{"id": 1}]',
        b'[{"name": "Akita"}]',
        b'[{"id": null, "name": "Akita"}]',
        b'[{"id": true, "name": "Akita"}]',
        b'[{"id": 1.5, "name": "Akita"}]',
        b'[{"id": 1, "name": null}]',
        b'[{"id": 1, "name": 2}]',
        b'[{"id": 1, "name": "Akita", "weight": "31 - 45"}]',
        b'[{"id": 1, "name": "Akita", "weight": {"metric": [31, 45]}}]',
        b'[{"id": 1, "name": "Akita", "temperament": ["Loyal"]}]',
        b'[{"id": 1, "name": "Akita", "image": {"width": "wide"}}]',
        b'[{"id": 1, "name": "Akita", "image": {"width": 9223372036854775808}}]',
        b'[{"id": 1, "name": "Akita", "image": {"height": -9223372036854775809}}]',
        b'[{"id": 1, "name": "Akita", "life_span": 1e999}]',
        b'[{"id": ' + b"9" * 5000 + b', "name": "Akita"}]',
    ],
)
def test_json_that_is_not_a_list_of_breeds_is_an_error_that_names_the_page(body: bytes) -> None:
    with pytest.raises(SourceError, match="Page 7 of the API is not a list of breeds"):
        decode_page(body, 7)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b" ",
        b"<html>Bad Gateway</html>",
        b'[{"id": 1, "name": "Akita"}',
        b'[{"id": 1, "name": "Akita"}] and more',
        b"[{'id': 1}]",
        b'[{"id": 1, "name": "Akita", "life_span": NaN}]',
        b'\xef\xbb\xbf[{"id": 1, "name": "Akita"}]',
        json.dumps([{"id": 1, "name": "Akita"}]).encode("utf-16"),
        b'[{"id": 1, "name": "Akita\xff"}]',
        b'[{"id": 1, "name": "\xed\xa0\x80"}]',
        b'[{"id": 1, "name": "\\ud800"}]',
        b'[{"id": 1, "name": "\\udc00\\ud800"}]',
        b'[{"id": 1, "name": "A\x00kita"}]',
        b"\x00",
        b'[{"id": 1, "name": "Akita", "tail": ' + b"[" * DEEP + b"]" * DEEP + b"}]",
        b'[{"id": 1, "name": "Akita", "tail": ' + b'{"a":' * DEEP + b"1" + b"}" * DEEP + b"}]",
    ],
    ids=lambda body: repr(body[:40]),
)
def test_what_is_not_json_is_an_error_that_names_the_page(body: bytes) -> None:
    with pytest.raises(SourceError, match="Page 7 of the API is not JSON"):
        decode_page(body, 7)


def test_the_error_shows_how_the_answer_starts() -> None:
    with pytest.raises(SourceError, match="it starts with '<html>Bad Gateway</html>'"):
        decode_page(b"<html>Bad Gateway</html>", 0)


def test_the_error_says_where_in_the_list_the_fault_is() -> None:
    with pytest.raises(SourceError, match=r"at `\$\[1\]\.name`"):
        decode_page(b'[{"id": 1, "name": "Akita"}, {"id": 2, "name": 3}]', 0)


@given(st.one_of(st.binary(), json_bodies))
def test_any_answer_is_breeds_or_an_error_that_names_the_page(body: bytes) -> None:
    said = "Page 7 of the API"
    try:
        decode_page(body, 7)
    except SourceError as error:
        said = str(error)

    assert said.startswith("Page 7 of the API")
