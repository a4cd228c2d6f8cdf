"""dlt's DuckDB destination, loading JSON lines with the types of the table.

dlt's own loader lets DuckDB guess the types from the first rows: a text column that starts with
nulls, or ids that look like numbers, would lose or change later values.
"""

from pathlib import Path
from typing import Any

import dlt
from dlt.common.destination import PreparedTableSchema
from dlt.common.destination.client import LoadJob
from dlt.destinations.impl.duckdb.configuration import DuckDbCredentials
from dlt.destinations.impl.duckdb.duck import DuckDbClient, DuckDbCopyJob

from dlt_ingestion.warehouse.duckdb import SMALL

_SMALLEST_LINE_BYTES = 1 << 20


class TypedCopyJob(DuckDbCopyJob):
    """Inserts a JSON lines file by name, each column with its declared type."""

    def run(self) -> None:
        """Loads the file; an unknown or ill-typed value fails the job."""
        sql, table = self._job_client.sql_client, self._load_table
        type_of = self._job_client.type_mapper.to_destination_type
        literal = sql.capabilities.escape_literal
        columns = ", ".join(
            f"{literal(name)}: {literal(type_of(column, table))}"
            for name, column in table["columns"].items()
        )
        sql.execute_sql(
            f"INSERT INTO {sql.make_qualified_table_name(self.load_table_name)} BY NAME "
            f"SELECT * FROM read_json({literal(self._file_path)}, format='newline_delimited', "
            f"columns={{{columns}}}, maximum_object_size={_longest_line_bytes(self._file_path)})"
        )


def _longest_line_bytes(path: str) -> int:
    """Room for the longest line; DuckDB's buffers are twice that."""
    with open(path, "rb") as file:  # noqa: PTH123
        return max(_SMALLEST_LINE_BYTES, max(map(len, file), default=0) + 1)


class TypedDuckDbClient(DuckDbClient):
    """DuckDB's client with the typed job in the stock job's place."""

    def create_load_job(
        self, table: PreparedTableSchema, file_path: str, load_id: str, restore: bool = False
    ) -> LoadJob:
        """The job for one file."""
        job = super().create_load_job(table, file_path, load_id, restore)
        return TypedCopyJob(file_path) if type(job) is DuckDbCopyJob else job


class typed_duckdb(dlt.destinations.duckdb):  # noqa: N801 - named as dlt names destinations
    """``dlt.destinations.duckdb`` with typed loading."""

    @property
    def client_class(self) -> type[Any]:
        """The client that dlt uses."""
        return TypedDuckDbClient


def staging_file(path: Path) -> typed_duckdb:
    """The destination for one run's rows: a file of its own, in as little memory as the tables.

    It is read once and removed, so nothing is spent on compressing it.
    """
    config = {**SMALL, "force_compression": "uncompressed"}
    return typed_duckdb(credentials=DuckDbCredentials(str(path), global_config=config))
