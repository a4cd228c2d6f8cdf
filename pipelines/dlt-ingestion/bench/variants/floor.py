"""The floor: the same rows in the same tables by the shortest way, without dlt.

It has no staging, audits, comparison with what is published, retries or checks of paging. What it
shares with a run are the decoder, the parser and the table definitions. ``--breeds-only`` leaves
all tables but ``breeds`` out.
"""

import hashlib
import os
import sys
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO

import duckdb
import msgspec
import urllib3

from dlt_ingestion.records import decode_page
from dlt_ingestion.rows import STAGED_BREED_COLUMNS, breed_row
from dlt_ingestion.schema import (
    API_PAYLOADS,
    BREED_ISSUES,
    BREED_TEMPERAMENTS,
    BREEDS,
    BREEDS_HISTORY,
    INGESTION_RUNS,
    TABLES,
    Column,
)

RUN_ID = "floor"
NOW = datetime.now(UTC)
TYPES = {
    "text": "VARCHAR",
    "double": "DOUBLE",
    "bigint": "BIGINT",
    "bool": "BOOLEAN",
    "timestamp": "TIMESTAMP WITH TIME ZONE",
    "date": "DATE",
}
PAGE_SIZE = 1000
LONGEST_LINE_BYTES = 4 << 20
encode = msgspec.json.Encoder().encode
encode_lines = msgspec.json.Encoder().encode_lines


def main() -> None:
    breeds_only = "--breeds-only" in sys.argv
    path = Path(os.environ["DUCKDB_PATH"])
    path.parent.mkdir(parents=True, exist_ok=True)
    names = [BREEDS.name, BREED_TEMPERAMENTS.name, BREED_ISSUES.name, API_PAYLOADS.name]
    files = {name: path.parent / f"{name}.jsonl" for name in names[: 1 if breeds_only else None]}
    opened = {name: file.open("wb") for name, file in files.items()}
    for page, body, count in answers():
        write_page(opened, page, body, count)
    for file in opened.values():
        file.close()
    insert(path, files, breeds_only=breeds_only)


def answers() -> Iterator[tuple[int, bytes, int]]:
    """Each page's number and body, and the number of breeds in all."""
    http = urllib3.PoolManager(headers={"x-api-key": os.environ["DOG_API_KEY"]})
    page, pages = 0, 1
    while page < pages:
        url = f"{os.environ['DOG_API_BASE_URL']}/breeds?limit={PAGE_SIZE}&page={page}"
        answer = http.request("GET", url)
        count = int(answer.headers["pagination-count"])
        pages = -(-count // PAGE_SIZE)
        yield page, answer.data, count
        page += 1


def write_page(files: Mapping[str, BinaryIO], page: int, body: bytes, count: int) -> None:
    digest = hashlib.sha256(body).hexdigest()
    rows: list[msgspec.Struct] = []
    temperaments: list[dict[str, Any]] = []
    issues: list[dict[str, Any]] = []
    for breed in decode_page(body, page):
        row, found = breed_row(breed, digest)
        rows.append(row)
        if row.temperaments:  # type: ignore[attr-defined]
            temperaments += [
                {"breed_id": breed.id, "position": position, "temperament": temperament}
                for position, temperament in enumerate(row.temperaments.split(", "), 1)  # type: ignore[attr-defined]
            ]
        issues += [
            {"breed_id": breed.id, "breed_name": breed.name, "field": issue.field,
             "raw_text": issue.raw_text, "reason": issue.reason}
            for issue in found
        ]  # fmt: skip
    files[BREEDS.name].write(encode_lines(rows))
    if API_PAYLOADS.name not in files:
        return
    files[BREED_TEMPERAMENTS.name].write(encode_lines(temperaments))
    files[BREED_ISSUES.name].write(encode_lines(issues))
    payload = {
        "page": page,
        "fetched_at": NOW,
        "url": os.environ["DOG_API_BASE_URL"],
        "http_status": 200,
        "pagination_count": count,
        "pagination_limit": PAGE_SIZE,
        "sha256": digest,
        "size_bytes": len(body),
        "encoding": "utf-8",
        "body": body.decode(),
    }
    files[API_PAYLOADS.name].write(encode(payload) + b"\n")


def insert(path: Path, files: Mapping[str, Path], *, breeds_only: bool) -> None:
    """All tables in one transaction; constant columns are filled in by the SQL."""
    connection = duckdb.connect(
        str(path),
        config={"threads": 1, "preserve_insertion_order": False, "memory_limit": "256MB"},
    )
    connection.begin()
    connection.execute("CREATE SCHEMA dog_breeds_raw")
    for table in TABLES:
        connection.execute(f"CREATE TABLE dog_breeds_raw.{table.name} ({ddl(table.columns)})")
    columns = {
        table.name: tuple(c for c in table.columns if c.name != "run_id") for table in TABLES
    }
    for name, file in files.items():
        if file.stat().st_size:
            connection.execute(
                f"INSERT INTO dog_breeds_raw.{name} BY NAME SELECT *, '{RUN_ID}' AS run_id "
                f"FROM {read(file, columns[name])}"
            )
    if not breeds_only:
        breed_columns = ", ".join(column.name for column in STAGED_BREED_COLUMNS)
        connection.execute(
            f"INSERT INTO dog_breeds_raw.{BREEDS_HISTORY.name} "
            f"({breed_columns}, run_id, valid_from, change) SELECT {breed_columns}, run_id, $now, "
            f"'added' FROM dog_breeds_raw.{BREEDS.name}",
            {"now": NOW},
        )
        connection.execute(
            f"INSERT INTO dog_breeds_raw.{INGESTION_RUNS.name} "
            "(run_id, kind, status, run_date, started_at, published_at) "
            "VALUES ($run_id, 'run', 'published', $today, $now, $now)",
            {"run_id": RUN_ID, "today": NOW.date(), "now": NOW},
        )
    connection.commit()
    connection.close()


def ddl(columns: tuple[Column, ...]) -> str:
    return ", ".join(
        f"{c.name} {TYPES[c.type]}{' NOT NULL' if c.required else ''}" for c in columns
    )


def read(file: Path, columns: tuple[Column, ...]) -> str:
    types = ", ".join(f"'{c.name}': '{TYPES[c.type]}'" for c in columns)
    return (
        f"read_json('{file}', format='newline_delimited', columns={{{types}}}, "
        f"maximum_object_size={LONGEST_LINE_BYTES})"
    )


main()
