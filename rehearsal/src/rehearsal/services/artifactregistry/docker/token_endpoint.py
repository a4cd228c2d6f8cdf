"""The registry's token endpoint: a credential of Google's for a token of the registry's.

https://distribution.github.io/distribution/spec/auth/token/
"""

from collections.abc import Iterator
from datetime import timedelta

from rehearsal.api.call import Call
from rehearsal.clock import rfc3339
from rehearsal.documents import Document
from rehearsal.identity.principal import ANONYMOUS
from rehearsal.services.artifactregistry.docker.admission import (
    DELETE,
    DOWNLOAD,
    UPLOAD,
    caller,
    package_in,
    require,
)
from rehearsal.services.artifactregistry.docker.refusals import RegistryError, UnauthorizedError
from rehearsal.services.artifactregistry.names import RepositoryName

_LIFETIME = timedelta(hours=1)
_PERMISSIONS = {"pull": DOWNLOAD, "push": UPLOAD, "delete": DELETE}


def give_token(call: Call) -> Document:
    """A token of whoever shows a credential, or of nobody; each use of it is checked anew.

    Raises:
        UnauthorizedError: the credential is not good.
        RegistryError: 403: none of the scopes that are asked for is granted.
    """
    principal = caller(call) if call.headers.get("authorization") else ANONYMOUS
    if principal is None:
        raise UnauthorizedError
    call.principal = principal
    _require_some(call, [scope for text in call.query.get("scope", []) for scope in text.split()])
    token = call.cloud.tokens.issue(principal, _LIFETIME)
    return {
        "token": token,
        "access_token": token,
        "expires_in": int(_LIFETIME.total_seconds()),
        "issued_at": rfc3339(call.now),
    }


def _require_some(call: Call, scopes: list[str]) -> None:
    """A client may ask for more than it needs, to copy layers from another repository, say."""
    refusal: RegistryError | None = None
    for scope in scopes:
        try:
            for permission, repository in _asked(call, scope):
                require(call, permission, repository)
        except RegistryError as error:
            refusal = refusal or error
        else:
            return
    if refusal is not None:
        raise refusal


def _asked(call: Call, scope: str) -> Iterator[tuple[str, RepositoryName]]:
    """What ``repository:P/R/IMG:pull,push`` asks for; nothing, for scopes of other kinds."""
    kind, _, rest = scope.partition(":")
    name, _, actions = rest.rpartition(":")
    if kind == "repository":
        repository = package_in(call, name).repository
        for action in actions.split(","):
            if action in _PERMISSIONS:
                yield _PERMISSIONS[action], repository
