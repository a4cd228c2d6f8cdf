"""Calls of Google's REST APIs: with credentials, through the user's proxy, with short retries."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

import msgspec

from rehearsal.documents import Document, encode
from rehearsal.terraform_provider.credentials import Credentials
from rehearsal.terraform_provider.errors import ApiError, OperationError, ProviderError

if TYPE_CHECKING:
    import httpx

_TRANSIENT = frozenset({429, 500, 502, 503})
_PAUSES_SECONDS = (0.2, 0.4, 0.8, 1.6, 3.2)
"""Before each retry; the real provider goes on for twenty minutes."""
_TIMEOUT_SECONDS = 60.0
_POLL_SECONDS, _LONGEST_POLL_SECONDS = 0.1, 2.0
_OPERATION_SECONDS = 1200.0


@dataclass
class Rest:
    """May be used by many threads."""

    credentials: Credentials
    client: httpx.Client
    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic
    stopped: threading.Event = field(default_factory=threading.Event)
    """Set when Terraform wants to end: nothing is repeated or waited for any longer."""

    def call(
        self,
        method: str,
        url: str,
        body: Document | None = None,
        query: Mapping[str, str] | None = None,
    ) -> Document:
        """What an API answers; {} if that has no body.

        Raises:
            ApiError: it answers no, for a transient reason even after a few repetitions.
            ProviderError: it can't be reached, or there are no credentials.
        """
        for pause in (*_PAUSES_SECONDS, None):
            response = self._send(method, url, body, query or {})
            if response.status_code < 300:
                return _json(response)
            if response.status_code not in _TRANSIENT or pause is None or self.stopped.is_set():
                raise ApiError(response.status_code, _json(response, strict=False))
            self.sleep(pause)
        raise AssertionError("the last pause ends the loop")

    def get(self, url: str, **query: str) -> Document:
        """A resource."""
        return self.call("GET", url, query=query)

    def finished(self, url_of: Callable[[str], str], operation: Document) -> Document:
        """Waits for a long-running operation; gives its last document.

        ``url_of`` gives the address of an operation by its name.

        Raises:
            OperationError: it has failed.
            ProviderError: Terraform is to end before it has.
        """
        pause, end = _POLL_SECONDS, self.clock() + _OPERATION_SECONDS
        while not operation.get("done"):
            operation = self._polled(url_of(operation["name"]), operation)
            if operation.get("done"):
                break
            if self.stopped.is_set() or self.clock() > end:
                raise ProviderError(f"operation {operation['name']} had not ended yet")
            self.sleep(pause)
            pause = min(2 * pause, _LONGEST_POLL_SECONDS)
        if "error" in operation:
            raise OperationError(operation["error"])
        return operation

    def _polled(self, url: str, operation: Document) -> Document:
        try:
            return self.get(url)
        except ApiError as error:
            if error.code != 404:  # it may not be visible everywhere yet
                raise
            return operation

    def _send(
        self, method: str, url: str, body: Document | None, query: Mapping[str, str]
    ) -> httpx.Response:
        import httpx

        headers = {"authorization": f"Bearer {self.credentials.token()}"}
        content = None
        if body is not None:
            headers["content-type"] = "application/json"
            content = encode(body)
        # ':' and '@' stay as they are, as in the real provider's addresses.
        address = f"{url}?{urlencode({**query, 'alt': 'json'}, quote_via=quote)}"
        try:
            return self.client.request(method, address, headers=headers, content=content)
        except httpx.TransportError as error:
            raise ProviderError(f'{method.capitalize()} "{address}": {error}') from error


def http_client() -> httpx.Client:
    """Through HTTPS_PROXY, and trusting SSL_CERT_FILE."""
    import ssl

    import httpx

    trusted = os.environ.get("SSL_CERT_FILE") or None
    return httpx.Client(
        verify=ssl.create_default_context(cafile=trusted),
        timeout=_TIMEOUT_SECONDS,
        limits=httpx.Limits(max_connections=32),
    )


def _json(response: httpx.Response, *, strict: bool = True) -> Document:
    if not response.content:
        return {}
    try:
        answer: Any = msgspec.json.decode(response.content)
    except msgspec.DecodeError:
        if strict:
            raise ProviderError(
                f"{response.request.url} has answered what is no JSON: {response.text[:200]}"
            ) from None
        return {"error": {"message": response.text[:1000]}}
    return answer if isinstance(answer, dict) else {"value": answer}
