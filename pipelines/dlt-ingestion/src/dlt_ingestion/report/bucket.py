"""Puts the page into a Cloud Storage bucket, over the JSON API that google-auth's session reaches.

One upload of metadata and content together, so that the object is never half written and never
has another content type:
https://cloud.google.com/storage/docs/json_api/v1/objects/insert
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import google.auth
import google.auth.exceptions
import msgspec
import requests
import tenacity
from google.auth.transport.requests import AuthorizedSession

from dlt_ingestion.clock import Clock
from dlt_ingestion.errors import ConfigurationError, ReportError, ReportUnavailableError

OBJECT = "dog-breeds.html"
_SCOPE = "https://www.googleapis.com/auth/devstorage.read_write"
_TRIES = 4
_CONNECT_SECONDS, _ANSWER_SECONDS = 5.0, 30.0
# https://cloud.google.com/storage/docs/retry-strategy
_WORTH_A_RETRY = {408, 429, 500, 502, 503, 504}
_LONGEST_ANSWER = 300
_NEEDED = ("storage.objects.create", "storage.objects.delete")
"""To write the page, and to write it again over the one before."""

OpenSession = Callable[[], requests.Session]


def authorized_session() -> requests.Session:
    """A session with Application Default Credentials. Raises ConfigurationError without any."""
    try:
        credentials, _ = google.auth.default(scopes=[_SCOPE])
    except google.auth.exceptions.DefaultCredentialsError as error:
        raise ConfigurationError(
            f"There are no Google credentials to write to the bucket with ({error}). On a laptop: "
            "gcloud auth application-default login. In Cloud Run: attach a service account."
        ) from error
    session: requests.Session = AuthorizedSession(credentials)  # type: ignore[no-untyped-call]
    return session


@dataclass(frozen=True)
class Bucket:
    """A bucket by its name."""

    name: str
    clock: Clock
    open_session: OpenSession = authorized_session
    endpoint: str = "https://storage.googleapis.com"

    @property
    def address(self) -> str:
        """The object's address, as gcloud takes it."""
        return f"gs://{self.name}/{OBJECT}"

    def examine(self) -> str:
        """Whether the page could be written, in words; writes nothing. Raises as ``write`` does."""
        with self.open_session() as session:
            url = f"{self.endpoint}/storage/v1/b/{self.name}/iam/testPermissions"
            answer = self._ask(session, "GET", url, params={"permissions": _NEEDED})
        granted = msgspec.json.decode(answer.content, type=_Granted).permissions
        missing = [permission for permission in _NEEDED if permission not in granted]
        if missing:
            raise ReportError(
                f"{self.address} can't be written: {' and '.join(missing)} is not granted. "
                f"{_remedy(requests.codes.forbidden)}"
            )
        return f"{self.address} may be written"

    def write(self, page: str) -> int:
        """Replaces the object by this page; returns its size in bytes. Safe to repeat.

        Raises ReportError where the bucket can't be written, ConfigurationError without
        credentials.
        """
        content = page.encode()
        body, content_type = _multipart(content)
        retry = tenacity.Retrying(
            stop=tenacity.stop_after_attempt(_TRIES),
            wait=tenacity.wait_random_exponential(multiplier=0.5, max=8),
            retry=tenacity.retry_if_exception_type(ReportUnavailableError),
            sleep=self.clock.sleep,
            reraise=True,
        )
        with self.open_session() as session:
            retry(
                self._ask, session, "POST", f"{self.endpoint}/upload/storage/v1/b/{self.name}/o",
                params={"uploadType": "multipart"}, data=body,
                headers={"Content-Type": content_type},
            )  # fmt: skip
        return len(content)

    def _ask(
        self, session: requests.Session, method: str, url: str, **request: Any
    ) -> requests.Response:
        try:
            answer = session.request(
                method, url, timeout=(_CONNECT_SECONDS, _ANSWER_SECONDS), **request
            )
        except (requests.RequestException, google.auth.exceptions.TransportError) as error:
            raise ReportUnavailableError(f"{self.address} can't be written: {error}.") from error
        except google.auth.exceptions.GoogleAuthError as error:
            raise ReportError(
                f"{self.address} can't be written: no token was given ({error})."
            ) from error
        if answer.ok:
            return answer
        said = f"{answer.status_code} {_message(answer)}".rstrip(".")
        kind = ReportUnavailableError if answer.status_code in _WORTH_A_RETRY else ReportError
        raise kind(f"{self.address} can't be written: {said}. {_remedy(answer.status_code)}")


class _Granted(msgspec.Struct):
    """https://cloud.google.com/storage/docs/json_api/v1/buckets/testIamPermissions"""

    permissions: list[str] = []


class _Error(msgspec.Struct):
    message: str = ""


class _ErrorAnswer(msgspec.Struct):
    """https://cloud.google.com/storage/docs/json_api/v1/status-codes"""

    error: _Error


def _message(answer: requests.Response) -> str:
    """What a refusal says, in Google's form or any other."""
    try:
        return msgspec.json.decode(answer.content, type=_ErrorAnswer).error.message
    except msgspec.DecodeError:
        return answer.text[:_LONGEST_ANSWER].strip()


def _remedy(status: int) -> str:
    if status in {401, 403}:
        return "The account needs roles/storage.objectUser on the bucket."
    if status == requests.codes.not_found:
        return "REPORT_BUCKET names no bucket: make it, or correct the name."
    return "A later run writes it again."


def _multipart(content: bytes) -> tuple[bytes, str]:
    """Metadata and content in the form of RFC 2387, and the content type that says so."""
    boundary = f"report-{secrets.token_hex(16)}"
    metadata = msgspec.json.encode(
        {"name": OBJECT, "contentType": "text/html; charset=utf-8", "cacheControl": "no-cache"}
    )
    head = f"--{boundary}\r\nContent-Type: application/json; charset=UTF-8\r\n\r\n".encode()
    middle = f"\r\n--{boundary}\r\nContent-Type: text/html; charset=utf-8\r\n\r\n".encode()
    body = b"".join([head, metadata, middle, content, f"\r\n--{boundary}--\r\n".encode()])
    return body, f"multipart/related; boundary={boundary}"
