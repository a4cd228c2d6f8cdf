from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rehearsal.errors import ApiError
from rehearsal.services.logging.language import (
    And,
    Comparison,
    Function,
    Node,
    Not,
    Or,
    Text,
    parse,
)

OPERATORS = ["=", "!=", ">", ">=", "<", "<=", ":", "=~", "!~"]


def test_or_binds_tighter_than_and_as_google_says() -> None:
    assert parse("a OR NOT b AND NOT c OR d") == And(
        (Or((Text("a"), Not(Text("b")))), Or((Not(Text("c")), Text("d"))))
    )


def test_what_stands_side_by_side_must_all_hold() -> None:
    assert parse("a\n-b (c OR d)") == And((Text("a"), Not(Text("b")), Or((Text("c"), Text("d")))))


def test_quoted_segments_of_a_path_keep_their_dots() -> None:
    found = parse('labels."run.googleapis.com/execution_name" = dog-ingest-abc12')
    path = ("labels", "run.googleapis.com/execution_name")
    assert found == Comparison(path, "=", "dog-ingest-abc12")


def test_a_list_of_values_is_a_comparison_with_each() -> None:
    assert parse('severity=(INFO OR "ERROR")') == Or(
        (Comparison(("severity",), "=", "INFO"), Comparison(("severity",), "=", "ERROR"))
    )
    assert parse("textPayload:(a AND NOT b)") == And(
        (Comparison(("textPayload",), ":", "a"), Not(Comparison(("textPayload",), ":", "b")))
    )


def test_functions_times_and_negative_numbers_are_understood() -> None:
    assert parse('log_id("stdout")') == Function("log_id", ("stdout",))
    assert parse("jsonPayload.x > -5") == Comparison(("jsonPayload", "x"), ">", "-5")
    moment = "2026-01-05T00:00:00Z"
    assert parse(f"timestamp>={moment}") == Comparison(("timestamp",), ">=", moment)


def test_words_that_begin_like_operators_are_words() -> None:
    assert parse("NOTE ORDER ANDROID") == And((Text("NOTE"), Text("ORDER"), Text("ANDROID")))


def test_a_comment_and_an_empty_filter_let_all_through() -> None:
    assert parse("-- nothing here\n") == parse("") == And(())


def test_escapes_in_strings_are_undone() -> None:
    assert parse(r'"a\"b\\c\nd\u0041"') == Text('a"b\\c\ndA')
    assert parse(r'textPayload=~"\d+"') == Comparison(("textPayload",), "=~", r"\d+")


@pytest.mark.parametrize("expression", ["NOT " * 5000 + "a", "(" * 900 + "a" + ")" * 900])
def test_a_filter_may_not_be_nested_without_end(expression: str) -> None:
    with suppress(ApiError):
        parse(expression)


def test_a_filter_has_a_greatest_length() -> None:
    with pytest.raises(ApiError, match="longer than 20000 characters"):
        parse("a " * 10_001)


@pytest.mark.parametrize(
    ("expression", "place"),
    [
        ("a = = b", "line 1, column 5, token '='"),
        ("(a", "line 1, column 3, token '<EOF>'"),
        ("a\nAND )", "line 2, column 5, token ')'"),
        ('x="abc', "line 1, column 3, token '\"'"),
    ],
)
def test_a_mistake_is_told_with_its_place(expression: str, place: str) -> None:
    with pytest.raises(ApiError) as caught:
        parse(expression)
    assert caught.value.message == f"Unparseable filter: syntax error at {place}"
    assert (caught.value.code, caught.value.status) == (400, "INVALID_ARGUMENT")


segments = st.from_regex(r"[A-Za-z_][A-Za-z0-9_]{0,8}", fullmatch=True).filter(
    lambda word: word not in {"AND", "OR", "NOT"}
) | st.text(st.characters(codec="ascii", exclude_characters="\x00"), min_size=1, max_size=8)
first_segments = st.sampled_from(["labels", "jsonPayload", "resource", "severity"])
paths = st.tuples(first_segments) | st.tuples(first_segments, segments, segments)
values = st.text(max_size=12)
leaves = (
    st.builds(Comparison, paths, st.sampled_from(OPERATORS), values)
    | st.builds(Text, values)
    | st.builds(Function, st.sampled_from(["log_id", "SEARCH"]), st.tuples(values))
)


def _groups(parts: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    several = st.lists(parts, min_size=2, max_size=3).map(tuple)
    return st.builds(And, several) | st.builds(Or, several) | st.builds(Not, parts)


trees: st.SearchStrategy[Node] = st.recursive(leaves, _groups, max_leaves=8)


def quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def written(node: Node) -> str:
    match node:
        case Comparison(path, operator, value):
            rest = "".join(f".{quoted(segment)}" for segment in path[1:])
            return f"{path[0]}{rest} {operator} {quoted(value)}"
        case Text(value):
            return quoted(value)
        case Function(name, arguments):
            return f"{name}({', '.join(map(quoted, arguments))})"
        case Not(part):
            return f"NOT ({written(part)})"
        case And(parts):
            return " AND ".join(f"({written(part)})" for part in parts)
        case Or(parts):
            return " OR ".join(f"({written(part)})" for part in parts)
        case _:
            raise TypeError(f"{node} has no text here")


@given(trees)
def test_every_tree_is_read_back_from_its_text(tree: Node) -> None:
    assert parse(written(tree)) == tree


@given(st.text(alphabet='ab.:=!<>~()"-\\ \nANDORT', max_size=30))
def test_no_text_is_worse_than_unparseable(expression: str) -> None:
    with suppress(ApiError):
        parse(expression)
