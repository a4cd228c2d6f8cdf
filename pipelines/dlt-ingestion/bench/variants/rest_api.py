"""dlt's own REST API source, with files of JSON lines instead of its slow default for DuckDB."""

import os

import dlt
from dlt.sources.rest_api import rest_api_source

source = rest_api_source(
    {
        "client": {
            "base_url": os.environ["DOG_API_BASE_URL"],
            "headers": {"x-api-key": os.environ["DOG_API_KEY"]},
            "paginator": {
                "type": "page_number",
                "base_page": 0,
                "total_path": None,
                "stop_after_empty_page": True,
            },
        },
        "resources": [
            {
                "name": "breeds",
                "write_disposition": "replace",
                "endpoint": {"path": "breeds", "params": {"limit": 1000}},
            }
        ],
    }
)
pipeline = dlt.pipeline(
    "rest_api",
    destination=dlt.destinations.duckdb(os.environ["DUCKDB_PATH"]),
    dataset_name="dogs",
)
pipeline.run(source, loader_file_format="jsonl")
