"""Access tokens: issued to a principal, good until they expire on the rehearsal's clock.

In their place, a service account may bear an assertion that it has signed itself.
"""

import hashlib
import re
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from rehearsal.clock import Clock, parse_rfc3339, rfc3339
from rehearsal.documents import Document
from rehearsal.identity.accounts import is_disabled
from rehearsal.identity.assertions import AssertionRefusedError, verified
from rehearsal.identity.principal import Principal
from rehearsal.store import Store

KIND = "tokens"
CLOUD_PLATFORM = "https://www.googleapis.com/auth/cloud-platform"
_SWEPT_EVERY = 200
_ASSERTION = re.compile(r"eyJ[\w-]+\.[\w-]+\.[\w-]+")
_OF_GOOGLE = re.compile(r"https://([a-z0-9-]+\.)+googleapis\.com(/.*)?")


@dataclass(frozen=True)
class TokenInfo:
    """What is known of a token that is good."""

    principal: Principal
    scopes: tuple[str, ...]
    expires: datetime


class Tokens:
    """Only digests of tokens are kept; they survive a restart."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store, self._clock = store, clock

    def issue(
        self,
        principal: Principal,
        lifetime: timedelta = timedelta(hours=1),
        scopes: tuple[str, ...] = (CLOUD_PLATFORM,),
    ) -> str:
        """A new token of this principal."""
        token = f"ya29.rehearsal-{secrets.token_urlsafe(32)}"
        now = self._clock.now()
        document = {
            "member": principal.member,
            "sets": sorted(principal.sets),
            "scopes": list(scopes),
            "expires": rfc3339(now + lifetime),
        }
        with self._store.transaction():
            self._store.put(KIND, _digest(token), document)
            if self._store.next_number(KIND) % _SWEPT_EVERY == 0:
                self._sweep(now)
        return token

    def principal_of(self, token: str) -> Principal | None:
        """Whose token it is; None: nobody's, or no longer good."""
        info = self.info(token)
        return info.principal if info else None

    def info(self, token: str) -> TokenInfo | None:
        """What is known of a token; None: it is unknown, over, or its account disabled."""
        if _ASSERTION.fullmatch(token):
            return self._asserted(token)
        document = self._store.get(KIND, _digest(token))
        if document is None or _expires(document) <= self._clock.now():
            return None
        principal = Principal(document["member"], frozenset(document["sets"]))
        if principal.is_service_account and is_disabled(self._store, principal.email):
            return None
        return TokenInfo(principal, tuple(document["scopes"]), _expires(document))

    def _asserted(self, token: str) -> TokenInfo | None:
        """Client libraries with an account's key bear an assertion for one API, or with scopes."""
        try:
            claims = verified(self._store, token)
        except AssertionRefusedError:
            return None
        scopes = str(claims.get("scope", "")).split()
        if not scopes and not _OF_GOOGLE.fullmatch(str(claims.get("aud", ""))):
            return None
        expires = datetime.fromtimestamp(claims["exp"], UTC)
        return TokenInfo(Principal(f"serviceAccount:{claims['iss']}"), tuple(scopes), expires)

    def revoke(self, principal: Principal) -> None:
        """Ends all tokens of a principal."""
        with self._store.transaction():
            for digest, document in self._store.list(KIND):
                if document["member"] == principal.member:
                    self._store.delete(KIND, digest)

    def _sweep(self, now: datetime) -> None:
        for digest, document in self._store.list(KIND):
            if _expires(document) <= now:
                self._store.delete(KIND, digest)


def _expires(document: Document) -> datetime:
    return parse_rfc3339(document["expires"])


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
