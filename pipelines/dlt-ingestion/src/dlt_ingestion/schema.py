"""The published tables: one definition for both warehouses, for dlt and for the SQL.

Types are named as dlt names them; ``warehouse`` maps them to each warehouse's own.
"""

from dataclasses import dataclass
from typing import Literal

ColumnType = Literal["text", "double", "bigint", "bool", "timestamp", "date"]

SCHEMA_VERSION = 1
"""Counts up with each additive change to the tables below."""


@dataclass(frozen=True)
class Column:
    """A column; ``description`` is shown by the warehouse and says unit and zone.

    ``since`` is the SCHEMA_VERSION that added it. A later column can't be required: rows that are
    there already, and older images, have no value for it.
    """

    name: str
    type: ColumnType
    description: str
    required: bool = False
    since: int = 1


@dataclass(frozen=True)
class Table:
    """A table with its columns in order."""

    name: str
    description: str
    columns: tuple[Column, ...]

    @property
    def column_names(self) -> tuple[str, ...]:
        """The names of all columns, in order."""
        return tuple(column.name for column in self.columns)


def _range(name: str, unit: str, what: str) -> tuple[Column, ...]:
    return tuple(
        Column(f"{name}{sex}_{end}_{unit}", "double", f"{end_text} {what}{sex_text}")
        for sex, sex_text in (("", ""), ("_male", " of males"), ("_female", " of females"))
        for end, end_text in (("min", "Lowest"), ("max", "Highest"))
    )


def _raw(name: str, what: str) -> Column:
    return Column(name, "text", f"{what}, as the API wrote it")


CONTENT_COLUMNS: tuple[Column, ...] = (
    Column("breed_id", "text", "The API's id of the breed", required=True),
    Column("name", "text", "Name of the breed", required=True),
    Column("breed_group", "text", "Kennel club group, such as Toy or Hound"),
    Column("origin", "text", "Countries or regions that the breed comes from"),
    Column("country_codes", "text", "ISO 3166-1 alpha-2 codes of those countries, with commas"),
    Column("description", "text", "The API's description"),
    Column("history", "text", "The API's account of the breed's history"),
    Column("bred_for", "text", "What the breed was bred for"),
    Column("perfect_for", "text", "Whom the breed suits"),
    _raw("temperament_raw", "Temperament"),
    Column("temperaments", "text", "Temperaments in one spelling, in order, with commas"),
    _raw("life_span_raw", "Life span"),
    Column("life_span_min_years", "double", "Lowest usual life span in years"),
    Column("life_span_max_years", "double", "Highest usual life span in years"),
    _raw("weight_metric_raw", "Weight in kg"),
    _raw("weight_imperial_raw", "Weight in pounds"),
    *_range("weight", "kg", "weight in kg"),
    _raw("height_metric_raw", "Height in cm"),
    _raw("height_imperial_raw", "Height in inches"),
    *_range("height", "cm", "height at the withers in cm"),
    Column("species_id", "text", "The API's id of the species"),
    Column("reference_image_id", "text", "The API's id of the reference image"),
    Column("image_url", "text", "Address of the reference image"),
    Column("image_width_pixels", "bigint", "Width of the reference image in pixels"),
    Column("image_height_pixels", "bigint", "Height of the reference image in pixels"),
    Column("flagged_values", "text", "JSON list of values that could not be parsed, or null"),
)
"""What is known of a breed: its change is a change of the breed."""

CONTENT_HASH = Column(
    "content_sha256",
    "text",
    "SHA-256 of all content columns: differs if any differs",
    required=True,
)
PAYLOAD_HASH = Column(
    "payload_sha256", "text", "The stored answer that this row came from (api_payloads)"
)
RUN_ID = Column("run_id", "text", "The run that published this row", required=True)

BREEDS = Table(
    "breeds",
    "Dog breeds as last published, one row a breed",
    (*CONTENT_COLUMNS, CONTENT_HASH, PAYLOAD_HASH, RUN_ID),
)

BREED_TEMPERAMENTS = Table(
    "breed_temperaments",
    "Temperaments of the published breeds, one row each",
    (
        Column("breed_id", "text", "The breed", required=True),
        Column("position", "bigint", "Place in the API's list, from 1", required=True),
        Column("temperament", "text", "The temperament in one spelling", required=True),
        RUN_ID,
    ),
)

BREED_ISSUES = Table(
    "breed_issues",
    "Values of the published breeds that could not be parsed; their parsed columns are null",
    (
        Column("breed_id", "text", "The breed", required=True),
        Column("breed_name", "text", "Its name", required=True),
        Column("field", "text", "The API's field, such as weight.metric", required=True),
        Column("raw_text", "text", "The value as the API wrote it", required=True),
        Column("reason", "text", "Why it could not be parsed", required=True),
        RUN_ID,
    ),
)

BREEDS_HISTORY = Table(
    "breeds_history",
    "Every version of every breed (slowly changing dimension type 2); open ones have no valid_to",
    (
        *CONTENT_COLUMNS,
        CONTENT_HASH,
        PAYLOAD_HASH,
        RUN_ID,
        Column("valid_from", "timestamp", "When this version was published (UTC)", required=True),
        Column(
            "valid_to", "timestamp", "When it was replaced or removed (UTC); null while current"
        ),
        Column("change", "text", "added or changed: how this version came about", required=True),
        Column("changed_columns", "text", "For changed: the columns that differ, with commas"),
        Column(
            "ended_by", "text", "changed or removed: how this version ended; null while current"
        ),
        Column("ended_by_run_id", "text", "The run that ended this version"),
    ),
)

API_PAYLOADS = Table(
    "api_payloads",
    "Every answer of the API, verbatim; the same content is stored once",
    (
        Column("run_id", "text", "The run that received the answer", required=True),
        Column("page", "bigint", "Zero-based page that was asked for", required=True),
        Column("fetched_at", "timestamp", "When the answer arrived (UTC)", required=True),
        Column("url", "text", "The address that was asked, without the key", required=True),
        Column("http_status", "bigint", "HTTP status of the answer", required=True),
        Column("pagination_count", "bigint", "Breeds in all, as the answer's header said"),
        Column("pagination_limit", "bigint", "Breeds a page, as the answer's header said"),
        Column("sha256", "text", "SHA-256 of the answer's bytes", required=True),
        Column("size_bytes", "bigint", "Length of the answer in bytes", required=True),
        Column("encoding", "text", "How body holds the bytes: utf-8 or base64", required=True),
        Column("body", "text", "The answer; null where a row with the same sha256 has it"),
    ),
)

INGESTION_RUNS = Table(
    "ingestion_runs",
    "One row a run: what it read, what it published, how it ended",
    (
        Column("run_id", "text", "Start time and a random part", required=True),
        Column("kind", "text", "run, replay or restore", required=True),
        Column(
            "status", "text",
            "running, published, unchanged, superseded, failed or interrupted", required=True,
        ),
        Column("run_date", "date", "UTC date of the start", required=True),
        Column("started_at", "timestamp", "When the run started (UTC)", required=True),
        Column("finished_at", "timestamp", "When it ended (UTC); null while running"),
        Column("published_at", "timestamp", "When its content became current (UTC), or null"),
        Column("observed_at", "timestamp", "When the content was read from the API (UTC)"),
        Column("source_run_id", "text", "For replay and restore: the run whose content is used"),
        Column("source_url", "text", "The address that was read"),
        Column("api_era", "text", "2025 (numeric ids) or 2026 (text ids), as the answer showed"),
        Column("pages", "bigint", "Pages read"),
        Column("requests", "bigint", "Requests made to the API, repeated ones included"),
        Column("bytes_read", "bigint", "Size of all answers in bytes"),
        Column("breeds_read", "bigint", "Breeds in the answer"),
        Column("breeds_published", "bigint", "Breeds in the published table after this run"),
        Column("breeds_added", "bigint", "Breeds that were not there before"),
        Column("breeds_changed", "bigint", "Breeds whose content changed"),
        Column("breeds_removed", "bigint", "Breeds that are no longer there"),
        Column("values_flagged", "bigint", "Values that could not be parsed"),
        Column("read_seconds", "double", "Time spent reading and parsing"),
        Column("load_seconds", "double", "Time spent loading into staging"),
        Column("content_sha256", "text", "Hash of all breeds' content, whatever their order"),
        Column("accepted_shrink", "bool", "True where far fewer breeds may be published"),
        Column("audits", "text", "JSON list of the audits with their figures"),
        Column("code_version", "text", "Version or commit of the code"),
        Column("schema_version", "bigint", "Version of the table definitions in the code"),
        Column("image_digest", "text", "Digest of the container image (IMAGE_DIGEST)"),
        Column("execution", "text", "Cloud Run execution, or host and process"),
        Column("attempt", "bigint", "Cloud Run's attempt at the task, from 0"),
        Column("error_class", "text", "Kind of the error that ended a failed run"),
        Column("error_message", "text", "Its message"),
    ),
)  # fmt: skip

TABLES: tuple[Table, ...] = (
    BREEDS,
    BREED_TEMPERAMENTS,
    BREEDS_HISTORY,
    BREED_ISSUES,
    API_PAYLOADS,
    INGESTION_RUNS,
)
