"""BigQuery as the warehouse: scripts as jobs with ids of their own, staging that expires."""

import concurrent.futures
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from typing import cast

import google.auth.exceptions
import requests
from google.api_core import exceptions as api_exceptions
from google.api_core.retry import Retry, if_exception_type
from google.auth.credentials import Credentials
from google.cloud import bigquery
from google.cloud.bigquery.retry import DEFAULT_RETRY

from dlt_ingestion.clock import Clock
from dlt_ingestion.config import Settings
from dlt_ingestion.errors import ConfigurationError, PublicationConflictError, WarehouseError
from dlt_ingestion.events import emit
from dlt_ingestion.schema import (
    INGESTION_RUNS,
    SCHEMA_VERSION,
    TABLES,
    Column,
    ColumnType,
)
from dlt_ingestion.warehouse import Params, Row, staged_name

_TYPES: Mapping[ColumnType, str] = {
    "text": "STRING",
    "double": "FLOAT64",
    "bigint": "INT64",
    "bool": "BOOL",
    "timestamp": "TIMESTAMP",
    "date": "DATE",
}
_VERSION_LABEL = "schema_version"
_STAGING_LIFE = timedelta(days=3)
_CALL_SECONDS = 60.0
# How BigQuery words a transaction that lost against another, and how DuckDB does behind a stand-in;
# see https://cloud.google.com/bigquery/docs/transactions#transaction_concurrency
_CONFLICT = re.compile(r"concurrent update|failed to commit|conflict on (update|tuple)", re.I)


class BigQueryDialect:
    """GoogleSQL's spellings."""

    def __init__(self, project: str, dataset: str, staging_dataset: str, run_id: str) -> None:
        self._published, self._staging = f"{project}.{dataset}", f"{project}.{staging_dataset}"
        self._run_id = run_id

    def table(self, name: str) -> str:
        """A published table's name, quoted and qualified."""
        return f"`{self._published}.{name}`"

    def staged(self, name: str) -> str:
        """A staged table's name, quoted and qualified."""
        return f"`{self._staging}.{staged_name(self._run_id, name)}`"

    def each_temperament(self, source: str) -> str:
        """A FROM clause over ``source`` with ``temperament`` and ``position`` from 1."""
        return (
            f"(SELECT s.*, temperament, place + 1 AS position FROM {source} AS s, "
            "UNNEST(SPLIT(s.temperaments, ', ')) AS temperament WITH OFFSET AS place)"
        )

    def each_flagged_value(self, source: str) -> str:
        """A FROM clause over ``source`` with ``field``, ``raw_text`` and ``reason``."""
        return (
            "(SELECT s.*, JSON_VALUE(flagged, '$.field') AS field, "
            "JSON_VALUE(flagged, '$.raw_text') AS raw_text, "
            "JSON_VALUE(flagged, '$.reason') AS reason "
            f"FROM {source} AS s, UNNEST(JSON_QUERY_ARRAY(s.flagged_values)) AS flagged)"
        )

    def differing_columns(self, old: str, new: str, columns: Sequence[str]) -> str:
        """An expression: the names of the columns in which two rows differ, with commas."""
        cases = ", ".join(f"IF({old}.{c} IS DISTINCT FROM {new}.{c}, '{c}', NULL)" for c in columns)
        return f"ARRAY_TO_STRING([{cases}], ', ')"

    def count_if(self, condition: str) -> str:
        """An aggregate: the number of rows where ``condition`` holds."""
        return f"COUNTIF({condition})"


class BigQueryWarehouse:
    """A BigQuery dataset; see ``Warehouse`` for what the methods promise."""

    def __init__(self, settings: Settings, clock: Clock, run_id: str) -> None:
        self._settings, self._clock, self._run_id = settings, clock, run_id
        self._project = settings.gcp_project_id or ""
        self._dialect = BigQueryDialect(
            self._project, settings.dataset, settings.staging_dataset, run_id
        )
        self._retry = DEFAULT_RETRY.with_timeout(settings.bigquery_retry_seconds)
        self._cached_client: bigquery.Client | None = None
        self._cached_work_dir: Path | None = None

    @property
    def dialect(self) -> BigQueryDialect:
        """How BigQuery spells things."""
        return self._dialect

    @cached_property
    def credentials(self) -> Credentials:
        """Application Default Credentials, with the scopes that BigQuery asks for.

        All clients of a run use these: a copy with other scopes would fetch a token of its own.
        """
        find = google.auth.default
        if self._settings.execution is not None:
            # Google's library asks Cloud Run's metadata server once whether it is there, and takes
            # an error of a moment for a no.
            find = Retry(
                if_exception_type(google.auth.exceptions.DefaultCredentialsError),
                timeout=self._settings.bigquery_retry_seconds,
            )(find)
        with _translated("finding credentials"):
            credentials, _ = find(scopes=bigquery.Client.SCOPE)
        return credentials

    @property
    def client(self) -> bigquery.Client:
        """Google's client, with the identity of Application Default Credentials."""
        if self._cached_client is None:
            self._cached_client = bigquery.Client(
                project=self._project,
                credentials=self.credentials,
                location=self._settings.bigquery_location,
            )
        return self._cached_client

    @contextmanager
    def session(self) -> Iterator[None]:
        """Nothing to hold: BigQuery serves many at once."""
        yield

    def prepare(self) -> None:
        """Checks the dataset's location and brings the tables up to this code's version.

        A table's label tells its version, so that a run that finds it current makes no more calls.
        """
        self._ensure_dataset(self._settings.dataset, None)
        version = self._schema_version()
        if version < SCHEMA_VERSION:
            self.execute(f"prepare-{SCHEMA_VERSION}", _ddl(self._dialect, version), {})
            emit("tables_prepared", schema_version=SCHEMA_VERSION)

    def _schema_version(self) -> int:
        name = f"{self._project}.{self._settings.dataset}.{INGESTION_RUNS.name}"
        try:
            with _translated(f"reading {name}"):
                table = self.client.get_table(name, retry=self._retry, timeout=_CALL_SECONDS)
        except _NotFoundError:
            return 0
        label = (table.labels or {}).get(_VERSION_LABEL, "0")
        return int(label) if label.isdecimal() else 0

    def _ensure_dataset(self, name: str, life: timedelta | None) -> None:
        if not self._dataset_in_place(name):
            self._create_dataset(f"{self._project}.{name}", life)

    def _dataset_in_place(self, name: str) -> bool:
        """Whether the dataset is there. Raises ConfigurationError where it is elsewhere."""
        full_name = f"{self._project}.{name}"
        try:
            with _translated(f"reading dataset {full_name}"):
                dataset = self.client.get_dataset(
                    full_name, retry=self._retry, timeout=_CALL_SECONDS
                )
        except _NotFoundError:
            return False
        wanted = self._settings.bigquery_location
        if dataset.location and dataset.location.lower() != wanted.lower():
            raise ConfigurationError(
                f"Dataset {full_name} is in {dataset.location}, and BIGQUERY_LOCATION says "
                f"{wanted}. A dataset can't be moved: set BIGQUERY_LOCATION={dataset.location}, or "
                "choose another BIGQUERY_DATASET."
            )
        return True

    def _create_dataset(self, full_name: str, life: timedelta | None) -> None:
        dataset = bigquery.Dataset(full_name)
        dataset.location = self._settings.bigquery_location
        if life is not None:
            dataset.default_table_expiration_ms = int(life.total_seconds() * 1000)
        with _translated(f"creating dataset {full_name}"):
            self.client.create_dataset(
                dataset, exists_ok=True, retry=self._retry, timeout=_CALL_SECONDS
            )
        emit("dataset_created", dataset=full_name, location=dataset.location)

    def execute(
        self, label: str, statements: Sequence[str], params: Params, *, atomic: bool = False
    ) -> list[Row]:
        """Runs the statements as one job, a script where there are several.

        An atomic script is rolled back by BigQuery where a statement of it fails, and is finished
        by BigQuery where this process dies after handing it in.
        """
        if atomic:
            statements = ["BEGIN TRANSACTION", *statements, "COMMIT TRANSACTION"]
        sql = ";\n".join(statements)
        used = set(re.findall(r"@(\w+)", sql))
        config = bigquery.QueryJobConfig(
            query_parameters=[
                bigquery.ScalarQueryParameter(name, _TYPES[param.type], param.value)
                for name, param in params.items()
                if name in used
            ],
            labels={"application": "dlt-ingestion"},
        )
        with _translated(label):
            job = self._job(f"dlt-ingestion-{self._run_id}-{label}", sql, config)
            rows = job.result(retry=self._retry, timeout=self._settings.run_timeout_seconds)
            return [dict(row.items()) for row in rows]

    def _job(self, job_id: str, sql: str, config: bigquery.QueryJobConfig) -> bigquery.QueryJob:
        try:
            return self.client.query(
                sql, job_id=job_id, job_config=config, retry=self._retry, job_retry=None,
                timeout=_CALL_SECONDS,
            )  # fmt: skip
        except api_exceptions.Conflict:
            # Handed in before, and the answer was lost: ask for it.
            found = self.client.get_job(job_id, retry=self._retry, timeout=_CALL_SECONDS)
            return cast(bigquery.QueryJob, found)

    def work_dir(self) -> Path:
        """A temporary folder (Cloud Run's counts against memory and goes with the task)."""
        if self._cached_work_dir is None:
            try:
                self._cached_work_dir = Path(tempfile.mkdtemp(prefix="dlt-ingestion-"))
            except OSError as error:
                raise WarehouseError(
                    f"No temporary folder can be made: {error}. Set TMPDIR to a writable folder; "
                    "in a container with a read-only root, mount a tmpfs on /tmp."
                ) from error
        return self._cached_work_dir

    def prepare_staging(self) -> None:
        """Makes the staging dataset where it is missing, with tables that expire."""
        self._ensure_dataset(self._settings.staging_dataset, _STAGING_LIFE)

    def staging_hints(self) -> Mapping[str, object]:
        """The time at which the staged table goes."""
        expiry = (self._clock.now() + _STAGING_LIFE).strftime("%Y-%m-%d %H:%M:%S+00:00")
        return {"x-bigquery-table-expiration": expiry}

    def examinations(self) -> Sequence[tuple[str, Callable[[], str]]]:
        """Who calls, where the datasets are, and whether jobs and writing are allowed."""
        return [
            ("credentials", self._examine_credentials),
            ("dataset and location", lambda: self._examine_dataset(self._settings.dataset)),
            ("staging dataset", lambda: self._examine_dataset(self._settings.staging_dataset)),
            ("permission to run jobs", self._examine_jobs),
            ("permission to write", self._examine_write),
        ]

    def _examine_credentials(self) -> str:
        found = self.credentials
        name = getattr(found, "service_account_email", None) or type(found).__name__
        return f"Application Default Credentials: {name}"

    def _examine_dataset(self, name: str) -> str:
        if self._dataset_in_place(name):
            return f"{self._project}.{name} is in {self._settings.bigquery_location}"
        return f"{self._project}.{name} is not there yet; a run makes it if the account may"

    def _examine_jobs(self) -> str:
        self.execute("jobs", ["SELECT 1 AS one"], {})
        return "a query ran"

    def _examine_write(self) -> str:
        if self._schema_version() == 0:
            return "not tried: the tables are made by the first run"
        runs = self._dialect.table(INGESTION_RUNS.name)
        names = ", ".join(c.name for c in INGESTION_RUNS.columns if c.since == 1)
        statement = f"INSERT INTO {runs} ({names}) SELECT {names} FROM {runs} WHERE FALSE"
        self.execute("write", [statement], {})
        return f"{INGESTION_RUNS.name} takes rows"

    def clean_up(self) -> None:
        """Removes the temporary folder; staged tables expire by themselves."""
        if self._cached_work_dir is not None:
            shutil.rmtree(self._cached_work_dir, ignore_errors=True)
        if self._cached_client is not None:
            self._cached_client.close()  # type: ignore[no-untyped-call]


def _ddl(dialect: BigQueryDialect, version: int) -> list[str]:
    """Makes missing tables and the columns since ``version``; ends with the version's label."""
    statements: list[str] = []
    for table in TABLES:
        name = dialect.table(table.name)
        columns = ", ".join(
            f"{_definition(c)}{' NOT NULL' if c.required else ''} {_description(c)}"
            for c in table.columns
        )
        options = f"OPTIONS (description={_literal(table.description)})"
        statements.append(f"CREATE TABLE IF NOT EXISTS {name} ({columns}) {options}")
        added = ", ".join(
            f"ADD COLUMN IF NOT EXISTS {_definition(c)} {_description(c)}"
            for c in table.columns
            if c.since > max(version, 1)
        )
        if added:
            statements.append(f"ALTER TABLE {name} {added}")
    runs = dialect.table(INGESTION_RUNS.name)
    label = f"[('{_VERSION_LABEL}', '{SCHEMA_VERSION}')]"
    return [*statements, f"ALTER TABLE {runs} SET OPTIONS (labels={label})"]


def _definition(column: Column) -> str:
    return f"{column.name} {_TYPES[column.type]}"


def _description(column: Column) -> str:
    return f"OPTIONS (description={_literal(column.description)})"


def _literal(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


class _NotFoundError(WarehouseError):
    """A dataset, table or job is not there."""


@contextmanager
def _translated(doing: str) -> Iterator[None]:
    """Turns what Google's libraries raise into this package's errors."""
    try:
        yield
    except google.auth.exceptions.DefaultCredentialsError as error:
        raise ConfigurationError(
            f"There are no Google credentials ({error}). On a laptop: gcloud auth "
            "application-default login. In Cloud Run: attach a service account to the job."
        ) from error
    except api_exceptions.NotFound as error:
        raise _NotFoundError(f"BigQuery, {doing}: {error.message}") from error
    except api_exceptions.Forbidden as error:
        raise WarehouseError(
            f"BigQuery refused ({doing}): {error.message}. The account needs "
            "roles/bigquery.dataEditor on both datasets and roles/bigquery.jobUser on the project."
        ) from error
    except api_exceptions.GoogleAPIError as error:
        raise _warehouse_error(doing, error) from error
    except (google.auth.exceptions.GoogleAuthError, requests.RequestException) as error:
        raise WarehouseError(
            f"BigQuery can't be reached ({doing}): {error}. A later run may succeed."
        ) from error
    except concurrent.futures.TimeoutError as error:
        raise WarehouseError(
            f"BigQuery did not finish in time ({doing}). It may still do so; the next run looks."
        ) from error


def _warehouse_error(doing: str, error: Exception) -> WarehouseError:
    exhausted = isinstance(error, api_exceptions.RetryError)  # its message leaves out the reason
    text = str(error) if exhausted else getattr(error, "message", None) or str(error)
    if "PUBLICATION_MOVED" in text:
        return PublicationConflictError("Another run published meanwhile.")
    if _CONFLICT.search(text):
        return PublicationConflictError(f"BigQuery, {doing}: {text}")
    return WarehouseError(f"BigQuery failed ({doing}): {text}")
