"""The resources and data sources that are served: a module a service, each with its table."""

from collections.abc import Mapping

from rehearsal.terraform_provider.resource import DataSource, Resource
from rehearsal.terraform_provider.resources import (
    accounts,
    alerting,
    artifacts,
    bigquery_datasets,
    bigquery_tables,
    buckets,
    federation,
    log_metrics,
    members,
    projects,
    run_jobs,
    scheduler,
    secrets,
)

_MODULES = (
    accounts,
    alerting,
    artifacts,
    bigquery_datasets,
    bigquery_tables,
    buckets,
    federation,
    log_metrics,
    members,
    projects,
    run_jobs,
    scheduler,
    secrets,
)

RESOURCES: Mapping[str, Resource] = {
    one.type: one for module in _MODULES for one in module.RESOURCES
}
DATA_SOURCES: Mapping[str, DataSource] = {
    one.type: one for module in _MODULES for one in module.DATA_SOURCES
}
