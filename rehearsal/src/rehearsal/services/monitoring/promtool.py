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
from collections.abc import Sequence
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
_SECOND = timedelta(seconds=1)
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
    before = math.ceil(rule.lookback / step)
    after = max(1, math.ceil(ahead / step))
    origin = at - before * step
    asked = [f"count({_FIRING})"]
    times = [before * step]
    for first in range(0, after + 1, _STEPS_OF_A_SUBQUERY):
        last = min(first + _STEPS_OF_A_SUBQUERY, after)
        window = f"[{_seconds(max((last - first) * step, _SECOND))}:{_seconds(step)}]"
        for inner in (f"time() + 0 * count({_FIRING})", f"time() * absent({_FIRING})"):
            asked.append(f"min_over_time(({inner}){window})")
            times.append((before + last) * step)
    answers = _ask(rule, step, series, origin, asked, times)
    firing = 0 in answers
    changes = [
        origin + timedelta(seconds=value)
        for index, value in answers.items()
        if index and (index % 2 == 0) == firing
    ]
    known_until = origin + (before + after) * step
    return Prediction(firing, min((one for one in changes if one > at), default=known_until))


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
    asked: list[str],
    times: list[timedelta],
) -> dict[int, float]:
    """The values of the expressions that have one, by their places."""
    # A test tells the value of an expression only where it was not expected: so none is, and each
    # expression carries its place, by which its value is known again.
    test = {
        "rule_files": ["rules.yml"],
        "evaluation_interval": _seconds(step),
        "tests": [
            {
                "interval": "1m",
                "input_series": [
                    {"series": one.selector, "values": _values(one, origin)} for one in series
                ],
                "promql_expr_test": [
                    {
                        "expr": f"{index} * 0 + {expression}",
                        "eval_time": _seconds(time),
                        "exp_samples": [],
                    }
                    for index, (expression, time) in enumerate(zip(asked, times, strict=True))
                ],
            }
        ],
    }
    output = _run(_rules(rule, step), test)
    return {
        int(found["index"]): float(found["value"])
        for part in output.split("    expr: ")
        if (found := _RESULT.match("expr: " + part))
    }


def _rules(rule: Rule, step: timedelta) -> object:
    alert = {"alert": "Condition", "expr": rule.query, "for": _seconds(rule.hold)}
    return {"groups": [{"name": "policy", "interval": _seconds(step), "rules": [alert]}]}


def _run(rules: object, test: object | None) -> str:
    """The output of promtool on these files (JSON is YAML)."""
    if not available():
        raise EvaluationError(MISSING)
    with tempfile.TemporaryDirectory(prefix="rehearsal-promql-") as name:
        folder = Path(name)
        (folder / "rules.yml").write_bytes(encode(rules))
        (folder / "test.yml").write_bytes(encode(test))
        arguments = (
            ["check", "rules", "rules.yml"] if test is None else ["test", "rules", "test.yml"]
        )
        try:
            ended = subprocess.run(
                [PROGRAM, *arguments],
                cwd=folder, capture_output=True, text=True, timeout=_TIMEOUT_SECONDS, check=False,
            )  # fmt: skip
        except (OSError, subprocess.TimeoutExpired) as error:
            raise EvaluationError(f"promtool failed: {error}") from error
    output = ended.stdout + ended.stderr
    error_line = _ERROR.search(output)
    if ended.returncode != 0 and (error_line or "got: " not in output):
        raise EvaluationError(error_line[0] if error_line else output.strip())
    return output


def _values(series: Samples, origin: datetime) -> str:
    """The samples from ``origin`` on in the notation of tests: ``_x3 1 _x2 2``."""
    parts, place = [], 0
    for moment, value in series.values:
        index = math.ceil((moment - origin) / _MINUTE)
        if index < place:
            continue
        if index > place:
            parts.append(f"_x{index - place}")
        parts.append(f"{value:g}" if value == round(value, 4) else repr(value))
        place = index + 1
    return " ".join(parts) or "_"


def _seconds(length: timedelta) -> str:
    """PromQL's form of a length of time."""
    return f"{round(length.total_seconds())}s"
