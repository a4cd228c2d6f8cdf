"""Asks Prometheus's own engine when an alert fires, by ``promtool test rules``.

The series are written as a test's input, the condition as its alert rule; expressions over
``ALERTS`` tell whether it fires at a moment, and when that is first otherwise afterwards, if no
more points come. https://prometheus.io/docs/prometheus/latest/configuration/unit_testing_rules/
"""

import math
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from rehearsal.documents import encode
from rehearsal.errors import RehearsalError

PROGRAM = "promtool"
MISSING = (
    "promtool is not installed, and nothing else evaluates PromQL here: install Debian's package"
    " prometheus, or put promtool of https://prometheus.io/download/ into the PATH"
)
_TIMEOUT_SECONDS = 120
_STEPS = 3000
_STEPS_OF_A_SUBQUERY = 1000
"""promtool refuses an expression that loads more than 10,000 samples."""
_MINUTE = timedelta(minutes=1)
_FIRING = 'ALERTS{alertstate="firing"}'
_RESULT = re.compile(r'expr: "(?P<index>\d+) \* 0 \+.*?got: \{[^}]*\} (?P<value>[0-9.E+-]+)', re.S)
_ERROR = re.compile(r"(?:err: |parse error: |could not parse expression: ).*")


@dataclass(frozen=True)
class Rule:
    """An alert rule; ``lookback`` is as far as its query looks."""

    query: str
    hold: timedelta
    interval: timedelta
    lookback: timedelta


@dataclass(frozen=True)
class Samples:
    """A series by its PromQL name with labels, and its samples, oldest first."""

    selector: str
    values: tuple[tuple[datetime, float], ...]


@dataclass(frozen=True)
class Prediction:
    """Whether the alert fires, and until when that stays so, or is at least known."""

    firing: bool
    until: datetime


@dataclass(frozen=True)
class _Question:
    """An expression at a time after the test's origin; ``firing``: what a result tells of."""

    expression: str
    time: timedelta
    firing: bool


class EvaluationError(RehearsalError):
    """promtool is missing, or refuses the rule; the message says which."""


def available() -> bool:
    """Whether promtool is there."""
    return shutil.which(PROGRAM) is not None


def predict(rule: Rule, series: Sequence[Samples], at: datetime, ahead: timedelta) -> Prediction:
    """Whether the rule fires at ``at``, and its first change within ``ahead`` after it.

    The rule is evaluated every ``interval``, or every few of them where that would be more than
    4000 times: a change is then found late by as much, never early.

    Raises:
        EvaluationError: it can't be evaluated.
    """
    step = _step(rule, ahead)
    before = math.ceil(rule.lookback / step) * step
    after = max(1, math.ceil(ahead / step)) * step
    questions = [_Question(f"count({_FIRING})", before, firing=True)]
    questions += _changes(before, before + after, step)
    origin = at - before
    answers = _ask(rule, step, series, origin, questions)
    firing = answers[0] is not None
    changes = [
        origin + timedelta(seconds=answer)
        for question, answer in zip(questions, answers, strict=True)
        if answer is not None and question.firing != firing
    ]
    return Prediction(firing, min((one for one in changes if one > at), default=at + after))


def _changes(start: timedelta, end: timedelta, step: timedelta) -> Iterator[_Question]:
    """When the alert first fires and first does not, asked of each part of the time."""
    while start < end:
        last = min(start + _STEPS_OF_A_SUBQUERY * step, end)
        window = f"[{_seconds(last - start)}:{_seconds(step)}]"
        fires, rests = f"time() + 0 * count({_FIRING})", f"time() * absent({_FIRING})"
        yield _Question(f"min_over_time(({fires}){window})", last, firing=True)
        yield _Question(f"min_over_time(({rests}){window})", last, firing=False)
        start = last


def check(query: str) -> str:
    """What is wrong with a query; '' if nothing is, or promtool is not there to tell."""
    if not available():
        return ""
    rule = Rule(query, timedelta(), _MINUTE, _MINUTE)
    try:
        _run(_rules(rule, _MINUTE), None)
    except EvaluationError as error:
        return str(error)
    return ""


def _step(rule: Rule, ahead: timedelta) -> timedelta:
    evaluations = (rule.lookback + ahead) / rule.interval
    return rule.interval * max(1, math.ceil(evaluations / _STEPS))


def _ask(
    rule: Rule,
    step: timedelta,
    series: Sequence[Samples],
    origin: datetime,
    questions: list[_Question],
) -> list[float | None]:
    """The result of each question; None where there is none."""
    test = {
        "interval": "1m",
        "input_series": [
            {"series": one.selector, "values": _values(one, origin)} for one in series
        ],
        "promql_expr_test": [_expected(*item) for item in enumerate(questions)],
    }
    document = {
        "rule_files": ["rules.yml"],
        "evaluation_interval": _seconds(step),
        "tests": [test],
    }
    output = _run(_rules(rule, step), document)
    parts = [_RESULT.match(f"expr: {part}") for part in output.split("    expr: ")]
    found = {int(part["index"]): float(part["value"]) for part in parts if part}
    return [found.get(index) for index in range(len(questions))]


def _expected(index: int, question: _Question) -> object:
    """A test tells a result only where it was not expected: so none is expected.

    Each expression carries its place, by which its result is known again.
    """
    return {
        "expr": f"{index} * 0 + {question.expression}",
        "eval_time": _seconds(question.time),
        "exp_samples": [],
    }


def _rules(rule: Rule, step: timedelta) -> object:
    alert = {"alert": "Condition", "expr": rule.query, "for": _seconds(rule.hold)}
    return {"groups": [{"name": "policy", "interval": _seconds(step), "rules": [alert]}]}


def _run(rules: object, test: object | None) -> str:
    """The output of promtool on these files (JSON is YAML)."""
    if not available():
        raise EvaluationError(MISSING)
    words = ["check", "rules", "rules.yml"] if test is None else ["test", "rules", "test.yml"]
    with tempfile.TemporaryDirectory(prefix="rehearsal-promql-") as name:
        folder = Path(name)
        (folder / "rules.yml").write_bytes(encode(rules))
        (folder / "test.yml").write_bytes(encode(test))
        ended = _started(folder, words)
    output = ended.stdout + ended.stderr
    error_line = _ERROR.search(output)
    if ended.returncode != 0 and (error_line or "got: " not in output):
        raise EvaluationError(error_line[0] if error_line else output.strip())
    return output


def _started(folder: Path, words: list[str]) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(
            [PROGRAM, *words],
            cwd=folder,
            capture_output=True,
            text=True,
            timeout=_TIMEOUT_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise EvaluationError(f"promtool failed: {error}") from error


def _values(series: Samples, origin: datetime) -> str:
    """The samples from ``origin`` on in the notation of tests: ``_x3 1 _x2 2``."""
    parts, place = [], 0
    for moment, value in series.values:
        index = math.ceil((moment - origin) / _MINUTE)
        if index < place:
            continue
        if index > place:
            parts.append(f"_x{index - place}")
        parts.append(str(int(value)) if value.is_integer() else repr(value))
        place = index + 1
    return " ".join(parts) or "_"


def _seconds(length: timedelta) -> str:
    """PromQL's form of a length of time."""
    return f"{round(length.total_seconds())}s"
