"""What a run has read, on disk: rows and answers as JSON lines, and the hash over all of it."""

import base64
import gzip
import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dlt_ingestion.content import STAGED_PAYLOAD_COLUMNS, Content, Spool, body_of, sha256_of
from dlt_ingestion.errors import WarehouseError
from dlt_ingestion.records import ApiBreed, Measure
from dlt_ingestion.rows import STAGED_BREED_COLUMNS, breed_row
from dlt_ingestion.schema import API_PAYLOADS, BREEDS
from tests.answers import FETCHED_AT, answer
from tests.strategies import api_breeds

AKITA, BEAGLE = ApiBreed(id="6", name="Akita"), ApiBreed(id="30", name="Beagle")
FLAGGED = ApiBreed(id="536", name="Mongrel", weight=Measure("unknown", "unknown"), life_span="long")
ANSWER = answer(0, [])
NEXT_ANSWER = answer(1, b"[ ]")


def content_of(*pages: Sequence[ApiBreed]) -> Content:
    """The content of these pages."""
    with TemporaryDirectory() as folder, Spool(Path(folder), compress=False) as spool:
        for page in pages:
            spool.add_page(ANSWER, list(page))
    return spool.content


def lines_of(path: Path) -> list[dict[str, Any]]:
    data = path.read_bytes()
    text = gzip.decompress(data) if path.suffix == ".gz" else data
    return [json.loads(line) for line in text.splitlines()]


def test_every_breed_is_a_line_with_the_columns_of_staging(tmp_path: Path) -> None:
    with Spool(tmp_path, compress=False) as spool:
        spool.add_page(ANSWER, [AKITA, BEAGLE])

    lines = lines_of(spool.content.files[BREEDS.name])
    names = [column.name for column in STAGED_BREED_COLUMNS]
    assert [list(line) for line in lines] == [names, names]


def test_every_breed_names_the_answer_that_it_came_from(tmp_path: Path) -> None:
    with Spool(tmp_path, compress=False) as spool:
        spool.add_page(ANSWER, [AKITA])
        spool.add_page(NEXT_ANSWER, [BEAGLE])

    lines = lines_of(spool.content.files[BREEDS.name])
    assert [line["payload_sha256"] for line in lines] == [ANSWER.sha256, NEXT_ANSWER.sha256]


def test_breeds_are_counted() -> None:
    assert content_of([AKITA, BEAGLE], [FLAGGED]).breeds == 3


def test_values_that_could_not_be_parsed_are_counted_and_so_are_their_breeds() -> None:
    content = content_of([AKITA, FLAGGED])

    assert (content.flagged_breeds, content.flagged_values) == (1, 3)


@pytest.mark.parametrize(("identity", "era"), [(6, "2025"), ("6", "2026")])
def test_the_first_page_tells_the_era(identity: int | str, era: str) -> None:
    assert content_of([ApiBreed(id=identity, name="Akita")], [BEAGLE]).era == era


def test_a_run_that_read_nothing_has_no_files(tmp_path: Path) -> None:
    with Spool(tmp_path, compress=False) as spool:
        pass

    assert (spool.content.files, list(tmp_path.iterdir())) == ({}, [])


def test_the_hash_is_a_sum_of_64_hexadecimal_digits() -> None:
    content = Content()

    for _ in range(2):
        content.add_hash("f" * 64)

    assert content.sha256 == "f" * 63 + "e"


def test_the_hash_of_nothing_is_zero() -> None:
    assert Content().sha256 == "0" * 64


def test_the_hash_of_one_breed_is_its_rows_hash() -> None:
    row, _ = breed_row(AKITA, ANSWER.sha256)

    assert content_of([AKITA]).sha256 == row.content_sha256  # type: ignore[attr-defined]


def test_a_breed_more_changes_the_hash() -> None:
    assert content_of([AKITA]).sha256 != content_of([AKITA, BEAGLE]).sha256


@settings(max_examples=50)
@given(st.lists(api_breeds, max_size=6), st.data())
def test_the_hash_is_the_same_in_any_order_and_on_any_pages(
    breeds: list[ApiBreed], data: st.DataObject
) -> None:
    shuffled = data.draw(st.permutations(breeds))
    cut = data.draw(st.integers(0, len(breeds)))

    assert content_of(shuffled[:cut], shuffled[cut:]).sha256 == content_of(breeds).sha256


@settings(max_examples=50)
@given(st.lists(api_breeds, min_size=1, max_size=6), api_breeds, st.data())
def test_the_hash_changes_with_any_breed(
    breeds: list[ApiBreed], other: ApiBreed, data: st.DataObject
) -> None:
    place = data.draw(st.integers(0, len(breeds) - 1))
    changed = [*breeds[:place], other, *breeds[place + 1 :]]

    same_row = content_of([other]).sha256 == content_of([breeds[place]]).sha256
    assert (content_of(changed).sha256 == content_of(breeds).sha256) == same_row


@settings(max_examples=50)
@given(st.lists(api_breeds, max_size=6))
def test_rows_that_are_taken_as_they_were_count_as_when_they_were_parsed(
    breeds: list[ApiBreed],
) -> None:
    with TemporaryDirectory() as folder, Spool(Path(folder), compress=False) as spool:
        spool.add_rows(breed_row(breed, ANSWER.sha256)[0] for breed in breeds)

    parsed, taken = content_of(breeds), spool.content
    assert (taken.sha256, taken.breeds, taken.flagged_breeds, taken.flagged_values) == (
        parsed.sha256, parsed.breeds, parsed.flagged_breeds, parsed.flagged_values,
    )  # fmt: skip


def payloads_of(folder: Path, *bodies: bytes) -> list[dict[str, Any]]:
    """The lines of answers with these bodies."""
    with Spool(folder, compress=False) as spool:
        for page, body in enumerate(bodies):
            spool.keep(answer(page, body, count=172, page_limit=25))
    return lines_of(spool.content.files[API_PAYLOADS.name])


def test_an_answer_is_a_line_with_all_that_is_known_of_it(tmp_path: Path) -> None:
    assert payloads_of(tmp_path, b"[]") == [
        {
            "page": 0,
            "fetched_at": FETCHED_AT.isoformat().replace("+00:00", "Z"),
            "url": "http://127.0.0.1/v1/breeds?limit=3&page=0",
            "http_status": 200,
            "pagination_count": 172,
            "pagination_limit": 25,
            "sha256": hashlib.sha256(b"[]").hexdigest(),
            "size_bytes": 2,
            "encoding": "utf-8",
            "body": "[]",
        }
    ]


def test_the_columns_of_an_answer_are_those_of_staging(tmp_path: Path) -> None:
    names = [column.name for column in STAGED_PAYLOAD_COLUMNS]

    assert list(payloads_of(tmp_path, b"[]")[0]) == names


def test_the_same_body_is_stored_once(tmp_path: Path) -> None:
    lines = payloads_of(tmp_path, b"[]", b"[1]", b"[]", b"[1]")

    assert [line["body"] for line in lines] == ["[]", "[1]", None, None]


@pytest.mark.parametrize("body", [b"\xff\xfe", b"\xed\xa0\x80", b"a\x00b"])
def test_a_body_that_no_text_column_holds_is_stored_as_base64(tmp_path: Path, body: bytes) -> None:
    line = payloads_of(tmp_path, body)[0]

    assert (line["encoding"], line["body"]) == ("base64", base64.b64encode(body).decode())


@given(st.binary())
def test_any_body_is_stored_verbatim(body: bytes) -> None:
    with TemporaryDirectory() as folder:
        line = payloads_of(Path(folder), body)[0]

    assert body_of(line["encoding"], line["body"]) == body


@given(st.text())
def test_any_text_without_nul_stays_readable(text: str) -> None:
    text = text.replace("\x00", "")

    with TemporaryDirectory() as folder:
        line = payloads_of(Path(folder), text.encode())[0]

    assert (line["encoding"], line["body"]) == ("utf-8", text)


def test_the_bytes_of_all_answers_are_counted_repeated_ones_too(tmp_path: Path) -> None:
    with Spool(tmp_path, compress=False) as spool:
        for page, body in enumerate((b"[]", "[ß]".encode(), b"[]")):
            spool.keep(answer(page, body))

    assert spool.content.bytes_read == 2 + 4 + 2


def test_answers_are_noted_without_their_bodies(tmp_path: Path) -> None:
    with Spool(tmp_path, compress=False) as spool:
        spool.keep(ANSWER)

    assert [(p.sha256, p.body) for p in spool.content.payloads] == [  # type: ignore[attr-defined]
        (ANSWER.sha256, None)
    ]


def test_files_are_gzipped_where_they_will_be_uploaded(tmp_path: Path) -> None:
    with Spool(tmp_path, compress=True) as spool:
        spool.keep(ANSWER)
        spool.add_page(ANSWER, [AKITA])

    assert {table: path.name for table, path in spool.content.files.items()} == {
        "api_payloads": "api_payloads.jsonl.gz",
        "breeds": "breeds.jsonl.gz",
    }


def test_gzipped_files_hold_the_same_lines(tmp_path: Path) -> None:
    paths = []
    for compress in (False, True):
        with Spool(tmp_path, compress=compress) as spool:
            spool.add_page(ANSWER, [AKITA, FLAGGED])
        paths.append(spool.content.files[BREEDS.name])

    assert lines_of(paths[0]) == lines_of(paths[1])


def test_closing_may_be_repeated(tmp_path: Path) -> None:
    with Spool(tmp_path, compress=False) as spool:
        spool.keep(ANSWER)
        spool.close()

    assert len(lines_of(spool.content.files[API_PAYLOADS.name])) == 1


def test_a_folder_that_cannot_be_written_is_an_error_that_names_it(tmp_path: Path) -> None:
    with (
        Spool(tmp_path / "gone", compress=False) as spool,
        pytest.raises(WarehouseError, match=r"Can't write to .*gone: .*published tables are as"),
    ):
        spool.keep(ANSWER)


@pytest.mark.parametrize("compress", [False, True], ids=["plain", "gzipped"])
def test_a_full_disk_is_an_error_that_says_what_to_free(tmp_path: Path, compress: bool) -> None:
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("there is no /dev/full to write to: run this test on Linux")
    suffix = ".gz" if compress else ""
    (tmp_path / f"api_payloads.jsonl{suffix}").symlink_to(full)
    spool = Spool(tmp_path, compress=compress)
    spool.keep(ANSWER)

    with pytest.raises(WarehouseError, match=r"No space left on device.* Free some space"):
        spool.close()


def test_a_sha256_is_that_of_the_bytes() -> None:
    assert sha256_of(b"[]") == hashlib.sha256(b"[]").hexdigest()
