"""Rows of breeds: real records in, every column and its hash out."""

import json
from typing import Any

import msgspec
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from dlt_ingestion.errors import SourceError
from dlt_ingestion.records import ApiBreed, Image, Measure, decode_page
from dlt_ingestion.rows import STAGED_BREED_COLUMNS, breed_row, finish_row
from dlt_ingestion.schema import CONTENT_COLUMNS
from tests.strategies import api_breeds, json_bodies

PAYLOAD = "a" * 64
CONTENT_NAMES = [column.name for column in CONTENT_COLUMNS]
AKITA = ApiBreed(
    id="6",
    name="Akita",
    weight=Measure(imperial="65-115", metric="Male: 39-52; Female: 30-39"),
    height=Measure(imperial="24-28", metric="61-71"),
    life_span="10-14",
    temperament="Docile, alert",
    country_codes="JP",
    image=Image(id="BFRYBufpm", url="https://images.example.org/akita.jpg", width=1280, height=720),
)


def row_of(breed: ApiBreed, payload_sha256: str = PAYLOAD) -> dict[str, Any]:
    row, _ = breed_row(breed, payload_sha256)
    return msgspec.structs.asdict(row)


def rows_of(body: bytes) -> dict[str, dict[str, Any]]:
    rows = [row_of(breed) for breed in decode_page(body, 0)]
    return {row["breed_id"]: row for row in rows}


def flagged(rows: dict[str, dict[str, Any]]) -> dict[str, list[tuple[str, str]]]:
    """Field and text of each flagged value, by breed."""
    return {
        breed_id: [(v["field"], v["raw_text"]) for v in json.loads(row["flagged_values"])]
        for breed_id, row in rows.items()
        if row["flagged_values"] is not None
    }


def test_the_columns_of_a_row_are_those_of_staging() -> None:
    assert list(row_of(AKITA)) == [column.name for column in STAGED_BREED_COLUMNS]


def test_a_breed_of_today_fills_every_parsed_column() -> None:
    row = row_of(AKITA)

    names = [name for name in row if name.startswith(("weight_", "height_", "life_", "image_"))]
    assert {name: row[name] for name in names} == {
        "life_span_raw": "10-14",
        "life_span_min_years": 10,
        "life_span_max_years": 14,
        "weight_metric_raw": "Male: 39-52; Female: 30-39",
        "weight_imperial_raw": "65-115",
        "weight_min_kg": 30,
        "weight_max_kg": 52,
        "weight_male_min_kg": 39,
        "weight_male_max_kg": 52,
        "weight_female_min_kg": 30,
        "weight_female_max_kg": 39,
        "height_metric_raw": "61-71",
        "height_imperial_raw": "24-28",
        "height_min_cm": 61,
        "height_max_cm": 71,
        "height_male_min_cm": None,
        "height_male_max_cm": None,
        "height_female_min_cm": None,
        "height_female_max_cm": None,
        "image_url": "https://images.example.org/akita.jpg",
        "image_width_pixels": 1280,
        "image_height_pixels": 720,
    }


def test_a_row_has_its_temperaments_in_one_spelling_with_commas() -> None:
    assert row_of(AKITA)["temperaments"] == "Docile, Alert"


def test_a_row_without_temperaments_has_null() -> None:
    assert row_of(ApiBreed(id=1, name="Akita"))["temperaments"] is None


def test_a_row_names_the_answer_that_it_came_from() -> None:
    assert row_of(AKITA)["payload_sha256"] == PAYLOAD


def test_the_172_records_of_2025_give_172_rows_with_ids_of_their_own(
    records_of_2025: bytes,
) -> None:
    assert len(rows_of(records_of_2025)) == 172


def test_the_records_of_2025_flag_breeds_179_and_232_only(records_of_2025: bytes) -> None:
    assert flagged(rows_of(records_of_2025)) == {
        "179": [("weight.metric", "NaN")],
        "232": [("weight.metric", "NaN - 8"), ("weight.imperial", "up - 18")],
    }


def test_breed_179_has_its_weight_from_pounds(records_of_2025: bytes) -> None:
    row = rows_of(records_of_2025)["179"]

    assert (row["weight_min_kg"], row["weight_max_kg"]) == (29.48, 38.56)


def test_breed_232_keeps_the_half_of_its_weight_that_is_there(records_of_2025: bytes) -> None:
    row = rows_of(records_of_2025)["232"]

    assert (row["weight_min_kg"], row["weight_max_kg"]) == (None, 8)


@pytest.mark.parametrize("column", ["weight_max_kg", "height_min_cm", "life_span_max_years"])
def test_every_record_of_2025_has_its_figures(records_of_2025: bytes, column: str) -> None:
    assert [row["name"] for row in rows_of(records_of_2025).values() if row[column] is None] == []


def test_a_life_span_with_years_written_twice_is_read(records_of_2025: bytes) -> None:
    row = rows_of(records_of_2025)["204"]

    assert (row["life_span_min_years"], row["life_span_max_years"]) == (12, 16)


def test_the_five_records_of_2026_flag_breed_536_only(records_of_2026: bytes) -> None:
    assert flagged(rows_of(records_of_2026)) == {
        "536": [
            ("weight.metric", "unknown"),
            ("weight.imperial", "unknown"),
            ("height.metric", "unknown"),
            ("height.imperial", "unknown"),
            ("temperament", "Variable depending on ancestry and individual traits"),
        ]
    }


def test_the_weights_of_2026_are_read_by_sex(records_of_2026: bytes) -> None:
    row = rows_of(records_of_2026)["2"]

    names = ("weight_male_min_kg", "weight_male_max_kg", "weight_female_min_kg")
    assert [row[name] for name in names] == [25, 30, 20]


def test_numeric_and_text_ids_of_a_breed_are_the_same_id() -> None:
    number, text = ApiBreed(id=6, name="Akita"), ApiBreed(id="6", name="Akita")

    assert row_of(number) == row_of(text)


def test_one_country_code_stands_in_where_there_is_no_list_of_them() -> None:
    assert row_of(ApiBreed(id=1, name="Akita", country_code="JP"))["country_codes"] == "JP"


def test_an_image_of_its_own_id_stands_in_where_there_is_no_reference() -> None:
    breed = ApiBreed(id=1, name="Akita", image=Image(id="BFRYBufpm"))

    assert row_of(breed)["reference_image_id"] == "BFRYBufpm"


def test_texts_of_blanks_are_null() -> None:
    breed = ApiBreed(id=1, name="Akita", origin=" ", temperament="", life_span="\t")

    row = row_of(breed)

    assert [row[name] for name in ("origin", "temperament_raw", "life_span_raw")] == [None] * 3


def test_a_name_of_blanks_is_empty_for_the_audit_to_find() -> None:
    assert row_of(ApiBreed(id=1, name=" "))["name"] == ""


def test_no_nul_reaches_a_row() -> None:
    nul = "a\x00b"
    breed = ApiBreed(
        id=nul, name=nul, weight=Measure(nul, nul), height=Measure(nul, nul), life_span=nul,
        temperament=nul, origin=nul, country_codes=nul, country_code=nul, description=nul,
        history=nul, bred_for=nul, perfect_for=nul, breed_group=nul, species_id=nul,
        reference_image_id=nul, image=Image(nul, nul),
    )  # fmt: skip

    row = row_of(breed)

    assert [name for name, value in row.items() if "\x00" in str(value)] == []
    assert "\\u0000" not in row["flagged_values"]


@given(api_breeds, api_breeds)
def test_hashes_differ_if_and_only_if_content_differs(first: ApiBreed, second: ApiBreed) -> None:
    one, other = row_of(first, "a" * 64), row_of(second, "b" * 64)

    same_content = [one[name] for name in CONTENT_NAMES] == [other[name] for name in CONTENT_NAMES]
    assert (one["content_sha256"] == other["content_sha256"]) == same_content


def values_of(column_type: str) -> st.SearchStrategy[object]:
    """What a column of this type may hold; few values, so that neighbours may be alike."""
    return st.one_of(
        st.none(),
        {
            "text": st.sampled_from(["", "a", "b", '"', "null", "1"]),
            "double": st.sampled_from([0.5, 1.0, 1e300]),
            "bigint": st.sampled_from([0, 1, 2**63 - 1]),
        }[column_type],
    )


any_content = st.tuples(*(values_of(column.type) for column in CONTENT_COLUMNS)).map(list)


def hash_of(content: list[object], payload_sha256: str | None = PAYLOAD) -> object:
    return msgspec.structs.asdict(finish_row(content, payload_sha256))["content_sha256"]


@given(any_content, st.data())
def test_a_change_of_any_one_column_changes_the_hash(
    content: list[object], data: st.DataObject
) -> None:
    place = data.draw(st.integers(0, len(CONTENT_COLUMNS) - 1))
    value = data.draw(values_of(CONTENT_COLUMNS[place].type))
    assume(value != content[place])

    assert hash_of([*content[:place], value, *content[place + 1 :]]) != hash_of(content)


@given(any_content, st.one_of(st.none(), st.text()))
def test_the_hash_does_not_depend_on_the_answer(
    content: list[object], payload_sha256: str | None
) -> None:
    assert hash_of(content, payload_sha256) == hash_of(content)


@given(api_breeds)
def test_a_row_that_is_finished_again_from_its_columns_has_the_same_hash(breed: ApiBreed) -> None:
    row = row_of(breed)

    assert hash_of([row[name] for name in CONTENT_NAMES]) == row["content_sha256"]


@given(json_bodies)
def test_whatever_is_decoded_makes_rows_that_are_json(body: bytes) -> None:
    try:
        breeds = decode_page(body, 0)
    except SourceError:
        return

    lines = [msgspec.json.encode(breed_row(breed, PAYLOAD)[0]) for breed in breeds]
    assert [msgspec.json.decode(line)["payload_sha256"] for line in lines] == [PAYLOAD] * len(lines)
