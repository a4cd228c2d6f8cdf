"""What an alert policy must be; refusals in Google's words where those are known.

https://cloud.google.com/monitoring/api/ref_v3/rest/v3/projects.alertPolicies and
https://cloud.google.com/monitoring/quotas#alerting_uptime_limits
"""

import math
from collections.abc import Callable
from datetime import timedelta

from rehearsal.api.call import Call
from rehearsal.api.durations import duration
from rehearsal.documents import Document
from rehearsal.errors import ApiError, invalid_argument, not_found, not_here
from rehearsal.services.logging.matching import compiled
from rehearsal.services.logging_metrics.definition import TYPE_PREFIX
from rehearsal.services.logging_metrics.extractors import extractor
from rehearsal.services.monitoring import descriptors
from rehearsal.services.monitoring.aggregation import Aggregation
from rehearsal.services.monitoring.conditions import COMPARISONS
from rehearsal.services.monitoring.definition import CHANNELS
from rehearsal.services.monitoring.filters import invalid, series_filter
from rehearsal.services.monitoring.time_series import unknown_metric

_MOST_CONDITIONS, _MOST_CHANNELS = 6, 16
LONGEST = timedelta(hours=23, minutes=30)
"""The longest duration of a threshold or an absence."""
_LEAST_ABSENCE = timedelta(minutes=2)
_LONGEST_ALIGNMENT = timedelta(hours=25)
_AUTO_CLOSE = (timedelta(minutes=30), timedelta(days=7))
_RATE_LIMIT = (timedelta(minutes=5), timedelta(days=2))
_KINDS = (
    "conditionThreshold",
    "conditionAbsent",
    "conditionMatchedLog",
    "conditionPrometheusQueryLanguage",
    "conditionMonitoringQueryLanguage",
    "conditionSql",
)
_RESOURCES = "https://cloud.google.com/monitoring/api/resources"


def check(call: Call, policy: Document) -> None:
    """Refuses a policy that Google refuses.

    Raises:
        ApiError: 400, or 404: a channel or a metric that there is not.
    """
    conditions = policy.get("conditions", [])
    if not policy.get("displayName"):
        raise invalid("alert_policy.display_name", "", "the display name is required.")
    if not 1 <= len(conditions) <= _MOST_CONDITIONS:
        raise invalid_argument(
            f"Field alert_policy.conditions had an invalid value: a policy has 1 to"
            f" {_MOST_CONDITIONS} conditions, not {len(conditions)}."
        )
    if policy.get("combiner", "COMBINE_UNSPECIFIED") == "COMBINE_UNSPECIFIED":
        raise invalid("alert_policy.combiner", "COMBINE_UNSPECIFIED", "a combiner is required.")
    for index, condition in enumerate(conditions):
        _check_condition(call, condition, f"alert_policy.conditions[{index}]")
    _check_strategy(policy, conditions)
    _check_channels(call, policy)


def _check_condition(call: Call, condition: Document, place: str) -> None:
    kinds = [kind for kind in _KINDS if kind in condition]
    if len(kinds) != 1:
        raise invalid(
            f"{place}.condition_case",
            str(len(kinds)),
            'Condition subtype (e.g. "condition_absent", "condition_threshold", etc.) is absent'
            " or unknown.",
        )
    checks: dict[str, Callable[[Call, Document, str], None]] = {
        "conditionThreshold": _check_threshold,
        "conditionAbsent": _check_absence,
        "conditionMatchedLog": _check_log_match,
        "conditionPrometheusQueryLanguage": _check_promql,
    }
    if kinds[0] not in checks:
        raise not_here(f"Google has conditions of the kind {kinds[0]}; the rehearsal has none.")
    checks[kinds[0]](call, condition[kinds[0]], f"{place}.{_snake(kinds[0])}")


def _check_threshold(call: Call, condition: Document, place: str) -> None:
    _check_metric(call, condition, place)
    comparison = condition.get("comparison", "COMPARISON_UNSPECIFIED")
    if comparison not in COMPARISONS:
        raise invalid(
            f"{place}.comparison", comparison, "only COMPARISON_LT and COMPARISON_GT are supported."
        )
    for name in ("denominatorFilter", "forecastOptions"):
        if name in condition:
            raise not_here(f"Google has {name} of a threshold; the rehearsal does not.")
    _check_duration(condition.get("duration", "0s"), f"{place}.duration", timedelta())


def _check_numbers(condition: Document, place: str) -> None:
    """``NaN`` and ``Infinity`` are numbers in JSON requests, and nothing to compare with."""
    trigger = condition.get("trigger", {})
    for name, value in (
        ("threshold_value", condition.get("thresholdValue", 0)),
        ("trigger.percent", trigger.get("percent", 0)),
    ):
        if not math.isfinite(value):
            raise invalid(f"{place}.{name}", str(value), "must be a finite number.")


def _check_absence(call: Call, condition: Document, place: str) -> None:
    _check_metric(call, condition, place)
    _check_duration(condition.get("duration", ""), f"{place}.duration", _LEAST_ABSENCE)


def _check_log_match(_: Call, condition: Document, place: str) -> None:
    text = condition.get("filter", "")
    if not text.strip():
        raise invalid(f"{place}.filter", text, "the filter is required.")
    try:
        compiled(text)
    except ApiError as error:
        raise invalid(f"{place}.filter", text, error.message) from error
    for key, expression in condition.get("labelExtractors", {}).items():
        extractor(expression, f"{place}.label_extractors[{key}]")


def _check_promql(_: Call, condition: Document, place: str) -> None:
    if not condition.get("query", "").strip():
        raise invalid(f"{place}.query", "", "the query is required.")
    for name in ("duration", "evaluationInterval"):
        text = condition.get(name, "0s")
        length = _duration(text, f"{place}.{_snake(name)}")
        if length % timedelta(seconds=30):
            raise invalid(f"{place}.{_snake(name)}", text, "must be a multiple of 30 seconds.")


def _check_metric(call: Call, condition: Document, place: str) -> None:
    _check_numbers(condition, place)
    text = condition.get("filter", "")
    wanted = series_filter(text, f"{place}.filter")
    for name, value in (("metric", wanted.metric_type), ("resource", wanted.resource_type)):
        if not value:
            known = _RESOURCES if name == "resource" else _RESOURCES.replace("resources", "metrics")
            raise invalid(
                f"{place}.filter",
                text,
                f'must specify a restriction on "{name}.type" in the filter; see "{known}" for a'
                f" list of available {'resource' if name == 'resource' else 'metric'} types.",
            )
    found = descriptors.find(call.cloud.store, call.project, wanted.metric_type)
    if found is None and wanted.metric_type.startswith(TYPE_PREFIX):
        raise unknown_metric(wanted.metric_type)
    for index, aggregation in enumerate(condition.get("aggregations", [])):
        if Aggregation.of(aggregation).period > _LONGEST_ALIGNMENT:
            raise invalid(
                f"{place}.aggregations[{index}].alignment_period",
                aggregation["alignmentPeriod"],
                "must be at most 25 hours.",
            )


def _check_duration(text: str, place: str, least: timedelta) -> None:
    length = _duration(text, place)
    if length % timedelta(minutes=1):
        raise invalid(place, text, "must be a multiple of 60 seconds.")
    if not least <= length <= LONGEST:
        raise invalid(
            place,
            text,
            f"must be at least {least.total_seconds():.0f} seconds and at most 23 hours 30 minutes"
            f" ({LONGEST.total_seconds():.0f} seconds).",
        )


def _check_strategy(policy: Document, conditions: list[Document]) -> None:
    strategy = policy.get("alertStrategy", {})
    limit = strategy.get("notificationRateLimit")
    logged = any("conditionMatchedLog" in condition for condition in conditions)
    if logged and len(conditions) > 1:
        raise invalid_argument(
            "Alert policies with a log matching condition can only have a single condition."
        )
    place = "alertStrategy.notificationRateLimit"
    if logged and not limit:
        raise invalid(place, "", "log-based alert policies must specify a notification rate limit")
    if limit and not logged:
        raise invalid(
            place,
            f"period {{ seconds: {limit.get('period', '0s').removesuffix('s')} }}",
            "only log-based alert policies may specify a notification rate limit",
        )
    if limit:
        _check_between(limit.get("period", ""), f"{place}.period", *_RATE_LIMIT)
    if "autoClose" in strategy:
        _check_between(strategy["autoClose"], "alertStrategy.autoClose", *_AUTO_CLOSE)


def _check_between(text: str, place: str, least: timedelta, most: timedelta) -> None:
    if not least <= _duration(text, place) <= most:
        raise invalid(
            place,
            text,
            f"must be between {least.total_seconds():.0f} and {most.total_seconds():.0f} seconds.",
        )


def _check_channels(call: Call, policy: Document) -> None:
    names = policy.get("notificationChannels", [])
    if len(names) > _MOST_CHANNELS:
        raise invalid_argument(f"A policy has at most {_MOST_CHANNELS} notification channels.")
    for name in names:
        if call.cloud.store.get(CHANNELS, name) is None:
            raise not_found(f"Could not find resource with name '{name}'.")


def _duration(text: str, place: str) -> timedelta:
    try:
        length = duration(text, place)
    except ApiError as error:
        raise invalid(place, text, "it is no duration in seconds, as in 300s.") from error
    if length < timedelta():
        raise invalid(place, text, "must not be negative.")
    return length


def _snake(name: str) -> str:
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name)
