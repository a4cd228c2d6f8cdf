"""``python -m dlt_ingestion`` is the command line."""

from dlt_ingestion.cli import main

main()
