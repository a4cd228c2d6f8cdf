"""The Dog API's breeds in a warehouse: read, parsed, audited and published whole or not at all."""

from importlib.metadata import version

__version__ = version("dlt-ingestion")
