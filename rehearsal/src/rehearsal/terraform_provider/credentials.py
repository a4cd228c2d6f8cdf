"""Whose calls they are: an access token, a key or file, or application default credentials."""

from __future__ import annotations

import os
import threading
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from rehearsal.terraform_provider.errors import ProviderError

if TYPE_CHECKING:
    import httpx

_SCOPES = (
    "https://www.googleapis.com/auth/cloud-platform",
    "https://www.googleapis.com/auth/userinfo.email",
)
_TOKENS = ("GOOGLE_OAUTH_ACCESS_TOKEN",)
_FILES = (
    "GOOGLE_CREDENTIALS",
    "GOOGLE_CLOUD_KEYFILE_JSON",
    "GCLOUD_KEYFILE_JSON",
    "GOOGLE_APPLICATION_CREDENTIALS",
)
"""In the order in which the real provider looks for them.

https://registry.terraform.io/providers/hashicorp/google/latest/docs/guides/provider_reference
"""


@dataclass
class Credentials:
    """Found when the first call is made; renewed when they expire."""

    client: httpx.Client
    access_token: str | None = None
    """The provider's own setting."""
    credentials: str | None = None
    """The provider's own setting: JSON, or a file with it."""
    environment: Mapping[str, str] = field(default_factory=lambda: os.environ)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _found: Any = None

    def token(self) -> str:
        """An access token.

        Raises:
            ProviderError: there are no credentials, or they are refused.
        """
        given = self.access_token or self._first(_TOKENS)
        if given and not self.credentials:
            return given
        with self._lock:
            return self._renewed()

    def _renewed(self) -> str:
        import google.auth.exceptions

        try:
            self._found = self._found or self._find()
            if not self._found.valid:
                self._found.refresh(_Request(self.client))
        except (google.auth.exceptions.GoogleAuthError, OSError, ValueError) as error:
            raise ProviderError(
                "Attempted to load application default credentials since neither `credentials`"
                f" nor `access_token` was set in the provider block. No credentials loaded: {error}"
            ) from error
        token: str = self._found.token
        return token

    def _find(self) -> Any:
        import google.auth

        own = self.credentials or self._first(_FILES)
        if own:
            text = own if own.lstrip().startswith("{") else Path(own).expanduser().read_text()
            return _loaded(text)
        # Without a file it is gcloud's login, or a metadata server.
        return google.auth.default(scopes=_SCOPES, request=_Request(self.client))[0]  # type: ignore[arg-type]

    def _first(self, names: tuple[str, ...]) -> str | None:
        return next((self.environment[name] for name in names if self.environment.get(name)), None)


def _loaded(text: str) -> Any:
    """Credentials from a file's content: a key, a user's login, or another provider's identity."""
    from google.auth import identity_pool
    from google.oauth2 import credentials, service_account

    info = msgspec.json.decode(text, type=dict[str, Any])
    kind = info.get("type")
    if kind == "service_account":
        return service_account.Credentials.from_service_account_info(info, scopes=_SCOPES)  # type: ignore[no-untyped-call]
    if kind == "authorized_user":
        return credentials.Credentials.from_authorized_user_info(info, scopes=_SCOPES)  # type: ignore[no-untyped-call]
    if kind == "external_account":
        return identity_pool.Credentials.from_info(info, scopes=_SCOPES)  # type: ignore[no-untyped-call]
    raise ValueError(f"credentials of the type {kind!r} are not supported")


@dataclass(frozen=True)
class _Answer:
    """As google-auth wants it."""

    status: int
    headers: Mapping[str, str]
    data: bytes


@dataclass(frozen=True)
class _Request:
    """google-auth's transport, on the provider's own client."""

    client: httpx.Client

    def __call__(
        self,
        url: str,
        method: str = "GET",
        body: Any = None,
        headers: MutableMapping[str, str] | None = None,
        timeout: float | None = None,
        **_: Any,
    ) -> _Answer:
        import google.auth.exceptions
        import httpx

        try:
            answer = self.client.request(
                method, url, content=body, headers=headers, timeout=timeout or 30.0
            )
        except httpx.TransportError as error:
            raise google.auth.exceptions.TransportError(error) from error  # type: ignore[no-untyped-call]
        return _Answer(answer.status_code, answer.headers, answer.content)
