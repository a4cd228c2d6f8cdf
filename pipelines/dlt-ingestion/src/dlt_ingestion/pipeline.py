"""The ingestion run, put together: source, staging destination, audit and publication.

A run, a replay of stored answers and a restore of an earlier run differ in where their rows come
from; all of them stage, audit and publish in the same way.
"""

import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from dlt_ingestion.clock import Clock
from dlt_ingestion.config import Settings
from dlt_ingestion.content import Content, Spool
from dlt_ingestion.errors import AuditError, IngestionError, WarehouseError
from dlt_ingestion.events import emit, hide
from dlt_ingestion.interrupt import recorded_by
from dlt_ingestion.publication import Counts, Publisher, compare
from dlt_ingestion.runs import Journal, Kind, RunIdentity, State, Status, error_values
from dlt_ingestion.schema import API_PAYLOADS, BREEDS
from dlt_ingestion.stored import StoredContent
from dlt_ingestion.warehouse import STAGING_FILE, Value, Warehouse, open_warehouse

if TYPE_CHECKING:
    from dlt.common.destination import Destination as DltDestination

Read = Callable[[Spool], "Source"]


@dataclass(frozen=True)
class Source:
    """What a read tells besides the rows: when they were observed (UTC), requests made."""

    observed_at: datetime
    requests: int = 0


@dataclass(frozen=True)
class Outcome:
    """How a run ended, for people and for tests."""

    identity: RunIdentity
    status: Status
    counts: Counts
    content: Content
    requests: int
    warehouse_name: str
    sample: bool
    total_seconds: float


def staging_destination(settings: Settings, warehouse: Warehouse) -> "DltDestination[Any, Any]":
    """Where dlt stages: a dataset in BigQuery, or a DuckDB file in the run's folder.

    The project is passed explicitly: where Application Default Credentials come from Cloud Run's
    metadata server, they may carry none.
    """
    if settings.destination == "bigquery":
        from dlt_ingestion.warehouse.bigquery import BigQueryWarehouse
        from dlt_ingestion.warehouse.bigquery_loader import bounded_bigquery, signed_in

        assert isinstance(warehouse, BigQueryWarehouse)  # noqa: S101 - by the destination
        return bounded_bigquery(
            credentials=signed_in(warehouse.credentials),
            location=settings.bigquery_location,
            project_id=settings.gcp_project_id,  # Required for Cloud Run ADC
            retry_deadline=settings.bigquery_retry_seconds,
        )
    from dlt_ingestion.warehouse.duckdb_loader import staging_file

    return staging_file(warehouse.work_dir() / STAGING_FILE)


def ingest(settings: Settings, clock: Clock, *, accept_shrink: bool = False) -> Outcome:
    """Reads the API (or the sample) and publishes what it says.

    Safe to repeat at any time, and beside other runs. Raises IngestionError: nothing was published.
    """
    identity = RunIdentity.new(settings, clock, "run", accepted_shrink=accept_shrink)
    with ExitStack() as stack:
        if settings.sample:
            from dlt_ingestion.sample.server import SampleServer

            server = stack.enter_context(SampleServer())
            settings = replace(settings, api_base_url=server.base_url, api_key=server.key)
        return _Run(settings, clock, identity).execute(_read_api(settings, clock, identity))


def replay(settings: Settings, clock: Clock, run_id: str) -> Outcome:
    """Parses the stored answers of an earlier run again and publishes them, without the API.

    Content that is older than what is published is not published (status superseded).
    """
    return _publish_stored(settings, clock, "replay", run_id)


def restore(settings: Settings, clock: Clock, run_id: str) -> Outcome:
    """Publishes an earlier run's content again, exactly as it was parsed and published then."""
    return _publish_stored(settings, clock, "restore", run_id)


def _publish_stored(settings: Settings, clock: Clock, kind: Kind, run_id: str) -> Outcome:
    # Going back to fewer breeds is what a person asked for.
    identity = RunIdentity.new(
        settings, clock, kind, source_run_id=run_id, accepted_shrink=kind == "restore"
    )
    run = _Run(settings, clock, identity)
    stored = StoredContent(run.warehouse, run_id)

    def read(spool: Spool) -> Source:
        if kind == "replay":
            return Source(stored.spool_answers(spool))
        stored.spool_breeds(spool)
        return Source(identity.started_at)

    return run.execute(read, before=lambda: stored.check(kind))


def _read_api(settings: Settings, clock: Clock, identity: RunIdentity) -> Read:
    from dlt_ingestion.api import DogApi
    from dlt_ingestion.paging import walk

    def read(spool: Spool) -> Source:
        with DogApi(settings, clock, keep=spool.keep) as api:
            for answer, breeds in walk(api.fetch, settings.api_page_size):
                spool.add_page(answer, breeds)
                emit("page_read", page=answer.page, breeds=spool.content.breeds, of=answer.count)
            return Source(identity.started_at, api.requests)

    return read


class _Run:
    """One run from its first look at the warehouse to its row in the history."""

    def __init__(self, settings: Settings, clock: Clock, identity: RunIdentity) -> None:
        self._settings, self._clock, self._identity = settings, clock, identity
        self.warehouse = open_warehouse(settings, clock, identity.run_id)
        self._journal = Journal(self.warehouse, identity, settings, clock)
        self._publisher = Publisher(self.warehouse, self._journal, identity, settings, clock)
        self._content = Content()
        self._staged: set[str] = set()
        self._values: dict[str, Value] = {}
        if not settings.sample:
            hide(settings.api_key)

    def execute(self, read: Read, before: Callable[[], None] = lambda: None) -> Outcome:
        """Runs to the end. ``before`` may refuse before anything is recorded."""
        started, identity = time.monotonic(), self._identity
        emit(
            "run_started", run_id=identity.run_id, kind=identity.kind, sample=self._settings.sample,
            warehouse=self._settings.warehouse_name,
        )  # fmt: skip
        try:
            with recorded_by(self._interrupt):
                status, counts, source = self._execute(read, before)
        finally:
            self.warehouse.clean_up()
        outcome = Outcome(
            identity, status, counts, self._content, source.requests,
            self._settings.warehouse_name, self._settings.sample, time.monotonic() - started,
        )  # fmt: skip
        emit(
            "run_finished", run_id=identity.run_id, status=status, breeds=counts.published,
            added=counts.added, changed=counts.changed, removed=counts.removed,
            flagged=self._content.flagged_values, seconds=outcome.total_seconds,
        )  # fmt: skip
        return outcome

    def _execute(self, read: Read, before: Callable[[], None]) -> tuple[Status, Counts, Source]:
        with self.warehouse.session():
            self.warehouse.prepare()
            before()
            state = self._journal.begin()
        try:
            source = self._read(read)
            status, counts = self._settle(state, source)
        except Exception as error:
            self._record_failure(error)
            raise
        return status, counts, source

    def _read(self, read: Read) -> Source:
        started = time.monotonic()
        compress = (
            self._settings.destination == "bigquery" and not self._settings.bigquery_emulator_host
        )
        with Spool(self.warehouse.work_dir(), compress=compress) as spool:
            self._content = spool.content
            source = read(spool)
        content = self._content
        self._values = {
            "observed_at": source.observed_at,
            "api_era": content.era,
            "pages": len(content.payloads),
            "requests": source.requests,
            "bytes_read": content.bytes_read,
            "breeds_read": content.breeds,
            "values_flagged": content.flagged_values,
            "content_sha256": content.sha256,
            "read_seconds": round(time.monotonic() - started, 3),
        }
        emit("content_read", breeds=content.breeds, flagged=content.flagged_values)
        return source

    def _settle(self, state: State, source: Source) -> tuple[Status, Counts]:
        """Publishes, or finds that there is nothing to publish."""
        content, verdict = self._content, compare(self._content, source.observed_at, state)
        if verdict.status == "publish":
            self._stage(BREEDS.name, API_PAYLOADS.name)
            return self._publisher.publish(content, source.observed_at, self._values)
        stored = self._answers_are_stored()
        if not stored:
            self._stage(API_PAYLOADS.name)
        published = state.published
        breeds = published.breeds if published else 0
        self._publisher.finish_without(
            verdict.status,
            "finish",
            {**self._values, "breeds_published": breeds},
            staged=None if stored else content,
            noted=content if stored else None,
        )
        return verdict.status, Counts(published=breeds)

    def _answers_are_stored(self) -> bool:
        return StoredContent.has_all(
            self.warehouse,
            {str(getattr(p, "sha256")) for p in self._content.payloads},  # noqa: B009
        )

    def _stage(self, *tables: str) -> None:
        from dlt_ingestion import staging

        files = {name: path for name, path in self._content.files.items() if name in tables}
        if not files:
            return
        started, warehouse = time.monotonic(), self.warehouse
        emit("staging", tables=", ".join(sorted(files)))
        warehouse.prepare_staging()
        staging.load(
            replace(self._content, files=files),
            staging_destination(self._settings, warehouse),
            dataset=self._settings.staging_dataset,
            run_id=self._identity.run_id,
            hints=warehouse.staging_hints(),
            work_dir=warehouse.work_dir(),
        )
        self._staged.update(files)
        self._values["load_seconds"] = round(time.monotonic() - started, 3)

    def _record_failure(self, error: Exception) -> None:
        """Keeps the failed run's row and, where possible, its answers; never hides ``error``."""
        values = {**self._values, "requests": self._values.get("requests"), **error_values(error)}
        if isinstance(error, AuditError):
            values["audits"] = "".join(getattr(error, "__notes__", []))
        try:
            if API_PAYLOADS.name not in self._staged and not isinstance(error, WarehouseError):
                self._stage(API_PAYLOADS.name)
            self._finish_failed(values)
        except IngestionError as second:
            emit("failure_unrecorded", error=second)

    def _finish_failed(self, values: Mapping[str, Value]) -> None:
        staged = self._content if API_PAYLOADS.name in self._staged else None
        self._publisher.finish_without("failed", "fail", values, staged=staged)

    def _interrupt(self, signal_name: str) -> None:
        settings = replace(self._settings, lock_timeout_seconds=1)
        warehouse = open_warehouse(settings, self._clock, self._identity.run_id)
        Journal(warehouse, self._identity, settings, self._clock).interrupt(signal_name)
