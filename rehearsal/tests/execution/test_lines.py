import pytest
from hypothesis import given
from hypothesis import strategies as st

from rehearsal.execution.lines import Lines


def _lines(pieces: list[bytes], longest: int = 1000) -> list[bytes]:
    lines = Lines(longest)
    return [line for piece in pieces for line in lines.feed(piece)] + list(lines.end())


def test_a_line_may_come_in_pieces_and_a_piece_may_have_several_lines() -> None:
    assert _lines([b"a", b"b\nc\n\nd", b"e"]) == [b"ab", b"c", b"", b"de"]


def test_a_line_is_given_when_it_is_whole_and_not_before() -> None:
    lines = Lines()
    assert list(lines.feed(b"half")) == []
    assert list(lines.feed(b" and half\nnext")) == [b"half and half"]
    assert list(lines.end()) == [b"next"]
    assert list(lines.end()) == []


def test_both_line_ends_are_taken_off() -> None:
    assert _lines([b"windows\r", b"\nunix\n", b"a\rb\n"]) == [b"windows", b"unix", b"a\rb"]


@pytest.mark.parametrize("pieces", [[b"abcdefgh\nx"], [b"abc", b"defgh\nx"], [b"abcdefgh", b"\nx"]])
def test_a_line_that_is_too_long_is_cut(pieces: list[bytes]) -> None:
    assert _lines(pieces, longest=3) == [b"abc", b"def", b"gh", b"x"]


def test_a_line_without_end_is_not_kept() -> None:
    lines = Lines(longest=3)
    assert list(lines.feed(b"abcdefgh")) == [b"abc", b"def"]


@given(st.binary().map(lambda text: text.replace(b"\r", b"")), st.integers(1, 20))
def test_pieces_make_no_difference(text: bytes, size: int) -> None:
    pieces = [text[start : start + size] for start in range(0, len(text), size)]
    expected = text.split(b"\n")
    assert _lines(pieces) == (expected if expected[-1] else expected[:-1])
