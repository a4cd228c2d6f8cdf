"""Numbers and lists out of the API's texts: every spelling seen so far, and any text at all."""

from itertools import chain
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlt_ingestion.parsing import (
    CM_PER_INCH,
    EMPTY,
    KG_PER_POUND,
    Issue,
    Parsed,
    Quantity,
    Range,
    parse_life_span,
    parse_measure,
    parse_ranges,
    parse_temperaments,
    text_of,
)
from dlt_ingestion.records import Measure, Text

Measured = Literal["weight", "height"]
HIGHEST = {"weight": 200, "height": 150, "life_span": 40}
PIECES = (
    "Male", "males:", "Female:", "FEMALES", "bitch", "dogs:", "-", "–", "−", "to", " to ", "up",
    "NaN", "unknown", "kg", "lbs", "cm", "inches", "in", "years", "yrs.", "0", "7", "12", "3.5",
    "4,25", "9999", "1e3", "٣", ".", ",", ";", ":", "/", "(", ")", " ", "\t", "\x00", "ſ", "K",
)  # fmt: skip

any_text = st.one_of(st.text(), st.lists(st.sampled_from(PIECES), max_size=12).map("".join))
any_quantity: st.SearchStrategy[Quantity] = st.sampled_from(["weight", "height", "life_span"])
any_value: st.SearchStrategy[Text] = st.one_of(st.none(), st.integers(), st.floats(), any_text)
any_factor = st.sampled_from([1.0, KG_PER_POUND, CM_PER_INCH])


def is_sound(found: Range, quantity: Quantity) -> bool:
    """Whether 0 < low <= high <= the quantity's bound holds for what is known."""
    ends = [end for end in (found.low, found.high) if end is not None]
    return ends == sorted(ends) and all(0 < end <= HIGHEST[quantity] for end in ends)


def is_whole(found: Range) -> bool:
    return found.low is not None and found.high is not None


@pytest.mark.parametrize(
    ("text", "quantity", "low", "high"),
    [
        ("6 - 13", "weight", 6, 13),
        ("65 – 85", "weight", 65, 85),
        ("3.2-4.5", "weight", 3.2, 4.5),
        ("3,2 - 4,5", "weight", 3.2, 4.5),
        ("3.175 - 4.536", "weight", 3.175, 4.536),
        ("15.5", "height", 15.5, 15.5),
        ("39", "height", 39, 39),
        ("10 – 12 years", "life_span", 10, 12),
        ("10 - 12 years", "life_span", 10, 12),
        ("12-15", "life_span", 12, 15),
        ("12 - 16 Years years", "life_span", 12, 16),
        ("9 years", "life_span", 9, 9),
        ("9 – 14 years", "life_span", 9, 14),
        ("10-12yrs.", "life_span", 10, 12),
        ("6-13kg", "weight", 6, 13),
        ("6 kg - 13 kg", "weight", 6, 13),
        ("23 cm to 29 CM", "height", 23, 29),
        ("12‐13", "height", 12, 13),
        ("12−13", "height", 12, 13),
        ("5 - 5", "height", 5, 5),
    ],
)
def test_a_range_is_read_in_each_spelling(
    text: str, quantity: Quantity, low: float, high: float
) -> None:
    assert parse_ranges(text, quantity) == Parsed(Range(low, high))


@pytest.mark.parametrize(
    ("text", "low", "high", "problem"),
    [
        ("up - 18", None, 18, "has no minimum"),
        ("NaN - 8", None, 8, "has no minimum"),
        ("up to 18", None, 18, "has no minimum"),
        ("5 - up", 5, None, "has no maximum"),
        ("5 -", 5, None, "has no maximum"),
    ],
)
def test_half_a_range_is_kept_and_is_a_problem(
    text: str, low: float | None, high: float | None, problem: str
) -> None:
    assert parse_ranges(text, "weight") == Parsed(Range(low, high), problem=problem)


@pytest.mark.parametrize(
    "text", ["NaN", "nan", "unknown", "Unknown", "n/a", "-", "–", "?", "NaN - NaN", "heavy"]
)
def test_a_text_without_a_number_is_null_and_a_problem(text: str) -> None:
    assert parse_ranges(text, "weight") == Parsed(problem="holds no number")


@pytest.mark.parametrize(
    ("text", "quantity", "problem"),
    [
        ("13 - 6", "weight", "has its minimum above its maximum"),
        ("0 - 5", "weight", "is outside 0 to 200"),
        ("6 - 201", "weight", "is outside 0 to 200"),
        ("9999", "height", "is outside 0 to 150"),
        ("10 - 41 years", "life_span", "is outside 0 to 40"),
        ("9" * 400, "weight", "is outside 0 to 200"),
        ("3 - 4 - 5", "weight", "is not a single range"),
        ("12 -- 13", "weight", "is not a single range"),
        ("approx. 5 - 10", "weight", "is not a range of numbers"),
        ("5 - 10 or more", "weight", "is not a range of numbers"),
        ("1e3", "weight", "is not a range of numbers"),
        ("6 13", "weight", "is not a range of numbers"),
    ],
)
def test_an_implausible_text_is_null_and_a_problem(
    text: str, quantity: Quantity, problem: str
) -> None:
    assert parse_ranges(text, quantity) == Parsed(problem=problem)


@pytest.mark.parametrize(
    ("text", "quantity", "factor"),
    [
        ("6 - 13 lbs", "weight", 1.0),
        ("6 - 13 kg", "weight", KG_PER_POUND),
        ("9 - 12 in", "height", 1.0),
        ("12 - 18 months", "life_span", 1.0),
        ("12 months - 18", "life_span", 1.0),
    ],
)
def test_a_number_in_another_unit_is_never_taken_for_this_one(
    text: str, quantity: Quantity, factor: float
) -> None:
    assert parse_ranges(text, quantity, factor).overall == EMPTY


@pytest.mark.parametrize(
    ("text", "male", "female"),
    [
        ("Male: 40-70; Female: 40-65", (40, 70), (40, 65)),
        ("Female: 40-65; Male: 40-70", (40, 70), (40, 65)),
        ("Male: 40-70 kg; Female: 40-65 kg", (40, 70), (40, 65)),
        ("males 40 – 70, females 40 – 65", (40, 70), (40, 65)),
        ("Dogs: 40-70 / Bitches: 40-65", (40, 70), (40, 65)),
        ("MALE:40-70;FEMALE:40-65", (40, 70), (40, 65)),
    ],
)
def test_a_range_for_each_sex_is_read_in_each_spelling(
    text: str, male: tuple[float, float], female: tuple[float, float]
) -> None:
    assert parse_ranges(text, "weight") == Parsed(Range(40, 70), Range(*male), Range(*female))


def test_the_overall_range_spans_both_sexes() -> None:
    parsed = parse_ranges("Male: 27-32; Female: 22-28", "height")

    assert parsed.overall == Range(22, 32)


def test_one_sex_alone_is_the_overall_range() -> None:
    parsed = parse_ranges("Female: 22-28", "height")

    assert parsed == Parsed(Range(22, 28), EMPTY, Range(22, 28))


@pytest.mark.parametrize(
    ("text", "overall", "problem"),
    [
        ("Male: 10 - up; Female: up - 5", EMPTY, "male has no maximum; female has no minimum"),
        ("Male: 40 - up; Female: 35-60", Range(35, None), "male has no maximum"),
        ("Male: up - 18; Female: 10-15", Range(None, 18), "male has no minimum"),
        ("Male: 40-70; Female: unknown", Range(40, 70), "female holds no number"),
    ],
)
def test_an_end_that_one_sex_does_not_know_is_unknown_overall(
    text: str, overall: Range, problem: str
) -> None:
    parsed = parse_ranges(text, "weight")

    assert (parsed.overall, parsed.problem) == (overall, problem)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("40-70 male, 35-60 female", "has a number before the first sex"),
        ("40-70 (male), 35-60 (female)", "has a number before the first sex"),
        ("Male: unknown; Female: unknown", "male holds no number; female holds no number"),
        ("Male: 70-40", "male has its minimum above its maximum"),
    ],
)
def test_ranges_by_sex_that_cannot_be_told_apart_are_null(text: str, problem: str) -> None:
    assert parse_ranges(text, "weight") == Parsed(problem=problem)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("Adult male: 40-70", "has text before the first sex"),
        ("Male: 40-70; Male: 50-80", "names male twice"),
    ],
)
def test_what_remains_beside_a_sex_is_a_problem(text: str, problem: str) -> None:
    assert parse_ranges(text, "weight") == Parsed(Range(40, 70), Range(40, 70), problem=problem)


@given(any_text, any_quantity, any_factor)
def test_any_text_gives_sound_ranges(text: str, quantity: Quantity, factor: float) -> None:
    parsed = parse_ranges(text, quantity, factor)

    ranges = (parsed.overall, parsed.male, parsed.female)
    assert [found for found in ranges if not is_sound(found, quantity)] == []


@given(any_text, any_quantity, any_factor)
def test_any_text_without_a_whole_range_has_a_problem(
    text: str, quantity: Quantity, factor: float
) -> None:
    parsed = parse_ranges(text, quantity, factor)

    assert is_whole(parsed.overall) or parsed.problem


@st.composite
def spelled_ranges(
    draw: st.DrawFn,
    quantity: Quantity = "weight",
    units: tuple[str, ...] = ("", "kg", " Kgs", "kg."),
) -> tuple[str, float, float]:
    """A range in any spelling, with its ends."""
    ends = draw(st.lists(st.integers(1, HIGHEST[quantity] * 100), min_size=2, max_size=2))
    low, high = (f"{end / 100:g}" for end in sorted(ends))
    dash = draw(st.sampled_from("-‐‑‒–—−"))
    space = draw(st.sampled_from(["", " ", "\u00a0", "  ", "\t"]))
    between = draw(st.sampled_from([f"{space}{dash}{space}", " to ", " TO "]))
    first, second = draw(st.sampled_from(units)), draw(st.sampled_from(units))
    point = draw(st.sampled_from(".,"))
    text = f"{low.replace('.', point)}{first}{between}{high.replace('.', point)}{second}"
    return text, float(low), float(high)


@given(spelled_ranges())
def test_any_spelling_of_a_range_is_read_exactly(spelled: tuple[str, float, float]) -> None:
    text, low, high = spelled

    assert parse_ranges(text, "weight") == Parsed(Range(low, high))


@given(spelled_ranges("life_span", ("", " years", "yrs", " Years years", " year.")))
def test_any_spelling_of_a_life_span_is_read_exactly(spelled: tuple[str, float, float]) -> None:
    text, low, high = spelled

    assert parse_life_span(text, []) == Range(low, high)


@given(spelled_ranges(), spelled_ranges(), st.sampled_from(["; ", ";", ", ", " / ", "\n"]))
def test_any_spelling_of_two_sexes_is_read_exactly(
    male: tuple[str, float, float], female: tuple[str, float, float], between: str
) -> None:
    parsed = parse_ranges(f"Male: {male[0]}{between}Female: {female[0]}", "weight")

    overall = Range(min(male[1], female[1]), max(male[2], female[2]))
    assert parsed == Parsed(overall, Range(*male[1:]), Range(*female[1:]))


def test_the_metric_text_counts_where_both_are_there() -> None:
    issues: list[Issue] = []

    parsed = parse_measure(Measure(imperial="99 - 99", metric="3 - 6"), "weight", issues)

    assert (parsed.overall, issues) == (Range(3, 6), [])


@pytest.mark.parametrize("missing", [None, "", "  ", "\x00"])
def test_the_imperial_text_is_converted_where_there_is_no_metric_one(missing: str | None) -> None:
    issues: list[Issue] = []

    parsed = parse_measure(Measure(imperial="65 – 85", metric=missing), "weight", issues)

    assert (parsed.overall, issues) == (Range(29.48, 38.56), [])


def test_inches_are_converted_exactly() -> None:
    parsed = parse_measure(Measure(imperial="9 - 11.5 in"), "height", [])

    assert parsed.overall == Range(22.86, 29.21)


def test_both_sexes_are_converted() -> None:
    parsed = parse_measure(Measure(imperial="Male: 10-20; Female: 8-15"), "weight", [])

    assert (parsed.male, parsed.female) == (Range(4.54, 9.07), Range(3.63, 6.8))


@pytest.mark.parametrize("nothing", ["NaN", "unknown", "NaN - NaN", "–", "Male: ?; Female: ?"])
def test_a_metric_text_without_a_number_counts_as_none(nothing: str) -> None:
    parsed = parse_measure(Measure(imperial="65 – 85", metric=nothing), "weight", [])

    assert parsed.overall == Range(29.48, 38.56)


def test_a_metric_text_without_a_number_is_an_issue_that_tells_what_is_used() -> None:
    issues: list[Issue] = []

    parse_measure(Measure(imperial="65 – 85", metric="NaN"), "weight", issues)

    reason = "holds no number; the imperial value is used"
    assert issues == [Issue("weight.metric", "NaN", reason)]


def test_half_a_metric_range_is_kept_and_the_imperial_one_left_alone() -> None:
    issues: list[Issue] = []

    parsed = parse_measure(Measure(imperial="10 - 18", metric="NaN - 8"), "weight", issues)

    assert (parsed.overall, [i.field for i in issues]) == (Range(None, 8), ["weight.metric"])


def test_an_implausible_metric_text_is_null_and_not_replaced() -> None:
    parsed = parse_measure(Measure(imperial="10 - 18", metric="900"), "weight", [])

    assert parsed.overall == EMPTY


def test_each_text_without_a_range_is_an_issue_of_its_own() -> None:
    issues: list[Issue] = []

    parse_measure(Measure(imperial="unknown", metric="unknown"), "height", issues)

    assert [issue.field for issue in issues] == ["height.metric", "height.imperial"]


@pytest.mark.parametrize("measure", [None, Measure(), Measure(imperial="", metric=" ")])
def test_a_measure_that_is_not_there_is_null_and_no_issue(measure: Measure | None) -> None:
    issues: list[Issue] = []

    assert (parse_measure(measure, "weight", issues), issues) == (Parsed(), [])


def test_a_measure_may_be_a_number() -> None:
    assert parse_measure(Measure(metric=12.5), "weight", []).overall == Range(12.5, 12.5)


any_measure = st.builds(Measure, imperial=any_value, metric=any_value)
any_measured: st.SearchStrategy[Measured] = st.sampled_from(["weight", "height"])


@given(any_measure, any_measured)
def test_any_measure_gives_sound_ranges(measure: Measure, quantity: Measured) -> None:
    parsed = parse_measure(measure, quantity, [])

    assert is_sound(parsed.overall, quantity)


@given(any_measure, any_measured)
def test_any_measure_without_a_whole_range_is_an_issue(
    measure: Measure, quantity: Measured
) -> None:
    issues: list[Issue] = []

    parsed = parse_measure(measure, quantity, issues)

    nothing_said = text_of(measure.metric) is None and text_of(measure.imperial) is None
    assert is_whole(parsed.overall) or nothing_said or issues


def test_a_life_span_may_be_a_number() -> None:
    assert parse_life_span(12, []) == Range(12, 12)


def test_a_life_span_that_is_not_there_is_null_and_no_issue() -> None:
    issues: list[Issue] = []

    assert (parse_life_span(None, issues), issues) == (EMPTY, [])


def test_a_life_span_that_cannot_be_read_is_an_issue_with_the_text() -> None:
    issues: list[Issue] = []

    parse_life_span(" long ", issues)

    assert issues == [Issue("life_span", "long", "holds no number")]


@given(any_value)
def test_any_life_span_is_sound(value: Text) -> None:
    assert is_sound(parse_life_span(value, []), "life_span")


@given(any_value)
def test_any_life_span_without_a_whole_range_is_an_issue(value: Text) -> None:
    issues: list[Issue] = []

    assert is_whole(parse_life_span(value, issues)) or text_of(value) is None or issues


@pytest.mark.parametrize(
    ("text", "temperaments"),
    [
        ("Stubborn, Curious, Playful", ("Stubborn", "Curious", "Playful")),
        ("Confident, alert, PLAYFUL", ("Confident", "Alert", "Playful")),
        ("Alert; loyal;brave", ("Alert", "Loyal", "Brave")),
        ("Alert, loyal, alert, Loyal", ("Alert", "Loyal")),
        ("Hardworking, hard-working", ("Hard-working",)),
        ("Even-tempered, Even Tempered", ("Even tempered",)),
        ("Fun-loving, good-natured.", ("Fun-loving", "Good-natured")),
        ("Loyal.. , . , brave .", ("Loyal", "Brave")),
        ("Loyal, unknown, n/a", ("Loyal",)),
        ("very   keen\thunter", ("Very keen hunter",)),
    ],
)
def test_temperaments_are_read_in_order_and_in_one_spelling(
    text: str, temperaments: tuple[str, ...]
) -> None:
    issues: list[Issue] = []

    assert (parse_temperaments(text, issues), issues) == (temperaments, [])


@pytest.mark.parametrize(
    "text", ["Variable depending on ancestry and individual traits", "loyal to its family"]
)
def test_a_sentence_is_no_temperament_but_an_issue(text: str) -> None:
    issues: list[Issue] = []

    found = parse_temperaments(text, issues)

    reason = "is a sentence, not a list of temperaments"
    assert (found, issues) == ((), [Issue("temperament", text, reason)])


@pytest.mark.parametrize("text", [",", "...", "NaN", "unknown", "-."])
def test_a_text_without_any_temperament_is_an_issue(text: str) -> None:
    issues: list[Issue] = []

    found = parse_temperaments(text, issues)

    assert (found, issues) == ((), [Issue("temperament", text, "names no temperament")])


@pytest.mark.parametrize("text", [None, "", "  "])
def test_temperaments_that_are_not_there_are_none_and_no_issue(text: str | None) -> None:
    issues: list[Issue] = []

    assert (parse_temperaments(text, issues), issues) == ((), [])


any_words = st.one_of(st.text(), st.text(alphabet=" .,;-aBißıΐ\t"))


@given(any_words)
def test_no_temperament_comes_twice(text: str) -> None:
    temperaments = parse_temperaments(text, [])

    assert len(temperaments) == len(set(temperaments))


@given(any_words)
def test_temperaments_that_are_joined_are_read_as_the_same_ones(text: str) -> None:
    temperaments = parse_temperaments(text, [])

    assert parse_temperaments(", ".join(temperaments), []) == temperaments


@given(any_words)
def test_any_text_without_temperaments_is_an_issue(text: str) -> None:
    issues: list[Issue] = []

    assert parse_temperaments(text, issues) or text_of(text) is None or issues


@pytest.mark.timeout(10)
def test_texts_of_any_length_are_read_in_linear_time() -> None:
    texts = (" " * 50_000, "9" * 50_000, "- " * 50_000, "Male: " * 20_000, "," * 50_000)

    found = [parse_ranges(text, "weight").overall for text in texts]

    assert list(chain.from_iterable((r.low, r.high) for r in found)) == [None] * 10


@pytest.mark.parametrize(("value", "text"), [(12, "12"), (1.5, "1.5"), (" a\x00b ", "ab")])
def test_a_value_becomes_trimmed_text_without_nul(value: Text, text: str) -> None:
    assert text_of(value) == text
