"""dlt's BigQuery destination, which gives up on a call when the rest of a run does.

dlt hands its limit for retries to some calls only; its queries would be retried for 40 minutes, far
beyond the time that a run has.
"""

import math
from functools import partial
from typing import Any

import dlt
from dlt.common.configuration.specs import GcpServiceAccountCredentials
from dlt.common.configuration.specs.gcp_credentials import GcpDefaultCredentials
from dlt.common.destination import DestinationCapabilitiesContext
from dlt.common.schema import Schema
from dlt.destinations.impl.bigquery.bigquery import BigQueryClient
from dlt.destinations.impl.bigquery.configuration import BigQueryClientConfiguration
from dlt.destinations.impl.bigquery.sql_client import BigQuerySqlClient
from google.auth.credentials import Credentials


class BoundedSqlClient(BigQuerySqlClient):
    """dlt's client of BigQuery with one limit for the retries of every call."""

    def open_connection(self) -> Any:
        """Google's client; its methods that dlt calls without a limit get one."""
        client: Any = super().open_connection()
        retry: Any = self._default_retry
        client.query_and_wait = partial(client.query_and_wait, retry=retry, job_retry=retry)
        client.get_job = partial(client.get_job, retry=retry)
        # Uploads count their tries, after 1, 2, 4 ... seconds.
        tries = int(math.log2(retry.timeout + 1))
        client.load_table_from_file = partial(client.load_table_from_file, num_retries=tries)
        return client


class BoundedBigQueryClient(BigQueryClient):
    """dlt's loading into BigQuery over the bounded client."""

    def __init__(
        self,
        schema: Schema,
        config: BigQueryClientConfiguration,
        capabilities: DestinationCapabilitiesContext,
    ) -> None:
        super().__init__(schema, config, capabilities)
        stock = self.sql_client
        self.sql_client = BoundedSqlClient(
            stock.dataset_name, stock.staging_dataset_name, config.credentials, capabilities,
            config.get_location(), config.project_id, config.http_timeout, config.retry_deadline,
        )  # fmt: skip


class bounded_bigquery(dlt.destinations.bigquery):  # noqa: N801 - named as dlt names destinations
    """``dlt.destinations.bigquery``; ``retry_deadline`` (seconds) holds for every call."""

    @property
    def client_class(self) -> type[Any]:
        """The client that dlt uses."""
        return BoundedBigQueryClient


def signed_in(credentials: Credentials) -> GcpServiceAccountCredentials:
    """dlt's wrapping of credentials that are found already: it would look for its own."""
    wrapped = GcpServiceAccountCredentials()
    GcpDefaultCredentials.parse_native_representation(wrapped, credentials)
    return wrapped
