"""Query jobs: judged by what their SQL does, refused in its place where BigQuery would refuse.

A single statement without the permissions is refused when the job is handed in (403). A script is a
job in which each statement is judged when its turn comes: what came before has happened, and what
comes after has not. So in a script a refusal takes the place of its statement, as a RAISE.
"""

from collections.abc import Iterator

from rehearsal.api.call import Call
from rehearsal.documents import Document
from rehearsal.errors import not_here
from rehearsal.services.bigquery import access
from rehearsal.services.bigquery.analysis import Script, Statement
from rehearsal.services.bigquery.dataset_records import DEFAULT_LOCATION, location_of, spelled
from rehearsal.services.bigquery.estimates import bytes_billed, bytes_read
from rehearsal.services.bigquery.names import DatasetName, table_of
from rehearsal.services.bigquery.refusals import (
    DDL_IN_TRANSACTION,
    Refusal,
    legacy_sql,
    not_in_location,
    too_many_bytes,
)
from rehearsal.services.bigquery.statements import CREATE, UPDATE_DATA

type Refusals = list[tuple[Statement, Refusal]]
_STANDARD_PREFIX = "#standardsql"


def require_standard(query: Document) -> None:
    """Refuses legacy SQL, which is the default of the API.

    Raises:
        ApiError: 400.
    """
    text = query.get("query", "").lstrip().lower()
    if query.get("useLegacySql", True) and not text.startswith(_STANDARD_PREFIX):
        raise legacy_sql()


def require_destination(call: Call, query: Document, project: str) -> None:
    """Refuses a query whose result may not be written where it is to go.

    Raises:
        ApiError: 403.
    """
    if query.get("destinationTable"):
        home = table_of(query["destinationTable"], project).home
        for permission in (CREATE, UPDATE_DATA):
            access.require(call, permission, home)


def location_for(call: Call, datasets: list[DatasetName], script: Script, asked: str | None) -> str:
    """Where a query runs: where it is asked to, else where its datasets are, else in the US."""
    if asked:
        return spelled(asked)
    for name in datasets:
        location = location_of(call, name)
        if location is not None:
            return location
    named = next((place for _, place in script.remade if place), None)
    return spelled(named or DEFAULT_LOCATION)


def judged(call: Call, script: Script, location: str, query: Document) -> Refusals:
    """The statements that are refused, in their order.

    Raises:
        ApiError: 403: a single statement lacks a permission; 404: the rehearsal can't run one.
    """
    refusals: Refusals = []
    made: set[DatasetName] = set()
    for statement in script.statements:
        refusal = _refusal(call, statement, location, made, several=script.several)
        if refusal is not None and (script.several or refusal.reason == "notFound"):
            if not statement.replaceable:
                raise refusal.error()
            refusals.append((statement, refusal))
        elif refusal is not None:
            raise refusal.error()
        if statement.needs.makes:
            made.add(statement.needs.makes)
    return refusals or _too_expensive(call, script, query)


def rewritten(script: Script, refusals: Refusals) -> str:
    """The text with refusals in the place of their statements."""
    text = script.text
    for statement, refusal in reversed(refusals):
        raised = f'RAISE USING MESSAGE = "{_escaped(refusal.message)}"'
        text = text[: statement.start] + raised + text[statement.end :]
    return text


def _refusal(
    call: Call, statement: Statement, location: str, made: set[DatasetName], *, several: bool
) -> Refusal | None:
    if statement.unsupported:
        raise not_here(statement.unsupported)
    if statement.ddl_in_transaction:
        return Refusal("invalidQuery", f"{DDL_IN_TRANSACTION} at {statement.place}")
    for name in statement.needs.datasets:
        if name not in made:
            there = location_of(call, name)
            if there is None or there.casefold() != location.casefold():
                # Who may not see a dataset is not told where it is.
                seen = access.allowed(call, "bigquery.datasets.get", name)
                refused = None if seen else _denial(call, statement, several=several)
                return refused or not_in_location(name, location)
    return _denial(call, statement, several=several)


def _denial(call: Call, statement: Statement, *, several: bool) -> Refusal | None:
    message = next(_denials(call, statement), None)
    if message is None:
        return None
    return Refusal("accessDenied", f"{message} at {statement.place}" if several else message)


def _denials(call: Call, statement: Statement) -> Iterator[str]:
    for permission, place in statement.needs.permissions:
        if not access.allowed(call, permission, place):
            yield access.refusal(permission, place)
    for table in statement.reads:
        if not access.allowed(call, access.READ, table):
            yield access.query_refusal(table)


def _too_expensive(call: Call, script: Script, query: Document) -> Refusals:
    limit = query.get("maximumBytesBilled")
    if limit is None or not script.statements:
        return []
    needed = bytes_billed(bytes_read(call, script))
    if needed <= int(limit):
        return []
    return [(script.statements[0], too_many_bytes(int(limit), needed))]


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')
