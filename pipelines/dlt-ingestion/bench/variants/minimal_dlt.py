"""The least that dlt needs for one table: the records as they come, everything by default."""

import os
from collections.abc import Iterator
from typing import Any

import dlt
import requests


@dlt.resource(name="breeds", write_disposition="replace")
def breeds() -> Iterator[list[dict[str, Any]]]:
    url = f"{os.environ['DOG_API_BASE_URL']}/breeds"
    read, page = 0, 0
    with requests.Session() as session:
        session.headers["x-api-key"] = os.environ["DOG_API_KEY"]
        while True:
            answer = session.get(url, params={"limit": 1000, "page": page}, timeout=30)
            answer.raise_for_status()
            records = answer.json()
            yield records
            read, page = read + len(records), page + 1
            if read >= int(answer.headers["pagination-count"]):
                return


pipeline = dlt.pipeline(
    "minimal",
    destination=dlt.destinations.duckdb(os.environ["DUCKDB_PATH"]),
    dataset_name="dogs",
)
pipeline.run(breeds())
