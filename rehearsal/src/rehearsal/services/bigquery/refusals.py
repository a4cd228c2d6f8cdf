"""How BigQuery says no to a job: its reasons and texts, and those that upstream words otherwise.

Texts are as users of BigQuery report them: for DDL in a transaction and concurrent updates see
https://cloud.google.com/bigquery/docs/transactions and
https://cloud.google.com/bigquery/docs/troubleshoot-queries.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rehearsal.documents import Document
from rehearsal.errors import ApiError, invalid_argument
from rehearsal.services.bigquery.names import DatasetName, TableName

DDL_IN_TRANSACTION = (
    "Query error: DDL statements are not supported in a transaction, except for those creating or"
    " droping temporary tables or temporary functions."
)
LEGACY_SQL = (
    "The rehearsal has no legacy SQL, which is what a query is in unless it says otherwise: bq"
    " query --use_legacy_sql=false, or useLegacySql: false in the request."
)
_CODES = {
    "accessDenied": (403, "PERMISSION_DENIED"),
    "notFound": (404, "NOT_FOUND"),
    "duplicate": (409, "ALREADY_EXISTS"),
    "notImplemented": (404, "UNIMPLEMENTED"),
}
_CONFLICT = re.compile(r"failed to commit|transaction conflict|conflict on (update|tuple)", re.I)
_UPSTREAM_LOCATION = re.compile(r"\bwas not found in location US\b")


@dataclass(frozen=True)
class Refusal:
    """Why a job fails, as its ``errorResult`` says it."""

    reason: str
    message: str

    def error(self) -> ApiError:
        """As the answer to a call."""
        code, status = _CODES.get(self.reason, (400, "INVALID_ARGUMENT"))
        return ApiError(code, status, self.message, reason=self.reason)

    def result(self) -> Document:
        """As a job's ``errorResult``."""
        located = {"location": "query"} if self.reason == "invalidQuery" else {}
        return {"reason": self.reason, "message": self.message} | located


def legacy_sql() -> ApiError:
    """400: a query that does not say that it is in GoogleSQL."""
    return invalid_argument(LEGACY_SQL, reason="invalidQuery")


def not_in_location(name: DatasetName, location: str) -> Refusal:
    """A dataset that is elsewhere, or nowhere."""
    return Refusal(
        "notFound", f"Not found: Dataset {name.label} was not found in location {location}"
    )


def too_many_bytes(limit: int, needed: int) -> Refusal:
    """A query that would bill more than it may."""
    return Refusal(
        "bytesBilledLimitExceeded",
        f"Query exceeded limit for bytes billed: {limit}. {needed} or higher required.",
    )


@dataclass(frozen=True)
class Circumstances:
    """What upstream does not know of a job that has failed."""

    location: str
    own: Sequence[Refusal]
    """Those that were put into its text in the place of statements."""
    written: Sequence[TableName]
    transaction_id: str
    """Empty if it had no transaction."""


def reworded(result: Document, job: Circumstances) -> Document:
    """What upstream says of a failed job, in BigQuery's words."""
    message = str(result.get("message", ""))
    for refusal in job.own:
        if refusal.message == message:
            return refusal.result()
    if _CONFLICT.search(message) and job.written:
        return Refusal("invalidQuery", _conflict(message, job)).result()
    here = f"was not found in location {job.location}"
    return result | {"message": _UPSTREAM_LOCATION.sub(here, message)}


def _conflict(message: str, job: Circumstances) -> str:
    # Upstream says which table it was only sometimes; the first that is written is the likeliest.
    table = next((one for one in job.written if f'"{one.table}"' in message), job.written[0])
    if job.transaction_id:
        return (
            "Query error: Transaction is aborted due to concurrent update against table"
            f" {table.label}. Transaction ID: {job.transaction_id}"
        )
    return f"Could not serialize access to table {table.label} due to concurrent update"
