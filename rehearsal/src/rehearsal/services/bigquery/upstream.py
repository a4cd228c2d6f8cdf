"""Calls to local-bigquery, the process that keeps the rows and runs the SQL."""

from functools import cache

import httpx

from rehearsal.api.call import Call
from rehearsal.documents import Document, decode
from rehearsal.errors import ApiError, not_here, unavailable

ROOT = "/bigquery/v2/"
_TIMEOUT = httpx.Timeout(600, connect=5)
type Parameters = dict[str, list[str]]


def send(
    call: Call,
    http_method: str,
    path: str,
    *,
    json: Document | None = None,
    content: bytes | None = None,
    parameters: Parameters | None = None,
    headers: dict[str, str] | None = None,
) -> Document:
    """The JSON that it answers; {} if it has no body. ``path`` as below ``/bigquery/v2/``.

    Raises:
        ApiError: what it refused, as it said so; 404 if it does not run; 503 if it fails.
    """
    try:
        answer = _client(_address(call)).request(
            http_method,
            path if path.startswith("/") else ROOT + path,
            json=json,
            content=content,
            params=parameters,
            headers=headers,
        )
    except httpx.TransportError as error:
        raise unavailable(
            f"BigQuery's stand-in does not answer ({error!r}): see `rehearsal logs bigquery`."
        ) from error
    if answer.status_code >= 400:
        raise _refused(answer)
    document = decode(answer.content) if answer.content.strip() not in {b"", b"null"} else {}
    if not document.get("nextPageToken", "more"):
        # Of a last page; `bq ls` asks for more as long as the key is there.
        del document["nextPageToken"]
    return document


def found(call: Call, path: str, parameters: Parameters | None = None) -> Document | None:
    """The JSON that it answers to GET, or None where it has nothing.

    Raises:
        ApiError: as ``send``, but not 404.
    """
    try:
        return send(call, "GET", path, parameters=parameters)
    except ApiError as error:
        if error.reason == "notFound":
            return None
        raise


def asked(call: Call, *names: str) -> Parameters:
    """Those of the call's query parameters that are to be passed on."""
    return {name: call.query[name] for name in names if call.query.get(name)}


def _address(call: Call) -> str:
    address = call.cloud.addresses.bigquery
    if address is None:
        raise not_here(
            "BigQuery's stand-in does not run: `rehearsal status` says why, `rehearsal up` starts"
            " it."
        )
    return address


@cache
def _client(address: str) -> httpx.Client:
    """One for the process: its connections are kept, and may be used by all threads."""
    # The environment's proxy is for the tools: this call goes to a process beside us.
    return httpx.Client(base_url=address, timeout=_TIMEOUT, trust_env=False)


def _refused(answer: httpx.Response) -> ApiError:
    try:
        error = decode(answer.content)["error"]
        message, status = str(error["message"]), str(error["status"])
        reason = str(error["errors"][0]["reason"])
    except (ValueError, KeyError, IndexError, TypeError) as unreadable:
        raise unavailable(
            f"BigQuery's stand-in answered {answer.status_code}, and no error of BigQuery's:"
            f" {answer.text[:200]}"
        ) from unreadable
    if reason == "notImplemented":
        # bq and gcloud repeat every 5xx.
        return not_here(message)
    return ApiError(answer.status_code, status, message, reason=reason)
