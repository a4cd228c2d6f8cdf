"""Whether commands printed what the document shows, by the rules that the guide tells its readers.

Lines are compared in order and whole. A line that is only ``…`` stands for any lines, ``…`` within
a line for any text. Colours, empty lines, and how wide a table is drawn make no difference.
"""

import re

ANYTHING = "…"
_COLOURS = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
_MOST_SHOWN = 60
"""Lines of a wrong output that a message repeats."""


def differences(shown: str, printed: str) -> str:
    """What a person would miss; empty if there is no difference."""
    wanted, found = _lines(shown), _lines(printed)
    if re.fullmatch(_pattern(wanted), "".join(f"{line}\n" for line in found)):
        return ""
    return "shown:\n{}\nprinted:\n{}".format(
        "\n".join(wanted), "\n".join(found[-_MOST_SHOWN:]) or "(nothing)"
    )


def plain(text: str) -> str:
    """Without colours, and with what carriage returns overwrote as lines of their own."""
    return _COLOURS.sub("", text).replace("\r\n", "\n").replace("\r", "\n")


def _lines(text: str) -> list[str]:
    narrow = (_narrow(line) for line in plain(text).splitlines())
    return [line for line in narrow if line]


def _narrow(line: str) -> str:
    return re.sub(r"-{2,}", "--", " ".join(line.split()))


def _pattern(lines: list[str]) -> str:
    return "".join(r"(?:.*\n)*?" if line == ANYTHING else f"{_line(line)}\n" for line in lines)


def _line(line: str) -> str:
    return ".*".join(re.escape(part) for part in line.split(ANYTHING))
