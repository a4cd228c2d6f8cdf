"""Turns the API's texts into numbers and lists: what can't be parsed is null and an issue.

The form is decided by each value, never by a flag, so that answers of 2025 ("6 - 13",
"10 - 12 years") and of today ("Male: 40-70; Female: 40-65", "12-15") take the same way.
"""

import re
from functools import lru_cache
from typing import Literal

import msgspec

from dlt_ingestion.records import Measure, Text

KG_PER_POUND = 0.45359237  # exact, by the international pound of 1959
CM_PER_INCH = 2.54  # exact, by the international inch of 1959

Quantity = Literal["weight", "height", "life_span"]
_HIGHEST = {"weight": 200.0, "height": 150.0, "life_span": 40.0}  # kg, cm, years: beyond any dog

_NUMBER = re.compile(r"[0-9]+(?:[.,][0-9]+)?")
_PLAIN_RANGE = re.compile(r"([0-9]+(?:\.[0-9]+)?) ?[-–] ?([0-9]+(?:\.[0-9]+)?)")
_DASH = re.compile(r"[-‐‑‒–—−]|\bto\b", re.IGNORECASE)
_SEX = re.compile(r"\b(females?|bitch(?:es)?|males?|dogs?)\b\s*:?\s*", re.IGNORECASE)
_METRIC_UNIT = {"weight": r"kgs?", "height": r"cms?", "life_span": r"years?|yrs?"}
_IMPERIAL_UNIT = _METRIC_UNIT | {"weight": r"lbs?|pounds?", "height": r"inch(?:es)?|in"}
_NOTHING = {"nan", "unknown", "n/a", "na", "none", "null", "-", "?"}
_TEMPERAMENT_SPELLINGS = {"hardworking": "hard-working", "even-tempered": "even tempered"}
_MOST_WORDS_OF_A_TEMPERAMENT = 3
_CACHED_TEXTS = 16_384  # the same few texts stand in most breeds
_TEMPERAMENT_SEPARATOR = re.compile(r"[,;]")


class Range(msgspec.Struct, frozen=True, gc=False):
    """Lowest and highest value in the quantity's unit; either may be unknown (null)."""

    low: float | None = None
    high: float | None = None

    def __bool__(self) -> bool:
        return self.low is not None or self.high is not None


EMPTY = Range()


class Issue(msgspec.Struct, frozen=True, gc=False):
    """A value that could not be parsed, or not wholly: where it stands, what it says, why."""

    field: str
    raw_text: str
    reason: str


class Parsed(msgspec.Struct, frozen=True, gc=False):
    """A text's ranges: over all dogs and by sex, with the reason where a part is missing."""

    overall: Range = EMPTY
    male: Range = EMPTY
    female: Range = EMPTY
    problem: str | None = None


NOTHING = Parsed()


def text_of(value: Text) -> str | None:
    """The value as trimmed text, or None where there is none."""
    if value is None:
        return None
    text = value if isinstance(value, str) else str(value)
    if "\x00" in text:
        text = text.replace("\x00", "")
    return text.strip() or None


@lru_cache(maxsize=_CACHED_TEXTS)
def parse_ranges(text: str, quantity: Quantity, factor: float = 1.0) -> Parsed:
    """Parses "6-13", "15.5", "10 – 12 years" or "Male: 40-70; Female: 40-65".

    ``factor`` converts into the quantity's unit (kg, cm, years). Never raises.
    """
    if text.casefold() in _NOTHING:
        return Parsed(problem="holds no number")
    if _SEX.search(text) is None:
        overall, problem = _parse_range(text, quantity, factor)
        return Parsed(overall, problem=problem)
    return _parse_by_sex(text, quantity, factor)


def _parse_by_sex(text: str, quantity: Quantity, factor: float) -> Parsed:
    leading, *pairs = _SEX.split(text)
    found: dict[str, Range] = {}
    problems: list[str] = []
    if _NUMBER.search(leading):
        return Parsed(problem="has a number before the first sex")
    if leading.strip(" ,;"):
        problems.append("has text before the first sex")
    for label, part in zip(pairs[::2], pairs[1::2], strict=True):
        sex = "female" if label[0].casefold() in "fb" else "male"
        if sex in found:
            problems.append(f"names {sex} twice")
            continue
        found[sex], problem = _parse_range(part.strip(" ,;/"), quantity, factor)
        if problem is not None:
            problems.append(f"{sex} {problem}")
    male, female = found.get("male", EMPTY), found.get("female", EMPTY)
    return Parsed(_span(male, female), male, female, "; ".join(problems) or None)


def _span(first: Range, second: Range) -> Range:
    """Over both; an end that one of them does not know is unknown."""
    if not first or not second:
        return first or second
    low = None if first.low is None or second.low is None else min(first.low, second.low)
    high = None if first.high is None or second.high is None else max(first.high, second.high)
    return Range(low, high)


def _parse_range(text: str, quantity: Quantity, factor: float) -> tuple[Range, str | None]:
    if plain := _PLAIN_RANGE.fullmatch(text):  # nearly all of them
        low, high = _number(plain[1], factor), _number(plain[2], factor)
        return _checked(low, high, quantity)
    unit = (_METRIC_UNIT if factor == 1.0 else _IMPERIAL_UNIT)[quantity]
    parts = _DASH.split(re.sub(rf"(?<![a-z])(?:{unit})\b\.?", " ", text, flags=re.IGNORECASE))
    if len(parts) > 2:
        return EMPTY, "is not a single range"
    lowest, highest = _parse_number(parts[0], factor), _parse_number(parts[-1], factor)
    ends = ((parts[0], lowest), (parts[-1], highest))
    if any(number is None and _NUMBER.search(end) for end, number in ends):
        return EMPTY, "is not a range of numbers"
    if lowest is not None and highest is not None:
        return _checked(lowest, highest, quantity)
    known = highest if lowest is None else lowest
    if known is None:
        return EMPTY, "holds no number"
    _, problem = _checked(known, known, quantity)
    if problem is not None:
        return EMPTY, problem
    return Range(lowest, highest), f"has no {'minimum' if lowest is None else 'maximum'}"


def _checked(low: float, high: float, quantity: Quantity) -> tuple[Range, str | None]:
    limit = _HIGHEST[quantity]
    if not (0 < low <= limit and 0 < high <= limit):
        return EMPTY, f"is outside 0 to {limit:g}"
    if low > high:
        return EMPTY, "has its minimum above its maximum"
    return Range(low, high), None


def _parse_number(text: str, factor: float) -> float | None:
    text = text.strip()
    return _number(text.replace(",", "."), factor) if _NUMBER.fullmatch(text) else None


def _number(text: str, factor: float) -> float:
    number = float(text)
    return number if factor == 1.0 else round(number * factor, 2)


def parse_measure(
    measure: Measure | None, quantity: Literal["weight", "height"], issues: list[Issue]
) -> Parsed:
    """Ranges in kg or cm. The metric text counts; the imperial one where there is no metric.

    A metric text without any number ("NaN", "unknown") counts as none, and is an issue.
    """
    if measure is None:
        return NOTHING
    factor = KG_PER_POUND if quantity == "weight" else CM_PER_INCH
    metric_text, imperial_text = text_of(measure.metric), text_of(measure.imperial)
    metric = parse_ranges(metric_text, quantity) if metric_text else NOTHING
    imperial = parse_ranges(imperial_text, quantity, factor) if imperial_text else NOTHING
    use_imperial = (
        not metric.overall
        and bool(imperial.overall)
        and (metric_text is None or _says_nothing(metric_text))
    )
    if metric_text and metric.problem:
        note = "; the imperial value is used" if use_imperial else ""
        issues.append(Issue(f"{quantity}.metric", metric_text, metric.problem + note))
    if imperial_text and imperial.problem:
        issues.append(Issue(f"{quantity}.imperial", imperial_text, imperial.problem))
    return imperial if use_imperial else metric


def _says_nothing(text: str) -> bool:
    return _NUMBER.search(text) is None


def parse_life_span(value: Text, issues: list[Issue]) -> Range:
    """Years, lowest and highest."""
    text = text_of(value)
    if text is None:
        return EMPTY
    parsed = parse_ranges(text, "life_span")
    if parsed.problem is not None:
        issues.append(Issue("life_span", text, parsed.problem))
    return parsed.overall


def parse_temperaments(value: str | None, issues: list[Issue]) -> tuple[str, ...]:
    """Each temperament once, in one spelling (first letter upper case), in the API's order."""
    text = text_of(value)
    if text is None:
        return ()
    temperaments, problem = _split_temperaments(text)
    if problem is not None:
        issues.append(Issue("temperament", text, problem))
    return temperaments


def _split_temperaments(text: str) -> tuple[tuple[str, ...], str | None]:
    found: dict[str, None] = {}
    problem: str | None = None
    for part in _TEMPERAMENT_SEPARATOR.split(text):
        spelling = _spelling(part)
        if spelling is None:
            problem = "is a sentence, not a list of temperaments"
        elif spelling:
            found[spelling] = None
    if not found and problem is None:
        problem = "names no temperament"
    return tuple(found), problem


@lru_cache(maxsize=_CACHED_TEXTS)
def _spelling(part: str) -> str | None:
    """The one spelling of a temperament; empty where there is none, None for a sentence."""
    spelling = " ".join(part.casefold().split()).rstrip(". ")
    if spelling.count(" ") >= _MOST_WORDS_OF_A_TEMPERAMENT:
        return None
    if spelling in _NOTHING:
        return ""
    spelling = _TEMPERAMENT_SPELLINGS.get(spelling, spelling)
    return spelling[:1].upper() + spelling[1:]
