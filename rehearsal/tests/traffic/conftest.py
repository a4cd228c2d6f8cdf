"""A real local-bigquery and a real docker-registry, for the sessions that need them."""

from tests.services.artifactregistry.conftest import registry
from tests.services.bigquery.conftest import upstream

__all__ = ["registry", "upstream"]
