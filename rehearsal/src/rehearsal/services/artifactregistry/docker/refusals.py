"""The registry's refusals, in the envelope and with the words that Docker's clients print.

https://distribution.github.io/distribution/spec/api/#errors-2
"""

from rehearsal.api.call import Answer
from rehearsal.documents import Document
from rehearsal.errors import ApiError

VERSION = {"docker-distribution-api-version": "registry/2.0"}


class RegistryError(ApiError):
    """A refusal whose word is one of the registry's: DENIED, NAME_UNKNOWN, ..."""

    def __init__(self, code: int, status: str, message: str) -> None:
        super().__init__(code, status, message, reason=status)

    def envelope(self, *, with_errors: bool = False) -> Document:
        """The answer's body, which is another than that of Google's other services."""
        del with_errors
        return {"errors": [{"code": self.status, "message": self.message}]}


class UnauthorizedError(Exception):
    """Nobody known has called; the answer tells where tokens are to be had."""

    def __init__(self, scope: str = "") -> None:
        super().__init__("authentication required")
        self.scope = scope

    def answer(self, host: str) -> Answer:
        """401, with the challenge."""
        challenge = f'Bearer realm="https://{host}/v2/token",service="{host}"'
        if self.scope:
            challenge += f',scope="{self.scope}"'
        body: Document = {"errors": [{"code": "UNAUTHORIZED", "message": str(self)}]}
        return Answer(body, 401, VERSION | {"www-authenticate": challenge})


def denied(permission: str, resource: str) -> RegistryError:
    """403: a permission is missing."""
    return RegistryError(
        403,
        "DENIED",
        f'Permission "{permission}" denied on resource "{resource}" (or it may not exist)',
    )


def denied_to_nobody(permission: str, resource: str) -> RegistryError:
    """403: a permission is missing to who has shown no credential."""
    return RegistryError(
        403,
        "DENIED",
        "Unauthenticated request. Unauthenticated requests do not have permission"
        f' "{permission}" on resource "{resource}" (or it may not exist)',
    )


def unknown_repository(repository_id: str) -> RegistryError:
    """404: there is no such repository of Artifact Registry."""
    return RegistryError(404, "NAME_UNKNOWN", f'Repository "{repository_id}" not found')


def unknown_manifest(reference: str) -> RegistryError:
    """404: there is no such tag or digest."""
    return RegistryError(404, "MANIFEST_UNKNOWN", f'Failed to fetch "{reference}"')


def invalid_manifest(message: str) -> RegistryError:
    """400."""
    return RegistryError(400, "MANIFEST_INVALID", message)


def in_registry_words(error: ApiError) -> RegistryError:
    """Another part's error as the registry says it."""
    if isinstance(error, RegistryError):
        return error
    return RegistryError(error.code, error.status, error.message)
