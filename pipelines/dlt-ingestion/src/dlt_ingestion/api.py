"""The Dog API over HTTP: one answer a call, with time-outs, retries and pacing.

Facts: https://docs.thedogapi.com (header ``x-api-key``, ``limit`` and zero-based ``page``,
headers ``pagination-count``, ``pagination-page``, ``pagination-limit``).
"""

import hashlib
import logging
import re
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from types import TracebackType

import requests
import tenacity

from dlt_ingestion.clock import Clock
from dlt_ingestion.config import Settings
from dlt_ingestion.errors import (
    ConfigurationError,
    SourceError,
    SourceRefusedError,
    SourceUnavailableError,
)
from dlt_ingestion.events import REDACTED, emit

_LONGEST_WAIT_SECONDS = 300.0
_PACING_WINDOW_SECONDS = 60.0
_WHOLE_NUMBER = re.compile(r"[0-9]{1,18}")
_TRANSIENT_STATUS = {408, 425, 429, 500, 502, 503, 504}
_UNTRUSTED = "CERTIFICATE_VERIFY_FAILED"  # OpenSSL's word; other TLS errors may pass
_REMEDY = {
    401: "the key in DOG_API_KEY is missing or unknown: make a new one at https://thedogapi.com",
    403: "the key in DOG_API_KEY is not accepted: make a new one at https://thedogapi.com",
    404: "DOG_API_BASE_URL or DOG_API_ENDPOINT is wrong",
}


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer of the API, verbatim; ``fetched_at`` in UTC, the counts as its headers say.

    ``sha256`` is the body's, in hexadecimal.
    """

    page: int
    url: str
    status: int
    body: bytes = field(repr=False)
    sha256: str
    fetched_at: datetime
    count: int | None = None
    page_limit: int | None = None
    page_number: int | None = None


class Pacer:
    """Holds requests back so that no more than ``per_minute`` start in any minute; 0: no limit."""

    def __init__(
        self,
        per_minute: int,
        sleep: Callable[[float], None],
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._sleep, self._monotonic = sleep, monotonic
        self._started: deque[float] = deque(maxlen=per_minute or None)
        self._per_minute = per_minute

    def wait(self) -> None:
        """Returns when the next request may start."""
        if not self._per_minute:
            return
        if len(self._started) == self._per_minute:
            ready = self._started[0] + _PACING_WINDOW_SECONDS
            seconds = ready - self._monotonic()
            if seconds > 0:
                emit("api_paced", wait_seconds=seconds, requests_per_minute=self._per_minute)
                self._sleep(seconds)
        self._started.append(self._monotonic())


class DogApi:
    """Reads pages of breeds over one connection. Use as a context manager."""

    def __init__(
        self,
        settings: Settings,
        clock: Clock,
        *,
        keep: Callable[[Answer], None] = lambda _: None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """``keep`` receives every answer that counts, before anything is made of it."""
        self._settings, self._clock, self._keep = settings, clock, keep
        self._pacer = Pacer(settings.api_requests_per_minute, clock.sleep, monotonic)
        self._session = requests.Session()
        self._session.trust_env = not settings.sample  # no proxy on the way to this machine
        self._session.headers.update(
            {
                "x-api-key": settings.api_key,
                "Accept": "application/json",
                "User-Agent": f"dlt-ingestion/{settings.code_version}",
            }
        )
        self.requests = 0
        self._refused: Answer | None = None

    def __enter__(self) -> "DogApi":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._session.close()

    def fetch(self, page: int, page_size: int | None = None) -> Answer:
        """One page. Safe to repeat.

        Raises SourceRefusedError (401, 403, 404, a redirect), SourceUnavailableError once all tries
        failed, SourceError for any other refusal, ConfigurationError where the address can't be
        asked or its certificate is not trusted.
        """
        try:
            answer = self._retrying()(self._attempt, page, page_size)
        except (SourceError, SourceRefusedError):
            if self._refused is not None:
                self._keep(self._refused)
            raise
        self._keep(answer)
        return answer

    def _retrying(self) -> tenacity.Retrying:
        return tenacity.Retrying(
            retry=tenacity.retry_if_exception_type(SourceUnavailableError),
            stop=tenacity.stop_after_attempt(self._settings.api_max_attempts),
            wait=_wait_seconds,
            sleep=self._clock.sleep,
            before_sleep=_log_retry,
            reraise=True,
        )

    def _attempt(self, page: int, page_size: int | None) -> Answer:
        self._pacer.wait()
        self.requests += 1
        self._refused = None
        url = self._settings.api_url
        query = {"limit": str(page_size or self._settings.api_page_size), "page": str(page)}
        try:
            # Redirects are not followed: the key would go along, to whatever host.
            response = self._session.get(
                url,
                params=query,
                timeout=self._settings.api_timeout_seconds,
                allow_redirects=False,
            )
        except requests.exceptions.InvalidURL as error:
            raise ConfigurationError(
                f"{url} can't be asked ({error}): DOG_API_BASE_URL or a proxy's address is wrong."
            ) from error
        except requests.exceptions.RequestException as error:
            if _UNTRUSTED in str(error):
                raise ConfigurationError(
                    f"{url} has no certificate that this machine trusts ({error}). Behind a proxy, "
                    "set REQUESTS_CA_BUNDLE to its certificate bundle."
                ) from error
            raise SourceUnavailableError(
                f"{url} did not answer: {error}. Is the network up? A later run may succeed."
            ) from error
        answer = self._refused = _answer(response, page, self._clock.now())
        if response.status_code != requests.codes.ok:
            self._raise_for(response, url)
        self._check_headers(response)
        return answer

    def _raise_for(self, response: requests.Response, url: str) -> None:
        status, location = response.status_code, response.headers.get("location")
        said = repr(self._without_key(response.content.decode("utf-8", "replace"))[:200])
        if status in _TRANSIENT_STATUS:
            raise SourceUnavailableError(
                f"{url} answered {status} ({said}). A later run may succeed.",
                retry_after_seconds=_retry_after_seconds(response),
            )
        if status in _REMEDY:
            raise SourceRefusedError(f"{url} answered {status} ({said}): {_REMEDY[status]}.")
        if response.is_redirect and location is not None:
            raise SourceRefusedError(
                f"{url} answered {status} and points to {self._without_key(location)!r}: set "
                "DOG_API_BASE_URL and DOG_API_ENDPOINT to where the API is now."
            )
        raise SourceError(f"{url} answered {status} ({said}), which no retry will change.")

    def _check_headers(self, response: requests.Response) -> None:
        for header in ("pagination-count", "pagination-limit", "pagination-page"):
            text = response.headers.get(header)
            if text is not None and _whole_number(response, header) is None:
                said = repr(self._without_key(text)[:40])
                raise SourceError(f"The API's header {header} is {said}, not a whole number.")

    def _without_key(self, text: str) -> str:
        return text.replace(self._settings.api_key, REDACTED)


def _answer(response: requests.Response, page: int, fetched_at: datetime) -> Answer:
    return Answer(
        page=page,
        url=response.url,
        status=response.status_code,
        body=response.content,
        sha256=hashlib.sha256(response.content).hexdigest(),
        fetched_at=fetched_at,
        count=_whole_number(response, "pagination-count"),
        page_limit=_whole_number(response, "pagination-limit"),
        page_number=_whole_number(response, "pagination-page"),
    )


def _whole_number(response: requests.Response, header: str) -> int | None:
    text = response.headers.get(header, "").strip()
    return int(text) if _WHOLE_NUMBER.fullmatch(text) else None


def _retry_after_seconds(response: requests.Response) -> float | None:
    text = response.headers.get("retry-after", "").strip()
    if _WHOLE_NUMBER.fullmatch(text):
        return float(text)
    try:
        return max(0.0, (parsedate_to_datetime(text) - datetime.now(UTC)).total_seconds())
    except (TypeError, ValueError, OverflowError):
        return None


_backoff = tenacity.wait_exponential_jitter(initial=1, max=60, jitter=1)


def _wait_seconds(state: tenacity.RetryCallState) -> float:
    error = state.outcome.exception() if state.outcome else None
    asked = error.retry_after_seconds if isinstance(error, SourceUnavailableError) else None
    return _backoff(state) if asked is None else min(asked + 0.1, _LONGEST_WAIT_SECONDS)


def _log_retry(state: tenacity.RetryCallState) -> None:
    error = state.outcome.exception() if state.outcome else None
    wait_seconds = state.next_action.sleep if state.next_action else 0.0
    emit(
        "api_retry",
        level=logging.WARNING,
        attempt=state.attempt_number,
        wait_seconds=wait_seconds,
        error=str(error),
    )
