"""Reports made up for tests: breeds of the sample or invented ones, and their runs."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from dlt_ingestion.content import sha256_of
from dlt_ingestion.publication import Audit
from dlt_ingestion.records import decode_page
from dlt_ingestion.report.model import Change, ColumnChange, Coverage, Grid, Report, Run
from dlt_ingestion.report.queries import BREED_COLUMNS, ISSUE_COLUMNS
from dlt_ingestion.rows import breed_row
from dlt_ingestion.sample.server import sample_breeds
from dlt_ingestion.schema import CONTENT_COLUMNS
from dlt_ingestion.warehouse import Value

NOW = datetime(2026, 11, 30, 4, 5, tzinfo=UTC)
FIRST, LAST = "20261109T040000Z-aaaaaa", "20261130T040000Z-dddddd"
SCRIPT_NAME = (
    "<script>document.title='owned'</script><img src=x onerror=\"document.title='owned'\">"
)

AUDITS = (
    Audit("all_rows_staged", 72, "= 72", passed=True),
    Audit("enough_breeds", 60, ">= 64.8", passed=False, waived=True),
)


def run(run_id: str, status: str = "published", **changes: Any) -> Run:
    """A run that started when its id says and took 4.2 seconds."""
    started = datetime.strptime(run_id[:15], "%Y%m%dT%H%M%S").replace(tzinfo=UTC)
    ended = started + timedelta(seconds=4.2)
    made = Run(
        run_id=run_id, kind="run", status=status,  # type: ignore[arg-type]  # one of them, by tests
        started_at=started, finished_at=ended,
        published_at=ended if status == "published" else None,
        source_run_id=None, source_url="https://api.thedogapi.com/v1/breeds",
        pages=3, requests=3, bytes_read=66_760, breeds_read=72,
        breeds_published=72, breeds_added=0, breeds_changed=0, breeds_removed=0, values_flagged=4,
        read_seconds=0.4, load_seconds=1.5, accepted_shrink=False, code_version="0123abc",
        image_digest="sha256:2c26b46b", execution="dlt-dog-breeds-ingestion-abc12", attempt=0,
        error_class=None, error_message=None, audits=AUDITS,
    )  # fmt: skip
    return replace(made, **changes)


def failed(run_id: str, message: str) -> Run:
    """A run that ended with an error before it had read anything."""
    return run(
        run_id, "failed", error_class="SourceUnavailableError", error_message=message,
        breeds_read=None, breeds_published=None, breeds_added=None, breeds_changed=None,
        breeds_removed=None, audits=(),
    )  # fmt: skip


FOUR_WEEKS = (
    run(LAST, breeds_changed=1, breeds_added=1, breeds_removed=1),
    failed("20261123T040000Z-cccccc", "The API did not answer within 6 tries. Try again later."),
    run("20261116T040000Z-bbbbbb", "unchanged"),
    run(FIRST, breeds_added=72),
)


def report(breeds: Sequence[Any] | None = None, **changes: Any) -> Report:
    """Four weeks of runs over breeds in the API's form (default: the sample)."""
    found = sample_breeds() if breeds is None else list(breeds)
    body = json.dumps(found).encode()
    digest = sha256_of(body)
    rows, issues = [], []
    for breed in decode_page(body, 0):
        row, flagged = breed_row(breed, digest)
        values = {name: getattr(row, name, None) for name in BREED_COLUMNS} | {"run_id": LAST}
        rows.append([values[name] for name in BREED_COLUMNS])
        issues += [[str(breed.id), breed.name, i.field, i.raw_text, i.reason] for i in flagged]
    answer: list[Value] = [
        FIRST, 0, FOUR_WEEKS[-1].started_at, "https://api.thedogapi.com/v1/breeds?limit=1000&page=0",
        200, digest, len(body),
    ]  # fmt: skip
    columns = ["run_id", "page", "fetched_at", "url", "http_status", "sha256", "size_bytes"]
    made = Report(
        written_at=NOW, code_version="0123abc", warehouse="duckdb data/dogs.duckdb", sample=False,
        expected_every_days=7, published_run_id=LAST, breeds=Grid(BREED_COLUMNS, rows),
        issues=Grid(ISSUE_COLUMNS, issues), changes=_changes(found), runs=FOUR_WEEKS,
        answers=Grid(columns, [answer]),
        coverage=[
            Coverage(c.name, c.description, len(found) // 2)
            for c in CONTENT_COLUMNS if c.name != "flagged_values"
        ],
    )  # fmt: skip
    return replace(made, **changes)


def _changes(breeds: Sequence[Any]) -> list[Change]:
    last, first = (FOUR_WEEKS[place].published_at or NOW for place in (0, -1))
    old = [
        Change(str(b["id"]), str(b["name"]), "added", FIRST, first)
        for b in (*breeds[:3], *breeds[4:])
    ]
    changed = [
        ColumnChange("life_span_raw", "12-15", "12-16"),
        ColumnChange("life_span_max_years", 15.0, 16.0),
        ColumnChange("description", "Long. " * 40, "Longer. " * 40),
    ]
    new = [Change(str(b["id"]), str(b["name"]), "changed", LAST, last, changed) for b in breeds[:1]]
    new += [Change(str(b["id"]), str(b["name"]), "added", LAST, last) for b in breeds[3:4]]
    return [*new, Change("999", "Turnspit Dog", "removed", LAST, last), *old]


def many(number: int) -> list[dict[str, Any]]:
    """Breeds after the sample's, under new names and ids, with weights of their own."""
    sample = sample_breeds()
    made = []
    for n in range(number):
        breed = sample[n % len(sample)]
        low = 2 + n % 67
        made.append({
            **breed,
            "id": str(n),
            "name": f"{breed['name']} {n}",
            "weight": {"imperial": f"{2 * low}-{2 * low + 9}", "metric": f"{low}-{low + 4}"},
        })  # fmt: skip
    return made


def empty() -> Report:
    """A warehouse in which nothing has happened."""
    nothing = Grid((), ())
    return replace(report([]), published_run_id=None, runs=(), changes=(), answers=nothing)
