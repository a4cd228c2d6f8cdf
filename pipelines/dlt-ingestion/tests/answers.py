"""The API's answers, made up."""

import hashlib
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from dlt_ingestion.api import Answer

FETCHED_AT = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)


def breeds(*ids: str | int) -> list[dict[str, Any]]:
    """The least that a breed has, for each id."""
    return [{"id": identity, "name": f"Breed {identity}"} for identity in ids]


def answer(
    page: int,
    content: bytes | Sequence[Any],
    *,
    status: int = 200,
    count: int | None = None,
    page_limit: int | None = None,
    page_number: int | None = None,
) -> Answer:
    """The answer to the request for a page, with ``content`` as it is or as JSON."""
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    return Answer(
        page=page,
        url=f"http://127.0.0.1/v1/breeds?limit=3&page={page}",
        status=status,
        body=body,
        sha256=hashlib.sha256(body).hexdigest(),
        fetched_at=FETCHED_AT,
        count=count,
        page_limit=page_limit,
        page_number=page_number,
    )
