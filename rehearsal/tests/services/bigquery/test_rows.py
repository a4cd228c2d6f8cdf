"""Rows that BigQuery would not load are found, with its reasons."""

import pytest

from rehearsal.documents import Document
from rehearsal.services.bigquery.rows import bad_csv_rows, bad_json_rows

FIELDS: list[Document] = [
    {"name": "id", "type": "INTEGER", "mode": "REQUIRED"},
    {"name": "Name", "type": "STRING"},
    {"name": "size", "type": "RECORD", "fields": [{"name": "cm", "type": "FLOAT"}]},
]


def faults(content: bytes, *, unknown_allowed: bool = False) -> list[str]:
    return [row[2] for row in bad_json_rows(content, FIELDS, unknown_allowed=unknown_allowed)]


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (b'{"id": 1, "extra": 2}', "No such field: extra."),
        (b'{"id": 1, "size": {"inch": 2}}', "No such field: size.inch."),
        (b'{"name": "a"}', "Missing required field: id."),
        (b'{"id": null}', "Only optional fields can be set to NULL. Field: id; Value: NULL"),
    ],
)
def test_a_row_that_does_not_fit_is_bad(line: bytes, why: str) -> None:
    assert faults(line) == [f"JSON parsing error in row starting at position 0: {why}"]


def test_names_match_whatever_their_case() -> None:
    assert faults(b'{"ID": 1, "nAmE": "a", "size": null}') == []


def test_unknown_fields_may_be_allowed() -> None:
    assert faults(b'{"id": 1, "extra": 2}', unknown_allowed=True) == []


def test_a_row_is_found_by_the_position_of_its_bytes() -> None:
    content = '{"id": 1, "name": "é"}\n\n{"id": null}\n'.encode()
    [(start, end, _)] = bad_json_rows(content, FIELDS, unknown_allowed=False)
    assert content[start:end] == b'{"id": null}\n'


def test_what_is_no_json_object_is_bad() -> None:
    assert len(faults(b'{"id": 1\n[1]\n')) == 2


def test_csv_needs_a_value_in_a_required_column() -> None:
    content = b'id,name\n1,"a\nb"\n,c\n'
    [(start, end, why)] = bad_csv_rows(content, FIELDS[:2], {"skipLeadingRows": "1"})
    assert content[start:end] == b",c\n"
    assert why.startswith("Required column value for column index: 0 is missing")


def test_an_empty_text_in_csv_is_no_null() -> None:
    fields: list[Document] = [{"name": "name", "type": "STRING", "mode": "REQUIRED"}, FIELDS[1]]
    assert list(bad_csv_rows(b",a\n", fields, {})) == []
    assert len(list(bad_csv_rows(b"-,a\n", fields, {"nullMarker": "-"}))) == 1
