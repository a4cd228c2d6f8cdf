"""Credentials for the tools: a token file that is renewed in time, and default credentials.

Each principal has a folder of its own. Those that were given out once are renewed before they
expire on the rehearsal's clock, and after a restart or a reset: an open shell goes on working.
"""

import hashlib
from datetime import datetime, timedelta
from pathlib import Path

from rehearsal.cloud import Cloud
from rehearsal.documents import Document, encode
from rehearsal.errors import RehearsalError
from rehearsal.identity.principal import Principal
from rehearsal.running.entering import credentials_folder
from rehearsal.running.state import write_whole

_ADC_FILES = "adc files"
"""Kind of what was written, by member."""
_LIFETIME = timedelta(hours=1)
_RENEWED_BEFORE_END = timedelta(minutes=10)
_CLIENT = "rehearsal.apps.googleusercontent.com"
_KINDS = ("user:", "serviceAccount:")


class Credentials:
    """The files below ``folder``, and when they have to be written anew."""

    def __init__(self, cloud: Cloud, folder: Path) -> None:
        self._cloud, self._folder = cloud, folder
        self._renewal: datetime | None = None

    def start(self) -> None:
        """Renews what was given out before, and from now on in time."""
        self._renew(self._cloud.clock.now())
        self._cloud.timeline.register("credentials", self._renew, lambda: self._renewal)

    def give(self, _: Cloud, body: Document) -> Document:
        """A control: ``{"member": ...}`` to ``{"tokenFile": ..., "adcFile": ...}``.

        Raises:
            RehearsalError: that is no user or service account.
        """
        member = str(body.get("member", ""))
        if not member.startswith(_KINDS):
            raise RehearsalError(f"{member!r} is neither user:EMAIL nor serviceAccount:EMAIL")
        folder = credentials_folder(self._folder, member)
        folder.mkdir(parents=True, exist_ok=True)
        write_whole(folder / "member", member.encode())
        token_file, adc_file = self._write(folder, member)
        if self._renewal is None:
            self._renewal = self._cloud.clock.now() + _LIFETIME - _RENEWED_BEFORE_END
        return {"tokenFile": str(token_file), "adcFile": str(adc_file)}

    def _renew(self, now: datetime) -> None:
        members = sorted(self._folder.glob("*/member"))
        for file in members:
            self._write(file.parent, file.read_text())
        self._renewal = now + _LIFETIME - _RENEWED_BEFORE_END if members else None

    def _write(self, folder: Path, member: str) -> tuple[Path, Path]:
        token_file, adc_file = folder / "access-token", folder / "adc.json"
        token = self._cloud.tokens.issue(Principal(member), _LIFETIME)
        write_whole(token_file, token.encode())
        if not self._is_kept(adc_file, member):
            write_whole(adc_file, self._default_credentials(member))
        return token_file, adc_file

    def _is_kept(self, adc_file: Path, member: str) -> bool:
        """Whether the file is the one that the server knows of."""
        kept = self._cloud.store.get(_ADC_FILES, member)
        return adc_file.is_file() and kept == _fingerprint(adc_file.read_bytes())

    def _default_credentials(self, member: str) -> bytes:
        """What https://cloud.google.com/docs/authentication/gcloud writes for a user's login."""
        from rehearsal.services.oauth.granting import refresh_token

        with self._cloud.store.transaction():
            content = encode(
                {
                    "type": "authorized_user",
                    "client_id": _CLIENT,
                    "client_secret": "rehearsal",
                    "refresh_token": refresh_token(self._cloud, Principal(member)),
                    "token_uri": "https://oauth2.googleapis.com/token",
                }
            )
            self._cloud.store.put(_ADC_FILES, member, _fingerprint(content))
        return content


def _fingerprint(content: bytes) -> Document:
    return {"sha256": hashlib.sha256(content).hexdigest()}
