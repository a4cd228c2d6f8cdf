"""``GET /v1/breeds``: the sample of the pipeline, with The Dog API's key, pages and limit.

https://docs.thedogapi.com/; the behaviours are those of the pipeline's own sample server.
"""

from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import msgspec

from rehearsal.api.call import Answer, Call
from rehearsal.clock import parse_rfc3339, rfc3339
from rehearsal.documents import encode
from rehearsal.errors import not_here
from rehearsal.services.thedogapi.definition import HOST, service
from rehearsal.services.thedogapi.settings import settings

_SAMPLE = Path(__file__).parents[5] / "pipelines/dlt-ingestion/src/dlt_ingestion/sample/breeds.json"
_REQUESTS = "thedogapi.requests"
_MINUTE = timedelta(minutes=1)
_PAGE_SIZE, _LONGEST_PAGE = 10, 25


@service.raw(
    "GET",
    r"/v1/breeds",
    host=HOST.replace(".", r"\."),
    name="thedogapi.breeds.list",
    source="https://docs.thedogapi.com/",
)
def list_breeds(call: Call) -> Answer:
    """A page of breeds."""
    key = call.headers.get("x-api-key", "")
    if not settings(call.cloud.store).takes(key):
        return _answer({"message": "Forbidden"}, 403)
    wait = _seconds_to_wait(call, key)
    if wait:
        return _answer({"message": "Too Many Requests"}, 429, {"retry-after": str(wait)})
    try:
        limit = int(call.parameter("limit") or _PAGE_SIZE)
        number = max(0, int(call.parameter("page") or 0))
    except ValueError:
        return _answer({"message": "limit and page are whole numbers"}, 400)
    breeds = _breeds()[: settings(call.cloud.store).breeds]
    return _page(breeds, max(1, min(limit, _LONGEST_PAGE)), number)


@service.raw(
    "GET HEAD POST PUT PATCH DELETE",
    r"/.*",
    host=HOST.replace(".", r"\."),
    name="thedogapi.other",
    source="https://docs.thedogapi.com/",
)
def nothing(_: Call) -> Answer:
    """What the pipeline does not ask for."""
    return _answer({"message": "Not Found"}, 404)


def _page(breeds: list[Any], limit: int, number: int) -> Answer:
    headers = {
        "pagination-count": str(len(breeds)),
        "pagination-page": str(number),
        "pagination-limit": str(limit),
    }
    return _answer(breeds[number * limit : (number + 1) * limit], 200, headers)


def _seconds_to_wait(call: Call, key: str) -> int:
    """Counts a request in; above 0 where the key has asked too often within a minute."""
    allowed = settings(call.cloud.store).requests_per_minute
    times = [parse_rfc3339(text) for text in _times(call, key)]
    recent = [moment for moment in times if moment > call.now - _MINUTE]
    if len(recent) >= allowed:
        return _whole_seconds(recent[-allowed], call.now)
    kept = [rfc3339(moment) for moment in [*recent, call.now]]
    call.cloud.store.put(_REQUESTS, key, {"times": kept})
    return 0


def _times(call: Call, key: str) -> list[str]:
    times: list[str] = (call.cloud.store.get(_REQUESTS, key) or {"times": []})["times"]
    return times


def _whole_seconds(since: datetime, now: datetime) -> int:
    return int((since + _MINUTE - now).total_seconds()) + 1


@cache
def _breeds() -> list[Any]:
    if not _SAMPLE.is_file():
        raise not_here(f"The breeds are not there: {_SAMPLE} belongs to this repository.")
    breeds: list[Any] = msgspec.json.decode(_SAMPLE.read_bytes())
    return breeds


def _answer(body: object, status: int, headers: dict[str, str] | None = None) -> Answer:
    typed = {"content-type": "application/json; charset=utf-8"} | (headers or {})
    return Answer(encode(body), status, typed)
