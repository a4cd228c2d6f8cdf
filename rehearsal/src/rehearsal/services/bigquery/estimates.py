"""How many bytes a query would read: an estimate, from the rows and columns of its tables.

Google counts the bytes of the columns that a query names, by type; the rehearsal counts eight for
each column of each row of the tables that it reads, and nothing for views. So the figure grows with
the tables as Google's does, and is not Google's.
"""

from rehearsal.api.call import Call
from rehearsal.services.bigquery.analysis import Script
from rehearsal.services.bigquery.names import TableName
from rehearsal.services.bigquery.upstream import found

_LEAST_BILLED_BYTES = 10 * 1024 * 1024
"""A table that is read: https://cloud.google.com/bigquery/pricing#on_demand_pricing"""
_MEBIBYTE = 1024 * 1024
_COLUMN_BYTES = 8


def bytes_read(call: Call, script: Script) -> int:
    """The bytes of all tables that the statements read."""
    return sum(_table_bytes(call, table) for s in script.statements for table in s.reads)


def bytes_billed(read: int) -> int:
    """What is billed for bytes that are read: whole MiB, and at least ten."""
    if read == 0:
        return 0
    return max(_LEAST_BILLED_BYTES, -(-read // _MEBIBYTE) * _MEBIBYTE)


def _table_bytes(call: Call, table: TableName) -> int:
    document = found(call, table.path)
    if document is None or document.get("type") != "TABLE":
        return 0
    rows = found(call, f"{table.path}/data", {"maxResults": ["0"]})
    columns = len(document.get("schema", {}).get("fields", []))
    return int(rows["totalRows"]) * columns * _COLUMN_BYTES if rows else 0
