"""What the page shows, as frozen values: read by ``queries``, written out by ``document``."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import msgspec

from dlt_ingestion.errors import WarehouseError
from dlt_ingestion.publication import Audit
from dlt_ingestion.runs import Kind, Status
from dlt_ingestion.warehouse import Row, Value

_decode_audits = msgspec.json.Decoder(list[Audit]).decode


class Grid(msgspec.Struct, frozen=True):
    """Rows of a table under the names of their columns, which are written once and not per row."""

    columns: Sequence[str]
    rows: Sequence[Sequence[Value]]


class ColumnChange(msgspec.Struct, frozen=True, array_like=True):
    """A column of a breed before and after; long texts are clipped."""

    column: str
    before: Value
    after: Value


class Change(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What a run did to a breed; ``at`` is when it was published (UTC)."""

    breed_id: str
    name: str
    change: Literal["added", "changed", "removed"]
    run_id: str
    at: datetime
    columns: Sequence[ColumnChange] = ()


@dataclass(frozen=True)
class Run:
    """A run as the page shows it; times in UTC, durations in seconds."""

    run_id: str
    kind: Kind
    status: Status
    started_at: datetime
    finished_at: datetime | None
    published_at: datetime | None
    source_run_id: str | None
    source_url: str | None
    pages: int | None
    requests: int | None
    bytes_read: int | None
    breeds_read: int | None
    breeds_published: int | None
    breeds_added: int | None
    breeds_changed: int | None
    breeds_removed: int | None
    values_flagged: int | None
    read_seconds: float | None
    load_seconds: float | None
    accepted_shrink: bool | None
    code_version: str | None
    image_digest: str | None
    execution: str | None
    attempt: int | None
    error_class: str | None
    error_message: str | None
    audits: Sequence[Audit] = ()


@dataclass(frozen=True)
class Coverage:
    """How many of the published breeds have a value in a column."""

    column: str
    description: str
    filled: int


@dataclass(frozen=True)
class Report:
    """Everything on the page. ``published_run_id`` is the run that the tables come from.

    ``expected_every_days`` is the schedule that freshness is measured against; ``cut`` names the
    lists that have only their newest entries.
    """

    written_at: datetime
    code_version: str
    warehouse: str
    sample: bool
    expected_every_days: int
    published_run_id: str | None
    breeds: Grid
    issues: Grid
    changes: Sequence[Change]
    runs: Sequence[Run]
    answers: Grid
    coverage: Sequence[Coverage]
    cut: Sequence[str] = ()


def run_of(row: Row) -> Run:
    """A run from its row, with the audits that it recorded. Raises WarehouseError."""
    try:
        return msgspec.convert({**row, "audits": _decode_audits(str(row["audits"] or "[]"))}, Run)
    except msgspec.DecodeError as error:
        raise WarehouseError(
            f"Run {row['run_id']} has values in ingestion_runs that this version does not know: "
            f"{error}. Use the version that wrote them, or a newer one."
        ) from error
