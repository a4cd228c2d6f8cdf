"""Loads a run's spooled files into staging of its own, with dlt."""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

# dlt reads these when it is imported: no telemetry, no news below warnings, no state to look for in
# the warehouse, and one load at a time, which is what fits into a small container.
os.environ.setdefault("RUNTIME__DLTHUB_TELEMETRY", "false")
os.environ.setdefault("RUNTIME__LOG_LEVEL", "WARNING")
os.environ.setdefault("RESTORE_FROM_DESTINATION", "false")
os.environ.setdefault("LOAD__WORKERS", "1")

import dlt
from dlt.common.schema.typing import TTableSchemaColumns
from dlt.pipeline.exceptions import PipelineStepFailed

from dlt_ingestion.content import STAGED_PAYLOAD_COLUMNS, Content
from dlt_ingestion.errors import WarehouseError
from dlt_ingestion.events import dlt_logging_kept
from dlt_ingestion.rows import STAGED_BREED_COLUMNS
from dlt_ingestion.schema import API_PAYLOADS, BREEDS, Column, Table
from dlt_ingestion.warehouse import staged_name

if TYPE_CHECKING:
    from dlt.common.destination import Destination
    from dlt.extract import DltResource

_STAGED: Mapping[str, tuple[Table, tuple[Column, ...]]] = {
    BREEDS.name: (BREEDS, STAGED_BREED_COLUMNS),
    API_PAYLOADS.name: (API_PAYLOADS, STAGED_PAYLOAD_COLUMNS),
}


def load(
    content: Content,
    destination: "Destination[Any, Any]",
    *,
    dataset: str,
    run_id: str,
    hints: Mapping[str, object],
    work_dir: Path,
) -> None:
    """Loads every file of ``content`` into a table of the run's own in ``dataset``.

    Repeating it for the same run appends the rows again. Raises WarehouseError.
    """
    os.environ.setdefault("DLT_DATA_DIR", str(work_dir))
    with dlt_logging_kept():
        pipeline = dlt.pipeline(
            "dog_breeds",
            destination=destination,
            dataset_name=dataset,
            pipelines_dir=str(work_dir / "dlt"),
        )
    resources = [
        _resource(table, path, run_id, hints) for table, path in sorted(content.files.items())
    ]
    try:
        pipeline.run(resources).raise_on_failed_jobs()
    except PipelineStepFailed as error:
        raise WarehouseError(
            f"Loading into staging failed ({dataset}): {_innermost(error)}. The published tables "
            "are as they were."
        ) from error


def _resource(table: str, path: Path, run_id: str, hints: Mapping[str, object]) -> "DltResource":
    definition, columns = _STAGED[table]

    def spooled() -> Iterator[Any]:
        yield dlt.mark.with_file_import(str(path), "jsonl")

    resource: DltResource = dlt.resource(
        spooled,
        name=staged_name(run_id, table),
        columns=_columns(columns),
        write_disposition="append",
    )
    resource.apply_hints(
        additional_table_hints={"description": f"Staging: {definition.description}", **hints}
    )
    return resource


def _columns(columns: tuple[Column, ...]) -> TTableSchemaColumns:
    return {
        column.name: {
            "name": column.name,
            "data_type": column.type,
            "nullable": True,  # audits tell what is missing, by name, instead of a failed load
        }
        for column in columns
    }


def _innermost(error: BaseException) -> str:
    while error.__cause__ is not None:
        error = error.__cause__
    return f"{type(error).__name__}: {error}"
