"""Audits what a run staged, and publishes it in one transaction: all tables or none.

A publication is a compare-and-swap: it goes through only if the published run is still the one
that the audit saw. Whoever loses looks and audits again.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

import msgspec

from dlt_ingestion.clock import Clock
from dlt_ingestion.config import Settings
from dlt_ingestion.conflicts import again_after_conflicts, label_of
from dlt_ingestion.content import STAGED_PAYLOAD_COLUMNS, Content
from dlt_ingestion.errors import AuditError, PublicationConflictError, WarehouseError
from dlt_ingestion.events import emit
from dlt_ingestion.rows import STAGED_BREED_COLUMNS
from dlt_ingestion.runs import (
    Journal,
    Published,
    RunIdentity,
    State,
    Status,
    latest_published,
)
from dlt_ingestion.schema import (
    API_PAYLOADS,
    BREED_ISSUES,
    BREED_TEMPERAMENTS,
    BREEDS,
    BREEDS_HISTORY,
    CONTENT_COLUMNS,
    INGESTION_RUNS,
)
from dlt_ingestion.warehouse import Dialect, Param, Params, Value, Warehouse


class Audit(msgspec.Struct, frozen=True):
    """One check of the staged rows: what was measured and what is allowed."""

    name: str
    measured: float
    allowed: str
    passed: bool
    waived: bool = False


@dataclass(frozen=True)
class Counts:
    """What a publication changed."""

    published: int = 0
    added: int = 0
    changed: int = 0
    removed: int = 0


@dataclass(frozen=True)
class Verdict:
    """How the content compares with what is published."""

    status: Literal["publish", "unchanged", "superseded"]
    state: State


def compare(content: Content, observed_at: datetime, state: State) -> Verdict:
    """Whether the content is new, the same, or older than what is published."""
    published = state.published
    if published is None:
        return Verdict("publish", state)
    if observed_at < published.observed_at:
        return Verdict("superseded", state)
    same = content.sha256 == published.content_sha256
    whole = published.breeds == published.breeds_now
    return Verdict("unchanged" if same and whole else "publish", state)


class Publisher:
    """Publishes staged content for one run."""

    def __init__(
        self,
        warehouse: Warehouse,
        journal: Journal,
        identity: RunIdentity,
        settings: Settings,
        clock: Clock,
    ) -> None:
        self._warehouse, self._journal, self._identity = warehouse, journal, identity
        self._settings, self._clock = settings, clock

    def publish(
        self, content: Content, observed_at: datetime, values: Mapping[str, Value]
    ) -> tuple[Status, Counts]:
        """Audits and publishes; returns how it ended (published, unchanged, superseded) and counts.

        ``values`` are recorded with the run. Raises AuditError, with nothing published, and
        PublicationConflictError when three tries lost against other runs.
        """

        def publish_once(attempt: int) -> tuple[Status, Counts]:
            with self._warehouse.session():
                return self._try_once(attempt, content, observed_at, values)

        return again_after_conflicts(self._clock, publish_once)

    def _try_once(
        self, attempt: int, content: Content, observed_at: datetime, values: Mapping[str, Value]
    ) -> tuple[Status, Counts]:
        verdict = compare(content, observed_at, self._journal.look(f"look-{attempt}"))
        published = verdict.state.published
        if verdict.status != "publish":
            self.finish_without(verdict.status, f"finish-{attempt}", values, staged=content)
            return verdict.status, Counts(published=published.breeds if published else 0)
        audits = self._audit(f"audit-{attempt}", content, published)
        _raise_if_failed(audits)
        published_at = self._clock.now()
        if published is not None:
            published_at = max(published_at, published.published_at + timedelta(microseconds=1))
        counts = self._publish(f"publish-{attempt}", published, published_at, {
            **values,
            "audits": msgspec.json.encode(audits).decode(),
            "published_at": published_at,
            "observed_at": observed_at,
        }, content)  # fmt: skip
        return "published", counts

    def _audit(self, label: str, content: Content, published: Published | None) -> Sequence[Audit]:
        dialect, settings = self._warehouse.dialect, self._settings
        missing = dialect.count_if("COALESCE(breed_id, '') = '' OR COALESCE(name, '') = ''")
        flagged = dialect.count_if("flagged_values IS NOT NULL")
        sql = (
            f"SELECT COUNT(*) AS staged, COUNT(DISTINCT breed_id) AS ids, {missing} AS missing, "
            f"{flagged} AS flagged FROM {dialect.staged(BREEDS.name)}"
        )
        row = self._warehouse.execute(label, [sql], {})[0]
        staged, ids, missing_count, flagged_count = (
            int(str(row[name])) for name in ("staged", "ids", "missing", "flagged")
        )
        shrink_limit = settings.audit_min_breeds_ratio * (published.breeds if published else 0)
        flagged_limit = settings.audit_max_flagged_ratio * staged
        enough = staged >= shrink_limit and staged > 0
        waived = self._identity.accepted_shrink and not enough and staged > 0
        audits = [
            Audit("all_rows_staged", staged, f"= {content.breeds}", staged == content.breeds),
            Audit("ids_unique", ids, f"= {staged}", ids == staged),
            Audit("required_columns", missing_count, "= 0", missing_count == 0),
            Audit("enough_breeds", staged, f">= {shrink_limit:g}", enough, waived),
            Audit(
                "few_flagged_breeds", flagged_count, f"<= {flagged_limit:g}",
                flagged_count <= flagged_limit,
            ),
        ]  # fmt: skip
        for audit in audits:
            level = logging.INFO if audit.passed or audit.waived else logging.ERROR
            fields = {k: v for k, v in msgspec.structs.asdict(audit).items() if k != "name"}
            emit("audit", level=level, audit=audit.name, **fields)
        return audits

    def _publish(
        self,
        label: str,
        published: Published | None,
        published_at: datetime,
        values: Mapping[str, Value],
        content: Content,
    ) -> Counts:
        finish, params = self._journal.finish_statement(
            "published", {**values, "breeds_published": content.breeds}
        )
        dialect = self._warehouse.dialect
        statements = [
            *_guard(dialect),
            *_breeds_statements(dialect),
            *payload_statements(dialect, staged=API_PAYLOADS.name in content.files),
            finish,
            _count_statement(dialect),
        ]
        params = {
            **params,
            "expected_run_id": Param(published.run_id if published else None),
            "published_at": Param(published_at, "timestamp"),
        }
        try:
            self._warehouse.execute(label, statements, params, atomic=True)
        except PublicationConflictError:
            raise
        except WarehouseError as error:
            if not self._is_published(f"{label}-done"):
                raise
            emit("publication_answer_lost", level=logging.WARNING, error=error)
        try:
            return self._counts(f"{label}-counts")
        except WarehouseError as error:  # what is published is published
            emit("counts_unread", level=logging.WARNING, error=error)
            return Counts(published=content.breeds)

    def _is_published(self, label: str) -> bool:
        """Whether the transaction went through, where its own answer did not come."""
        runs = self._warehouse.dialect.table(INGESTION_RUNS.name)
        sql = f"SELECT status FROM {runs} WHERE run_id = @run_id"
        try:
            rows = self._warehouse.execute(label, [sql], {"run_id": Param(self._identity.run_id)})
        except WarehouseError as error:
            emit("publication_unknown", level=logging.WARNING, error=error)
            return False
        return [row["status"] for row in rows] == ["published"]

    def _counts(self, label: str) -> Counts:
        runs = self._warehouse.dialect.table(INGESTION_RUNS.name)
        sql = (
            "SELECT breeds_published, breeds_added, breeds_changed, breeds_removed "
            f"FROM {runs} WHERE run_id = @run_id"
        )
        row = self._warehouse.execute(label, [sql], {"run_id": Param(self._identity.run_id)})[0]
        return Counts(*(int(str(value)) for value in row.values()))

    def finish_without(
        self,
        status: Status,
        label: str,
        values: Mapping[str, Value],
        *,
        staged: Content | None = None,
        noted: Content | None = None,
    ) -> None:
        """Ends the run without touching the published tables; keeps its answers.

        ``staged``: content whose answers are in staging. ``noted``: content whose answers' bodies
        the warehouse has already.
        """
        finish, params = self._journal.finish_statement(status, values)
        dialect = self._warehouse.dialect
        statements: list[str] = []
        if staged is not None:
            statements += payload_statements(dialect, staged=API_PAYLOADS.name in staged.files)
        if noted is not None and noted.payloads:
            statement, more = _noted_payloads(dialect, noted)
            statements.append(statement)
            params = {**params, **more}
        again_after_conflicts(
            self._clock,
            lambda attempt: self._warehouse.execute(
                label_of(label, attempt), [*statements, finish], params, atomic=True
            ),
        )


def _raise_if_failed(audits: Sequence[Audit]) -> None:
    failed = [audit for audit in audits if not (audit.passed or audit.waived)]
    if not failed:
        return
    found = "; ".join(f"{a.name} is {a.measured:g}, must be {a.allowed}" for a in failed)
    remedy = "Look at the answer in api_payloads."
    if any(audit.name == "enough_breeds" for audit in failed):
        remedy += " If the API really has fewer breeds now: run --accept-shrink."
    if any(audit.name == "few_flagged_breeds" for audit in failed):
        remedy += " If its format changed, the parser must follow; AUDIT_MAX_FLAGGED_RATIO."
    error = AuditError(f"The content failed its audit, nothing was published: {found}. {remedy}")
    error.add_note(msgspec.json.encode(audits).decode())
    raise error


def _guard(dialect: Dialect) -> list[str]:
    """Ends the transaction where another run has published, or this one was ended, meanwhile."""
    runs = dialect.table(INGESTION_RUNS.name)
    is_open = f"(SELECT COUNT(*) FROM {runs} WHERE run_id = @run_id AND status = 'running')"
    return [
        f"SELECT CASE WHEN {latest_published(dialect)} IS DISTINCT FROM @expected_run_id "
        f"OR {is_open} <> 1 THEN ERROR('PUBLICATION_MOVED') ELSE 0 END"
    ]


def _breeds_statements(dialect: Dialect) -> list[str]:
    """History first (it compares with the rows that are still published), then the tables."""
    staged, breeds = dialect.staged(BREEDS.name), dialect.table(BREEDS.name)
    history = dialect.table(BREEDS_HISTORY.name)
    temperaments = dialect.table(BREED_TEMPERAMENTS.name)
    issues = dialect.table(BREED_ISSUES.name)
    columns = ", ".join(column.name for column in STAGED_BREED_COLUMNS)
    staged_columns = ", ".join(f"s.{column.name}" for column in STAGED_BREED_COLUMNS)
    content = [c.name for c in CONTENT_COLUMNS if c.name != "breed_id"]
    differing = dialect.differing_columns("b", "s", content)
    ends = "valid_to = @published_at, ended_by_run_id = @run_id"
    return [
        f"UPDATE {history} SET {ends}, ended_by = 'removed' WHERE valid_to IS NULL "
        f"AND breed_id NOT IN (SELECT breed_id FROM {staged})",
        f"UPDATE {history} SET {ends}, ended_by = 'changed' WHERE valid_to IS NULL "
        f"AND content_sha256 NOT IN (SELECT content_sha256 FROM {staged})",
        f"INSERT INTO {history} ({columns}, run_id, valid_from, change, changed_columns) "
        f"SELECT {staged_columns}, @run_id, @published_at, "
        "CASE WHEN b.breed_id IS NULL THEN 'added' ELSE 'changed' END, "
        f"CASE WHEN b.breed_id IS NULL THEN NULL ELSE {differing} END "
        f"FROM {staged} AS s LEFT JOIN {breeds} AS b ON b.breed_id = s.breed_id "
        f"WHERE s.content_sha256 NOT IN "
        f"(SELECT content_sha256 FROM {history} WHERE valid_to IS NULL)",
        f"DELETE FROM {breeds} WHERE TRUE",
        f"INSERT INTO {breeds} ({columns}, run_id) SELECT {columns}, @run_id FROM {staged}",
        f"DELETE FROM {temperaments} WHERE TRUE",
        f"INSERT INTO {temperaments} (breed_id, position, temperament, run_id) "
        "SELECT breed_id, position, temperament, @run_id "
        f"FROM {dialect.each_temperament(staged)} AS t",
        f"DELETE FROM {issues} WHERE TRUE",
        f"INSERT INTO {issues} (breed_id, breed_name, field, raw_text, reason, run_id) "
        "SELECT breed_id, name, field, raw_text, reason, @run_id "
        f"FROM {dialect.each_flagged_value(staged)} AS f",
    ]


def payload_statements(dialect: Dialect, *, staged: bool) -> list[str]:
    """Keeps the staged answers; a body that the table has already is not stored again."""
    if not staged:
        return []
    payloads, source = dialect.table(API_PAYLOADS.name), dialect.staged(API_PAYLOADS.name)
    names = [column.name for column in STAGED_PAYLOAD_COLUMNS]
    values = ", ".join(
        f"CASE WHEN sha256 IN (SELECT sha256 FROM {payloads} WHERE body IS NOT NULL) "
        "THEN NULL ELSE body END"
        if name == "body"
        else name
        for name in names
    )
    return [
        f"INSERT INTO {payloads} (run_id, {', '.join(names)}) "
        f"SELECT @run_id, {values} FROM {source}"
    ]


def _noted_payloads(dialect: Dialect, content: Content) -> tuple[str, Params]:
    """One statement that notes answers whose bodies are stored."""
    columns = [column for column in STAGED_PAYLOAD_COLUMNS if column.name != "body"]
    params: dict[str, Param] = {}
    rows: list[str] = []
    for number, payload in enumerate(content.payloads):
        names = [f"{column.name}_{number}" for column in columns]
        for name, column in zip(names, columns, strict=True):
            params[name] = Param(getattr(payload, column.name), column.type)
        rows.append(f"(@run_id, {', '.join('@' + name for name in names)})")
    table = dialect.table(API_PAYLOADS.name)
    into = ", ".join(["run_id", *(column.name for column in columns)])
    return f"INSERT INTO {table} ({into}) VALUES {', '.join(rows)}", params


def _count_statement(dialect: Dialect) -> str:
    """Fills in what the publication changed, from the history that it wrote."""
    runs, history = dialect.table(INGESTION_RUNS.name), dialect.table(BREEDS_HISTORY.name)
    begun = f"(SELECT COUNT(*) FROM {history} WHERE valid_from = @published_at AND change = "
    ended = f"(SELECT COUNT(*) FROM {history} WHERE valid_to = @published_at AND ended_by = "
    return (
        f"UPDATE {runs} SET breeds_added = {begun}'added'), breeds_changed = {begun}'changed'), "
        f"breeds_removed = {ended}'removed') WHERE run_id = @run_id"
    )
