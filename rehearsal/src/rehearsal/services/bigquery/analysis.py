"""What a GoogleSQL script does, statement by statement, before it runs."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from sqlglot import exp
from sqlglot.errors import SqlglotError

from rehearsal.services.bigquery.names import DatasetName, TableName
from rehearsal.services.bigquery.script import Kind, Piece, parsed, parsed_text, pieces, place
from rehearsal.services.bigquery.statements import Names, Needs, needs_of

_SNAPSHOT = re.compile(r"(?is)^\s*CREATE\s+SNAPSHOT\s+TABLE\b")
_ALTER_SCHEMA = re.compile(r"(?is)^\s*ALTER\s+SCHEMA\s+(?:IF\s+EXISTS\s+)?([\w`.-]+)")
_NOT_HERE = (exp.Command, exp.Grant, exp.Revoke, exp.LoadData, exp.Export)
_ROUTINES = "CREATE PROCEDURE, CALL and EXECUTE IMMEDIATE of a text that is computed"


@dataclass(frozen=True)
class Statement:
    """One statement; ``start`` and ``end`` are offsets into the script's text."""

    start: int
    end: int
    place: str
    """``[line:column]``."""
    needs: Needs
    replaceable: bool
    """Whether it is a statement by itself, not a query within one that controls others."""
    ddl_in_transaction: bool
    """Whether it is what BigQuery refuses: permanent DDL inside a transaction."""
    unsupported: str = ""
    """Why the rehearsal can neither judge nor run it."""

    @property
    def reads(self) -> list[TableName]:
        """The tables that are queried."""
        return self.needs.reads


@dataclass(frozen=True)
class Script:
    """The statements of a query's text; none where its syntax is not understood."""

    text: str
    statements: tuple[Statement, ...]
    several: bool
    """Whether BigQuery runs it as a script, whose statements are checked one after the other."""
    transactional: bool = False
    """Whether it begins a transaction."""

    @property
    def datasets(self) -> list[DatasetName]:
        """The datasets that must be there, each once, in the order of the text."""
        return list(dict.fromkeys(one for s in self.statements for one in s.needs.datasets))

    @property
    def writes(self) -> list[TableName]:
        """The tables that are changed, each once."""
        return list(dict.fromkeys(one for s in self.statements for one in s.needs.writes))

    @property
    def remade(self) -> list[tuple[DatasetName, str | None]]:
        """The datasets that it makes (with the location that it names) or drops."""
        made = [(s.needs.makes, s.needs.location) for s in self.statements if s.needs.makes]
        return made + [(s.needs.drops, None) for s in self.statements if s.needs.drops]


@dataclass
class _Reader:
    """Goes through a script with what the statements before have made of it."""

    sql: str
    project: str
    default: DatasetName | None
    temporary: set[str] = field(default_factory=set)
    in_transaction: bool = False

    def statements(self, found: list[Piece]) -> Iterator[Statement]:
        for piece in found:
            if piece.kind in {Kind.BEGIN, Kind.END}:
                self.in_transaction = piece.kind is Kind.BEGIN
            else:
                yield self._statement(piece)

    def _statement(self, piece: Piece) -> Statement:
        needs, unsupported = self._judged(piece)
        if needs.temporary:
            self.temporary.add(needs.temporary)
        return Statement(
            piece.start,
            piece.end,
            place(self.sql, piece.start),
            needs,
            piece.kind is Kind.STATEMENT,
            self.in_transaction and needs.permanent_ddl,
            unsupported,
        )

    def _judged(self, piece: Piece) -> tuple[Needs, str]:
        names = Names(self.project, self.default, frozenset(self.temporary))
        words = piece.words(5)
        if words[0] in {"CALL", "EXECUTE"} or (words[0] == "CREATE" and "PROCEDURE" in words):
            return Needs(names), f"The rehearsal does not have {_ROUTINES}."
        if schema := _ALTER_SCHEMA.match(piece.text):
            return _altered_schema(names, schema[1]), ""
        snapshot = _SNAPSHOT.match(piece.text)
        if snapshot:
            tree = parsed_text("CREATE TABLE" + piece.text[snapshot.end() :])
        else:
            tree = parsed(piece, self.sql)
        if isinstance(tree, _NOT_HERE):
            what = " ".join(word for word in words[:2] if word)
            return Needs(names), f"The rehearsal does not have the statement {what}."
        return needs_of(tree, names, snapshot=snapshot is not None), ""


@lru_cache(maxsize=512)
def script_of(sql: str, project: str, default: DatasetName | None) -> Script:
    """What a query's text does; ``default`` is the dataset of names without one.

    What can't be parsed has no statements: it fails when it runs, with the reason.
    """
    try:
        found = list(pieces(sql))
        statements = tuple(_Reader(sql, project, default).statements(found))
    except SqlglotError:
        return Script(sql, (), several=False)
    several = len(found) > 1 or any(piece.kind is not Kind.STATEMENT for piece in found)
    transactional = any(piece.kind is Kind.BEGIN for piece in found)
    return Script(sql, statements, several, transactional)


def _altered_schema(names: Names, written: str) -> Needs:
    parts: Any = written.replace("`", "").split(".")
    name = DatasetName(parts[0] if len(parts) > 1 else names.project, parts[-1])
    needs = Needs(names, permanent_ddl=True)
    needs.touch(name)
    needs.ask("bigquery.datasets.update", name)
    needs.ask("bigquery.datasets.get", name)
    return needs
