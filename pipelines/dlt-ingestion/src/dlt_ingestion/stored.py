"""What earlier runs left in the warehouse: their answers, and the breeds as they were then."""

from collections.abc import Collection
from datetime import datetime
from urllib.parse import parse_qs, urlsplit

from dlt_ingestion.api import Answer
from dlt_ingestion.content import Spool, body_of, sha256_of
from dlt_ingestion.errors import ConfigurationError, WarehouseError
from dlt_ingestion.paging import walk
from dlt_ingestion.rows import finish_row
from dlt_ingestion.runs import Kind, find_run
from dlt_ingestion.schema import API_PAYLOADS, BREEDS_HISTORY, CONTENT_COLUMNS, PAYLOAD_HASH
from dlt_ingestion.warehouse import Param, Row, Warehouse

_OK = 200


class StoredContent:
    """One earlier run's content."""

    def __init__(self, warehouse: Warehouse, run_id: str) -> None:
        self._warehouse, self._run_id = warehouse, run_id
        self._run: Row = {}

    def check(self, kind: Kind) -> None:
        """Looks the run up. Raises ConfigurationError where ``kind`` can't be done with it."""
        self._run = find_run(self._warehouse, self._run_id)
        if kind == "restore" and self._run["status"] not in {"published", "unchanged"}:
            raise ConfigurationError(
                f"Run {self._run_id} can't be restored: its status is {self._run['status']}, so it "
                "never was what the tables held. `dlt-ingestion runs` lists the published ones."
            )

    @staticmethod
    def has_all(warehouse: Warehouse, digests: Collection[str]) -> bool:
        """Whether answers with these SHA-256 are all stored."""
        if not digests:
            return True
        names = {f"sha256_{n}": Param(digest) for n, digest in enumerate(sorted(digests))}
        payloads = warehouse.dialect.table(API_PAYLOADS.name)
        sql = (
            f"SELECT COUNT(DISTINCT sha256) AS stored FROM {payloads} WHERE body IS NOT NULL "
            f"AND sha256 IN ({', '.join('@' + name for name in names)})"
        )
        return warehouse.execute("stored-answers", [sql], names)[0]["stored"] == len(digests)

    def spool_answers(self, spool: Spool) -> datetime:
        """Parses the run's answers anew; returns when they were observed (UTC)."""
        rows = self._answers(self._run_id) or self._answers(str(self._run["source_run_id"]))
        answers = {answer.page: answer for answer in map(_answer, rows)}
        if not answers:
            raise ConfigurationError(
                f"Run {self._run_id} has no stored answers (its status is {self._run['status']}). "
                "`dlt-ingestion runs` shows which runs have read pages."
            )

        def fetch(page: int) -> Answer:
            if page not in answers:
                raise ConfigurationError(
                    f"Run {self._run_id} did not store page {page}: it ended before the last page, "
                    "and a part of the breeds is never published."
                )
            return answers[page]

        for answer, breeds in walk(fetch, _page_size(answers[min(answers)])):
            spool.add_page(answer, breeds)
        observed_at = self._run["observed_at"] or self._run["started_at"]
        assert isinstance(observed_at, datetime)  # noqa: S101 - both columns are timestamps
        return observed_at

    def _answers(self, run_id: str) -> list[Row]:
        """The run's usable answers, one a page."""
        payloads = self._warehouse.dialect.table(API_PAYLOADS.name)
        sql = (
            "SELECT a.page, a.fetched_at, a.url, a.pagination_count, a.pagination_limit, "
            "a.sha256, s.encoding, s.body "
            f"FROM {payloads} AS a LEFT JOIN {payloads} AS s "
            "ON s.sha256 = a.sha256 AND s.body IS NOT NULL "
            f"WHERE a.run_id = @run_id AND a.http_status = {_OK} ORDER BY a.page"
        )
        label = "answers" if run_id == self._run_id else "source-answers"
        rows = self._warehouse.execute(label, [sql], {"run_id": Param(run_id)})
        # Two runs at once may have stored the same body twice.
        return list({row["page"]: row for row in rows}.values())

    def spool_breeds(self, spool: Spool) -> None:
        """Takes the breeds as they were published when the run ended."""
        moment = self._run["published_at"] or self._run["finished_at"]
        names = [column.name for column in CONTENT_COLUMNS]
        history = self._warehouse.dialect.table(BREEDS_HISTORY.name)
        sql = (
            f"SELECT {', '.join(names)}, {PAYLOAD_HASH.name} FROM {history} "
            "WHERE valid_from <= @moment AND (valid_to IS NULL OR valid_to > @moment) "
            "ORDER BY breed_id"
        )
        rows = self._warehouse.execute("breeds-then", [sql], {"moment": Param(moment, "timestamp")})
        spool.add_rows(
            finish_row([row[name] for name in names], _text(row[PAYLOAD_HASH.name])) for row in rows
        )


def _answer(row: Row) -> Answer:
    page, digest = int(str(row["page"])), str(row["sha256"])
    body = body_of(str(row["encoding"]), str(row["body"])) if row["body"] is not None else b""
    if sha256_of(body) != digest:
        raise WarehouseError(
            f"The stored answer of page {page} (sha256 {digest}) is missing or was changed in "
            f"{API_PAYLOADS.name}; it can't be replayed."
        )
    fetched_at = row["fetched_at"]
    assert isinstance(fetched_at, datetime)  # noqa: S101 - the column is a timestamp
    return Answer(
        page=page,
        url=str(row["url"]),
        status=_OK,
        body=body,
        sha256=digest,
        fetched_at=fetched_at,
        count=_number(row["pagination_count"]),
        page_limit=_number(row["pagination_limit"]),
    )


def _page_size(answer: Answer) -> int:
    """The limit that was asked for, from the stored address."""
    return int(parse_qs(urlsplit(answer.url).query)["limit"][0])


def _number(value: object) -> int | None:
    return None if value is None else int(str(value))


def _text(value: object) -> str | None:
    return None if value is None else str(value)
