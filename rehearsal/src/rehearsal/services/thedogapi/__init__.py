"""The Dog API, as the pipeline meets it: a key, pages, and a limit on requests.

https://docs.thedogapi.com and recordings of 2026. The breeds are the pipeline's own sample.
"""

import threading
import time
from collections import deque
from functools import cache
from pathlib import Path

from rehearsal.api.call import Answer, Call
from rehearsal.api.service import Service
from rehearsal.cloud import Cloud
from rehearsal.documents import Document, encode

service = Service("api.thedogapi.com", "The Dog API", enablement=False)

SAMPLE = Path(__file__).parents[5] / "pipelines/dlt-ingestion/src/dlt_ingestion/sample/breeds.json"
KIND = "thedogapi"
_KEY_PREFIX = "live_"
"""Which keys are good: any that looks like one."""
_HIGHEST_LIMIT = 25
_WINDOW_SECONDS = 60.0
_PER_WINDOW = 60
"""The free plan has 10 a minute; a rehearsal makes many runs in one."""


class _Limit:
    """Counts the requests of each key in the last minute of real time, as containers keep it."""

    def __init__(self) -> None:
        self._recent: dict[str, deque[float]] = {}
        self._lock = threading.Lock()

    def wait_seconds(self, key: str, allowed: int) -> float:
        """0 where a request is allowed, and counted."""
        with self._lock:
            now = time.monotonic()
            recent = self._recent.setdefault(key, deque())
            while recent and now - recent[0] > _WINDOW_SECONDS:
                recent.popleft()
            if len(recent) >= allowed:
                return _WINDOW_SECONDS - (now - recent[0])
            recent.append(now)
            return 0.0


_limit = _Limit()


def configure(cloud: Cloud, breeds: list[Document] | None, requests_per_minute: int | None) -> None:
    """Puts other breeds, or another limit, in place; None: as it was at the start."""
    settings: Document = {}
    if breeds is not None:
        settings["breeds"] = breeds
    if requests_per_minute is not None:
        settings["requests_per_minute"] = requests_per_minute
    cloud.store.put(KIND, "settings", settings)


@service.raw(
    "GET", "/v1/breeds", host=r"api\.thedogapi\.com", name="thedogapi.breeds",
    source="https://docs.thedogapi.com/docs/pagination", outside=True,
)  # fmt: skip
def breeds(call: Call) -> Answer:
    """A page of breeds."""
    settings = call.cloud.store.get(KIND, "settings") or {}
    key = call.headers.get("x-api-key", "")
    if not key.startswith(_KEY_PREFIX):
        return _json({"message": "Forbidden"}, 403)
    wait = _limit.wait_seconds(key, settings.get("requests_per_minute", _PER_WINDOW))
    if wait > 0:
        headers = {"retry-after": str(int(wait) + 1)}
        return _json({"message": "Too Many Requests"}, 429, headers)
    try:
        limit = int(call.parameter("limit") or 10)
        page = int(call.parameter("page") or 0)
    except ValueError:
        return _json({"message": "limit and page are whole numbers"}, 400)
    return _page(settings.get("breeds", _sample()), min(max(limit, 1), _HIGHEST_LIMIT), page)


def _page(found: list[Document], limit: int, page: int) -> Answer:
    first = max(page, 0) * limit
    headers = {
        "pagination-count": str(len(found)),
        "pagination-page": str(page),
        "pagination-limit": str(limit),
    }
    return _json(found[first : first + limit], 200, headers)


def _json(body: object, status: int, headers: dict[str, str] | None = None) -> Answer:
    kind = {"content-type": "application/json; charset=utf-8"}
    return Answer(encode(body), status, kind | (headers or {}))


@cache
def _sample() -> list[Document]:
    import msgspec

    found: list[Document] = msgspec.json.decode(SAMPLE.read_bytes())
    return found
