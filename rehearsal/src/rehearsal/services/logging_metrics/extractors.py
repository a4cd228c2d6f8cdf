"""Extractors of labels and values: ``EXTRACT(field)``, ``REGEXP_EXTRACT(field, "pattern")``.

https://cloud.google.com/logging/docs/reference/v2/rest/v2/projects.metrics
"""

import re
from dataclasses import dataclass
from typing import Any

from rehearsal.documents import Document
from rehearsal.errors import invalid_argument
from rehearsal.services.logging.fields import values_at
from rehearsal.services.logging.language import path_of, unquoted

_EXTRACT = re.compile(r"\s*EXTRACT\(\s*(?P<field>[^()]+?)\s*\)\s*")
_REGEXP_EXTRACT = re.compile(
    r"""\s*REGEXP_EXTRACT\(\s*(?P<field>[^(),]+?)\s*,\s*(?P<pattern>"(?:[^"\\]|\\.)*")\s*\)\s*"""
)


@dataclass(frozen=True)
class Extractor:
    """A field of an entry, and the part of its text that counts."""

    path: tuple[str, ...]
    pattern: re.Pattern[str] | None

    def text(self, entry: Document) -> str:
        """What it finds in an entry; '' if nothing."""
        value: Any = next(values_at(entry, self.path), None)
        if value is None:
            return ""
        text = str(value).lower() if isinstance(value, bool) else str(value)
        if self.pattern is None:
            return text
        found = self.pattern.search(text)
        return (found[1] or "") if found else ""


def extractor(expression: str | None, field: str) -> Extractor:
    """The extractor of this text, which is written in ``field`` of a metric.

    Raises:
        ApiError: 400: it is none.
    """
    text = expression or ""
    plain, regular = _EXTRACT.fullmatch(text), _REGEXP_EXTRACT.fullmatch(text)
    if plain:
        return Extractor(path_of(plain["field"]), None)
    if regular:
        return Extractor(path_of(regular["field"]), _pattern(unquoted(regular["pattern"]), field))
    raise invalid_argument(
        f"Invalid extractor '{text}' in {field}: write EXTRACT(field) or"
        ' REGEXP_EXTRACT(field, "regex").',
        (field, "It is no extractor."),
    )


def _pattern(text: str, field: str) -> re.Pattern[str]:
    try:
        pattern = re.compile(text)
    except re.error as error:
        raise invalid_argument(f"Invalid regular expression in {field}: {error}.") from error
    if pattern.groups != 1:
        raise invalid_argument(
            f"The regular expression in {field} must have exactly one capture group."
        )
    return pattern
