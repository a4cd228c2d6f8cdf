"""The report: one self-contained HTML page on which people see breeds, changes and runs.

``queries`` reads a warehouse into the frozen ``Report`` of ``model``, ``document`` makes the page
of it, ``bucket`` puts the page where it is published.
"""

import logging
import os
import traceback
from pathlib import Path

from dlt_ingestion.clock import Clock
from dlt_ingestion.config import Settings
from dlt_ingestion.errors import ConfigurationError, IngestionError, ReportError
from dlt_ingestion.events import emit
from dlt_ingestion.report.document import render
from dlt_ingestion.report.queries import read_report

DEFAULT_PATH = Path("data/report.html")


def build(settings: Settings, clock: Clock) -> str:
    """The page of the warehouse that the settings name, as it is now. Raises WarehouseError.

    Safe to repeat; changes nothing, except that missing tables are made as by any command.
    """
    return render(read_report(settings, clock))


def write_file(page: str, path: Path) -> None:
    """Writes the page to ``path``, whole or not at all. Raises ReportError."""
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished.write_text(page, encoding="utf-8")
        unfinished.replace(path)
    except OSError as error:
        if unfinished.exists():
            unfinished.unlink()
        raise ReportError(
            f"{path} can't be written: {error}. Name another file with --output."
        ) from error


def publish(settings: Settings, clock: Clock) -> str:
    """Writes the page to REPORT_BUCKET and returns its address.

    Raises WarehouseError, ReportError, or ConfigurationError where no bucket is set.
    """
    from dlt_ingestion.report.bucket import Bucket

    if settings.report_bucket is None:
        raise ConfigurationError(
            "REPORT_BUCKET is not set: it names the bucket that the report is written to."
        )
    bucket = Bucket(settings.report_bucket, clock)
    size_bytes = bucket.write(build(settings, clock))
    emit("report_written", address=bucket.address, size_bytes=size_bytes)
    return bucket.address


def publish_after_run(settings: Settings, clock: Clock) -> None:
    """Writes the page to REPORT_BUCKET where one is set; a failure is logged and never raised.

    The tables are what a run is for: a page that could not be written must not make a good run
    look failed, nor be a reason for Cloud Run to repeat it. It is an event of severity ERROR, which
    alerts can find, and the page itself says how old it is.
    """
    if settings.report_bucket is None:
        return
    try:
        publish(settings, clock)
    except IngestionError as error:
        _note_unwritten(error)
    except Exception as error:  # noqa: BLE001 - not even a bug in it may undo a good run
        _note_unwritten(error, trace=traceback.format_exc())


def _note_unwritten(error: Exception, **fields: object) -> None:
    emit(
        "report_unwritten", level=logging.ERROR, error=f"{type(error).__name__}: {error}",
        remedy="the tables are unaffected; dlt-ingestion report --publish writes it again",
        **fields,
    )  # fmt: skip
