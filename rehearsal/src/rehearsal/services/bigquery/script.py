"""Takes a GoogleSQL script apart: its statements, the conditions between them, its transactions.

https://cloud.google.com/bigquery/docs/reference/standard-sql/procedural-language
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any, ClassVar

from sqlglot.dialects.bigquery import BigQuery
from sqlglot.tokenizer_core import TokenType

type Tokens = Sequence[Any]
"""Of sqlglot, which has no types."""

_OPEN = {TokenType.L_PAREN, TokenType.L_BRACKET, TokenType.L_BRACE}
_CLOSE = {TokenType.R_PAREN, TokenType.R_BRACKET, TokenType.R_BRACE}
_QUOTED = {TokenType.STRING, TokenType.IDENTIFIER}
_CONDITIONS = {"IF": "THEN", "ELSEIF": "THEN", "WHILE": "DO", "FOR": "DO", "WHEN": "THEN"}
"""Words before a condition or query, and the word after it."""
_BARE = {"BEGIN", "ELSE", "LOOP", "REPEAT", "EXCEPTION", "DO", "THEN"}
_REST_IS_EXPRESSION = {"DECLARE", "SET", "ASSERT", "RAISE", "UNTIL", "RETURN"}
_REST_IS_NOTHING = {"END", "BREAK", "LEAVE", "CONTINUE", "ITERATE"}
_LABELLED = {"LOOP", "WHILE", "REPEAT", "FOR", "BEGIN"}


class Kind(Enum):
    """What a piece of a script is."""

    STATEMENT = auto()
    EXPRESSION = auto()
    """A condition or a value, which may read tables in a subquery."""
    BEGIN = auto()
    END = auto()
    """Of a transaction, by COMMIT or ROLLBACK."""


@dataclass(frozen=True)
class Piece:
    """A part of a script that can be looked at by itself; offsets are into the script's text."""

    kind: Kind
    tokens: Tokens
    text: str

    @property
    def start(self) -> int:
        """Where its first character is."""
        return int(self.tokens[0].start)

    @property
    def end(self) -> int:
        """Where its last character is, plus one."""
        return int(self.tokens[-1].end) + 1

    def words(self, count: int) -> list[str]:
        """The first words in upper case; a quoted one is empty."""
        return [_word(token) for token in self.tokens[:count]]


class _Dialect(BigQuery):
    class Tokenizer(BigQuery.Tokenizer):
        # A command would swallow all up to the next semicolon as one token.
        COMMANDS: ClassVar[set[TokenType]] = set()


_DIALECT = _Dialect()


def pieces(sql: str) -> Iterator[Piece]:
    """The pieces of a script in their order.

    Raises:
        sqlglot.errors.TokenError: the text is no sequence of tokens.
    """
    for tokens in _split(_DIALECT.tokenize(sql)):
        yield from _peel(tokens, sql)


def parsed(piece: Piece, sql: str) -> Any:
    """The syntax tree of a statement.

    Raises:
        sqlglot.errors.ParseError: it is none.
    """
    return _DIALECT.parser().parse(list(piece.tokens), sql)[0]


def parsed_text(text: str) -> Any:
    """The syntax tree of a statement's text.

    Raises:
        sqlglot.errors.SqlglotError: it is none.
    """
    return _DIALECT.parse(text)[0]


def place(sql: str, offset: int) -> str:
    """``[line:column]``, both from 1, as BigQuery's messages have it."""
    line = sql.count("\n", 0, offset) + 1
    return f"[{line}:{offset - (sql.rfind(chr(10), 0, offset) + 1) + 1}]"


def _word(token: Any) -> str:
    return "" if token.token_type in _QUOTED else str(token.text).upper()


def _split(tokens: Tokens) -> Iterator[Tokens]:
    """What is between semicolons that are in no bracket."""
    depth, start = 0, 0
    for index, token in enumerate(tokens):
        kind = token.token_type
        if kind in _OPEN:
            depth += 1
        elif kind in _CLOSE:
            depth -= 1
        elif kind is TokenType.SEMICOLON and depth <= 0:
            if index > start:
                yield tokens[start:index]
            start = index + 1
    if start < len(tokens):
        yield tokens[start:]


def _peel(tokens: Tokens, sql: str) -> Iterator[Piece]:
    """Takes the words of control off the front of a statement."""
    while tokens:
        first, second = _word(tokens[0]), _word(tokens[1]) if len(tokens) > 1 else ""
        if second == ":" and len(tokens) > 2 and _word(tokens[2]) in _LABELLED:
            tokens = tokens[2:]
        elif first == "BEGIN TRANSACTION" or (first == "BEGIN" and len(tokens) == 1):
            yield _piece(Kind.BEGIN, tokens, sql)
            return
        elif first in {"COMMIT", "ROLLBACK"}:
            yield _piece(Kind.END, tokens, sql)
            return
        elif first == "CASE":
            tokens = tokens[_after(tokens, 1, "WHEN") - 1 :]
        elif first in _CONDITIONS:
            end = _after(tokens, 1, _CONDITIONS[first])
            yield from _expression(tokens[1 : end - 1], sql)
            tokens = tokens[end:]
        elif first in _BARE:
            tokens = tokens[1:]
        elif first in _REST_IS_EXPRESSION:
            yield from _expression(tokens[1:], sql)
            return
        elif first in _REST_IS_NOTHING:
            return
        else:
            yield _piece(Kind.STATEMENT, tokens, sql)
            return


def _piece(kind: Kind, tokens: Tokens, sql: str) -> Piece:
    return Piece(kind, tokens, sql[tokens[0].start : tokens[-1].end + 1])


def _expression(tokens: Tokens, sql: str) -> Iterator[Piece]:
    """The queries in brackets of an expression, which are all that can read tables."""
    depth, start = 0, 0
    for index, token in enumerate(tokens):
        if token.token_type in _OPEN:
            if depth == 0:
                start = index + 1
            depth += 1
        elif token.token_type in _CLOSE:
            depth -= 1
            if depth == 0:
                yield from _within(tokens[start:index], sql)


def _within(tokens: Tokens, sql: str) -> Iterator[Piece]:
    if tokens and _word(tokens[0]) in {"SELECT", "WITH"}:
        yield _piece(Kind.EXPRESSION, tokens, sql)
    else:
        yield from _expression(tokens, sql)


def _after(tokens: Tokens, start: int, wanted: str) -> int:
    """The index after a word that is in no bracket and no CASE; the end if it is not there."""
    depth = 0
    for index in range(start, len(tokens)):
        word = _word(tokens[index])
        if depth == 0 and word == wanted:
            return index + 1
        if tokens[index].token_type in _OPEN or word == "CASE":
            depth += 1
        elif tokens[index].token_type in _CLOSE or word == "END":
            depth -= 1
    return len(tokens)
