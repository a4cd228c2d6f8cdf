"""Placeholders such as ``<project-id>``, filled from the guide's one table."""

import re
from collections.abc import Mapping
from pathlib import Path

_PLACEHOLDER = re.compile(r"<[a-z]+(?:-[a-z]+)*>")
_ROW = re.compile(r"^\| (?P<names>`<[^|]+) \| (?P<what>[^|]+) \| (?P<example>[^|]+) \|$", re.M)
LEARNED = {
    "<run-id>": re.compile(r"\b\d{8}T\d{6}Z-[0-9a-f]{6}\b"),
    "<digest>": re.compile(r"sha256:[0-9a-f]{64}"),
}
"""Those that a person takes from what the commands before have printed."""


def table(path: Path) -> dict[str, str]:
    """The document's table: a placeholder to its example, in which others may stand."""
    found: dict[str, str] = {}
    for row in _ROW.finditer(path.read_text(encoding="utf-8")):
        for name in _PLACEHOLDER.findall(row["names"]):
            found[name] = row["example"].strip().strip("`")
    return found


def filled(text: str, values: Mapping[str, str]) -> str:
    """The text as a person would type it.

    Raises:
        LookupError: a placeholder is in no table.
    """

    def value(found: re.Match[str]) -> str:
        if found[0] not in values:
            raise LookupError(f"nothing is known to put in the place of {found[0]}")
        return values[found[0]]

    return _PLACEHOLDER.sub(value, text)


def learned(printed: str) -> dict[str, str]:
    """What an output tells of the placeholders that come from outputs: the last that it names.

    Lists have the newest first, so that is what was there before everything else.
    """
    matches = {name: pattern.findall(printed) for name, pattern in LEARNED.items()}
    return {name: found[-1] for name, found in matches.items() if found}
