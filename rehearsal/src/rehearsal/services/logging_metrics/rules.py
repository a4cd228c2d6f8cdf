"""What a log-based metric must be, and what Google adds to it.

https://cloud.google.com/logging/docs/reference/v2/rest/v2/projects.metrics
"""

import re

from rehearsal.documents import Document
from rehearsal.errors import invalid_argument
from rehearsal.services.logging.matching import compiled
from rehearsal.services.logging_metrics.definition import TYPE_PREFIX
from rehearsal.services.logging_metrics.extractors import extractor

_NAME = re.compile(r"(?!/)[A-Za-z0-9_\-.,+!*',()%/]{1,100}")
_LABEL = re.compile(r"[a-zA-Z][a-zA-Z0-9_]{0,99}")


def check_name(name: str) -> None:
    """Refuses a name that a metric can't have.

    Raises:
        ApiError: 400.
    """
    if _NAME.fullmatch(name) is None:
        raise invalid_argument(
            f'Metric name "{name}" is invalid: up to 100 of A-Z, a-z, 0-9 and'
            " _-.,+!*',()%/ are allowed, and / not at the start.",
            ("name", "The name is invalid."),
        )


def checked(metric: Document) -> None:
    """Refuses a metric that Google refuses.

    Raises:
        ApiError: 400.
    """
    if not metric.get("filter", "").strip():
        raise invalid_argument("The filter is missing.", ("filter", "The field is required."))
    compiled(metric["filter"])
    descriptor = metric.get("metricDescriptor", {})
    _check_kind(descriptor)
    _check_labels(descriptor, metric.get("labelExtractors", {}))
    distribution = descriptor.get("valueType") == "DISTRIBUTION"
    if distribution != bool(metric.get("valueExtractor")):
        raise invalid_argument(
            "A value extractor is required for metrics of the value type DISTRIBUTION, and"
            " allowed for no others."
        )
    if distribution:
        extractor(metric["valueExtractor"], "valueExtractor")


def _check_kind(descriptor: Document) -> None:
    kind, value = descriptor.get("metricKind", "DELTA"), descriptor.get("valueType", "INT64")
    if kind != "DELTA" or value not in {"INT64", "DISTRIBUTION"}:
        raise invalid_argument(
            f"Unsupported metric kind {kind} with value type {value}: log-based metrics are DELTA"
            " with INT64 or DISTRIBUTION."
        )


def _check_labels(descriptor: Document, extractors: dict[str, str]) -> None:
    keys = {label.get("key", "") for label in descriptor.get("labels", [])}
    if keys != set(extractors):
        raise invalid_argument(
            "The labels of the metric descriptor and the label extractors must be the same:"
            f" {sorted(keys)} and {sorted(extractors)}."
        )
    for key, expression in extractors.items():
        if _LABEL.fullmatch(key) is None:
            raise invalid_argument(f'Invalid label key "{key}".')
        extractor(expression, f"labelExtractors[{key}]")


def completed(metric: Document, project: str, name: str) -> Document:
    """The metric with what Google fills in."""
    kind = f"{TYPE_PREFIX}{name}"
    descriptor: Document = {"metricKind": "DELTA", "valueType": "INT64", "unit": "1"}
    descriptor |= metric.get("metricDescriptor", {})
    descriptor |= {"name": f"projects/{project}/metricDescriptors/{kind}", "type": kind}
    if metric.get("description"):
        descriptor["description"] = metric["description"]
    return metric | {
        "name": name,
        "metricDescriptor": descriptor,
        "resourceName": f"projects/{project}/metrics/{name}",
    }
