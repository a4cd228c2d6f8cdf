"""Metrics made from log entries."""

from rehearsal.terraform_provider.resource import Resource
from rehearsal.terraform_provider.resources.shared import COMMON
from rehearsal.terraform_provider.schema import (
    BOOL,
    NUMBER,
    NUMBERS,
    STRING_MAP,
    Block,
    many,
    one,
    optional,
    required,
    timeouts,
)

# A slash in a metric's name stays escaped in its address.
_URL = "https://logging.googleapis.com/v2/projects/{project}/metrics"


RESOURCES = (
    Resource(
        type="google_logging_metric",
        noun="Metric",
        label="LoggingMetric",
        id="{name:path}",
        url=f"{_URL}/{{name}}",
        collection=_URL,
        update_method="PUT",
        imports=("projects/{project}/metrics/{name:path}",),
        block=Block(
            COMMON
            | {
                "name": required(),
                "filter": required(),
                "description": optional(),
                "disabled": optional(BOOL),
                "bucket_name": optional(),
                "value_extractor": optional(),
                "label_extractors": optional(STRING_MAP),
                "metric_descriptor": one(computed=True)(
                    metric_kind=required(allowed=("DELTA", "GAUGE", "CUMULATIVE")),
                    value_type=required(
                        allowed=("BOOL", "INT64", "DOUBLE", "STRING", "DISTRIBUTION", "MONEY")
                    ),
                    unit=optional(default="1"),
                    display_name=optional(),
                    labels=many(nesting="set")(
                        key=required(),
                        description=optional(),
                        value_type=optional(default="STRING", allowed=("BOOL", "INT64", "STRING")),
                    ),
                ),
                "bucket_options": one()(
                    linear_buckets=one()(
                        num_finite_buckets=required(NUMBER),
                        width=required(NUMBER),
                        offset=required(NUMBER),
                    ),
                    exponential_buckets=one()(
                        num_finite_buckets=required(NUMBER),
                        growth_factor=required(NUMBER),
                        scale=required(NUMBER),
                    ),
                    explicit_buckets=one()(bounds=required(NUMBERS)),
                ),
                "timeouts": timeouts("create", "update", "delete"),
            }
        ),
    ),
)
DATA_SOURCES = ()
