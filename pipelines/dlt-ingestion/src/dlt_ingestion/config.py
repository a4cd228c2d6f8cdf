"""Reads the environment once, checks it whole, and hands on one frozen ``Settings``."""

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal, TypeVar
from urllib.parse import urlsplit

from dotenv import dotenv_values

from dlt_ingestion import __version__
from dlt_ingestion.errors import ConfigurationError

Destination = Literal["bigquery", "duckdb"]
Environment = Literal["development", "test", "production"]
T = TypeVar("T")

SAMPLE_DATABASE = Path("data/sample.duckdb")
SAMPLE_KEY = "sample"
_LOOPBACK_HOSTS = {"localhost", "127.0.0.1", "::1"}


@dataclass(frozen=True)
class Settings:
    """Everything that a command may depend on; units are in the names, times are UTC.

    ``.env.example`` documents the variable behind each field.
    """

    destination: Destination
    environment: Environment
    gcp_project_id: str | None
    dataset: str
    staging_dataset: str
    bigquery_location: str
    bigquery_retry_seconds: float
    bigquery_emulator_host: str | None
    duckdb_path: Path
    lock_timeout_seconds: float
    sample: bool
    api_base_url: str
    api_endpoint: str
    api_key: str = field(repr=False)
    api_page_size: int
    api_requests_per_minute: int
    api_timeout_seconds: float
    api_max_attempts: int
    audit_min_breeds_ratio: float
    audit_max_flagged_ratio: float
    run_timeout_seconds: int
    report_bucket: str | None
    log_format: Literal["text", "json"]
    clock_start: datetime | None
    image_digest: str | None
    code_version: str
    execution: str | None
    task_index: int
    task_attempt: int

    @property
    def api_url(self) -> str:
        """The full address of the breeds list."""
        return f"{self.api_base_url}/{self.api_endpoint}"

    @property
    def warehouse_name(self) -> str:
        """Where the tables are, as a person would say it."""
        if self.destination == "bigquery":
            return f"bigquery {self.gcp_project_id}.{self.dataset}"
        return f"duckdb {self.duckdb_path} (schema {self.dataset})"


class _Reader:
    """Takes values out of the environment and keeps every mistake instead of the first."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ
        self.mistakes: list[str] = []

    def text(self, name: str) -> str | None:
        value = self._environ.get(name, "").strip()
        return value or None

    def reject(self, name: str, problem: str) -> None:
        self.mistakes.append(f"{name}: {problem}")

    def parse(self, name: str, default: T, parse: Callable[[str], T], allowed: str) -> T:
        value = self.text(name)
        if value is None:
            return default
        try:
            return parse(value)
        except ValueError:
            self.reject(name, f"{value!r} is not {allowed}")
            return default

    def matching(self, name: str, default: str, pattern: str, allowed: str) -> str:
        def parse(value: str) -> str:
            if not re.fullmatch(pattern, value):
                raise ValueError(value)
            return value

        return self.parse(name, default, parse, allowed)

    def integer(self, name: str, default: int, lowest: int, highest: int) -> int:
        return int(self.number(name, default, lowest, highest, whole=True))

    def number(
        self, name: str, default: float, lowest: float, highest: float, *, whole: bool = False
    ) -> float:
        def parse(value: str) -> float:
            number = int(value) if whole else float(value)
            if not lowest <= number <= highest:
                raise ValueError(value)
            return number

        kind = "a whole number" if whole else "a number"
        return self.parse(name, default, parse, f"{kind} from {lowest} to {highest}")


def load_settings(
    environ: Mapping[str, str] | None = None, dotenv: Path | None = Path(".env")
) -> Settings:
    """Settings from the environment and, below it, from ``dotenv`` where that file exists.

    Raises ConfigurationError that names every wrong variable, its value and what is allowed.
    """
    merged: dict[str, str] = {}
    if dotenv is not None and dotenv.is_file():
        merged.update(_read_dotenv(dotenv))
    merged.update(os.environ if environ is None else environ)
    reader = _Reader(merged)
    settings = _read(reader)
    if reader.mistakes:
        mistakes = "\n".join(f"  - {mistake}" for mistake in reader.mistakes)
        raise ConfigurationError(f"The configuration is wrong:\n{mistakes}\nSee .env.example.")
    return settings


def _read_dotenv(path: Path) -> dict[str, str]:
    try:
        return {name: value for name, value in dotenv_values(path).items() if value is not None}
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(
            f"Can't read {path}: {error}. It is a text file in UTF-8; see .env.example."
        ) from error


def _read(reader: _Reader) -> Settings:
    project = reader.text("GCP_PROJECT_ID")
    if project is not None:
        pattern = r"([a-z0-9.-]+:)?[a-z][a-z0-9-]{2,28}[a-z0-9]"
        reader.matching("GCP_PROJECT_ID", project, pattern, "a project id such as my-project-123")
    destination = _destination(reader, project)
    environment: Environment = reader.parse(
        "ENVIRONMENT", "development", _one_of("development", "test", "production"),
        "one of development, test, production",
    )  # fmt: skip
    key = _api_key(reader)
    sample = key is None
    if sample:
        _check_sample(reader, destination, environment)
    dataset = _dataset(reader, "BIGQUERY_DATASET", "dog_breeds_raw")
    staging_dataset = _dataset(reader, "BIGQUERY_STAGING_DATASET", f"{dataset}_staging")
    if staging_dataset == dataset:
        reader.reject(
            "BIGQUERY_STAGING_DATASET",
            f"{dataset!r} is BIGQUERY_DATASET too: staged tables need a dataset of their own",
        )
    return Settings(
        destination=destination,
        environment=environment,
        gcp_project_id=project,
        dataset=dataset,
        staging_dataset=staging_dataset,
        bigquery_location=reader.matching(
            "BIGQUERY_LOCATION", "US", r"[A-Za-z]+(-[a-z]+[0-9]+)?",
            "a BigQuery location such as US, EU or europe-west1",
        ),
        bigquery_retry_seconds=reader.number("BIGQUERY_RETRY_SECONDS", 120, 1, 3600),
        bigquery_emulator_host=reader.text("BIGQUERY_EMULATOR_HOST"),
        duckdb_path=SAMPLE_DATABASE
        if sample
        else Path(reader.text("DUCKDB_PATH") or "data/dog_breeds.duckdb"),
        lock_timeout_seconds=reader.number("DUCKDB_LOCK_TIMEOUT_SECONDS", 60, 0, 3600),
        sample=sample,
        api_base_url=_base_url(reader, environment),
        api_endpoint=reader.matching(
            "DOG_API_ENDPOINT", "breeds", r"/?[A-Za-z0-9_-]+(/[A-Za-z0-9_-]+)*/?",
            "a path such as breeds",
        ).strip("/"),
        api_key=key or SAMPLE_KEY,
        api_page_size=reader.integer("DOG_API_PAGE_SIZE", 1000, 1, 10_000),
        api_requests_per_minute=reader.integer("DOG_API_REQUESTS_PER_MINUTE", 10, 0, 100_000),
        api_timeout_seconds=reader.number("DOG_API_TIMEOUT_SECONDS", 30, 0.1, 600),
        api_max_attempts=reader.integer("DOG_API_MAX_ATTEMPTS", 6, 1, 20),
        audit_min_breeds_ratio=reader.number("AUDIT_MIN_BREEDS_RATIO", 0.9, 0, 1),
        audit_max_flagged_ratio=reader.number("AUDIT_MAX_FLAGGED_RATIO", 0.1, 0, 1),
        run_timeout_seconds=reader.integer("RUN_TIMEOUT_SECONDS", 1800, 1, 604_800),
        report_bucket=reader.parse(
            "REPORT_BUCKET", None, _bucket, "a bucket's name without gs://, such as my-reports"
        ),
        log_format=reader.parse(
            "LOG_FORMAT", "json" if environment == "production" else "text",
            _one_of("text", "json"), "one of text, json",
        ),
        clock_start=reader.parse(
            "CLOCK_START", None, _utc_time, "a time with its zone such as 2026-11-23T04:00:00Z"
        ),
        image_digest=reader.text("IMAGE_DIGEST"),
        code_version=reader.matching(
            "CODE_VERSION", __version__, r"[\x21-\x7e]{1,200}", "a version or a commit",
        ),
        execution=reader.text("CLOUD_RUN_EXECUTION"),
        task_index=reader.integer("CLOUD_RUN_TASK_INDEX", 0, 0, 10_000),
        task_attempt=reader.integer("CLOUD_RUN_TASK_ATTEMPT", 0, 0, 10_000),
    )  # fmt: skip


def _one_of(*allowed: str) -> Callable[[str], Any]:
    def parse(value: str) -> str:
        if value.lower() not in allowed:
            raise ValueError(value)
        return value.lower()

    return parse


def _utc_time(value: str) -> datetime:
    moment = datetime.fromisoformat(value)
    if moment.tzinfo is None:
        raise ValueError(value)
    try:
        return moment.astimezone(UTC)
    except OverflowError as error:
        raise ValueError(value) from error


def _bucket(value: str) -> str:
    # https://cloud.google.com/storage/docs/buckets#naming
    if not re.fullmatch(r"[a-z0-9][a-z0-9._-]{1,220}[a-z0-9]", value):
        raise ValueError(value)
    return value


def _dataset(reader: _Reader, name: str, default: str) -> str:
    allowed = "a dataset name: letters, digits and underscores, such as dog_breeds_raw"
    return reader.matching(name, default, r"[A-Za-z0-9_]{1,1024}", allowed)


def _destination(reader: _Reader, project: str | None) -> Destination:
    default: Destination = "bigquery" if project else "duckdb"
    destination: Destination = reader.parse(
        "DESTINATION", default, _one_of("bigquery", "duckdb"), "one of bigquery, duckdb"
    )
    if destination == "bigquery" and project is None:
        reader.reject("GCP_PROJECT_ID", "is needed for DESTINATION=bigquery and is not set")
    return destination


def _api_key(reader: _Reader) -> str | None:
    key = reader.text("DOG_API_KEY")
    # Nothing that JSON or repr would escape: the key must be found wherever it has to be hidden.
    if key is not None and not re.fullmatch(r"[\x21\x23-\x26\x28-\x5b\x5d-\x7e]+", key):
        reader.reject(
            "DOG_API_KEY",
            "has spaces, quotes, backslashes or unprintable characters (value not shown)",
        )
    return key


def _check_sample(reader: _Reader, destination: Destination, environment: str) -> None:
    remedy = "set DOG_API_KEY (free at https://thedogapi.com)"
    if destination == "bigquery":
        reader.reject(
            "DOG_API_KEY",
            f"is not set, and the sample goes to DuckDB only: {remedy} or DESTINATION=duckdb",
        )
    if environment == "production":
        reader.reject("DOG_API_KEY", f"is not set, which ENVIRONMENT=production needs: {remedy}")
    if reader.text("DUCKDB_PATH") is not None:
        reader.reject(
            "DUCKDB_PATH",
            f"is for real data; without DOG_API_KEY the sample goes to {SAMPLE_DATABASE}: {remedy}",
        )


def _base_url(reader: _Reader, environment: str) -> str:
    def parse(value: str) -> str:
        parts = urlsplit(value)
        if parts.scheme not in {"http", "https"} or not parts.hostname or "@" in value:
            raise ValueError(value)
        if parts.port == 0 or re.search(r"[?#\s]", value):  # a port that is none raises here
            raise ValueError(value)
        return value.rstrip("/")

    url = reader.parse(
        "DOG_API_BASE_URL", "https://api.thedogapi.com/v1", parse,
        "an address such as https://api.thedogapi.com/v1",
    )  # fmt: skip
    parts = urlsplit(url)
    in_clear = parts.scheme == "http" and parts.hostname not in _LOOPBACK_HOSTS
    if in_clear and environment == "production":
        reader.reject("DOG_API_BASE_URL", f"{url!r} would send the key unencrypted: use https")
    return url
