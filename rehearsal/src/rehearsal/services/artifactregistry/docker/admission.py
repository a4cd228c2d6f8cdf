"""Who may do what in the registry: credentials, and permissions on the repository.

https://cloud.google.com/artifact-registry/docs/docker/authentication
"""

import base64
import re
from dataclasses import dataclass

from rehearsal.api.call import Call
from rehearsal.errors import service_disabled
from rehearsal.identity.principal import ANONYMOUS, Principal
from rehearsal.services.artifactregistry import kinds
from rehearsal.services.artifactregistry.definition import HOST, TITLE
from rehearsal.services.artifactregistry.docker import key_files
from rehearsal.services.artifactregistry.docker.refusals import (
    RegistryError,
    UnauthorizedError,
    denied,
    denied_to_nobody,
    unknown_repository,
)
from rehearsal.services.artifactregistry.names import (
    DOCKER_HOST_SUFFIX,
    PackageName,
    RepositoryName,
)

DOWNLOAD = "artifactregistry.repositories.downloadArtifacts"
UPLOAD = "artifactregistry.repositories.uploadArtifacts"
DELETE = "artifactregistry.repositories.deleteArtifacts"
_COMPONENT = r"[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*"
_IMAGE = re.compile(rf"{_COMPONENT}(?:/{_COMPONENT})*")
_TOKEN_USERS = {"oauth2accesstoken", "_dcgcloud_token"}
_ACTIONS = {DOWNLOAD: "pull", UPLOAD: "push,pull", DELETE: "delete"}


@dataclass(frozen=True)
class Basic:
    """User name and password."""

    user: str
    password: str


def basic(header: str) -> Basic | None:
    """What an ``Authorization: Basic`` header holds; None if it is none, or none that is good."""
    scheme, _, encoded = header.partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        user, _, password = base64.b64decode(encoded, validate=True).decode().partition(":")
    except ValueError:
        return None
    return Basic(user, password)


def caller(call: Call) -> Principal | None:
    """Whose credential the call bears: a token, as Bearer or as the password of Basic, or a key.

    None: nobody's that is known.
    """
    header = call.headers.get("authorization", "")
    scheme, _, token = header.partition(" ")
    if scheme.lower() == "bearer":
        return call.cloud.tokens.principal_of(token.strip())
    given = basic(header)
    if given is None:
        return None
    if given.user in key_files.USERS:
        return key_files.account_of(call.cloud, given.user, given.password)
    return call.cloud.tokens.principal_of(given.password) if given.user in _TOKEN_USERS else None


def package_in(call: Call, name: str) -> PackageName:
    """The package that ``P/R/IMG`` means at the host that was called.

    Raises:
        RegistryError: 400: it names no image, or one that none may be called.
    """
    project, _, rest = name.partition("/")
    repository_id, _, image = rest.partition("/")
    if not image:
        raise RegistryError(
            400,
            "NAME_INVALID",
            "Missing image name. Pushes should be of the form docker push"
            " HOST-NAME/PROJECT-ID/REPOSITORY/IMAGE",
        )
    if _IMAGE.fullmatch(image) is None:
        raise RegistryError(400, "NAME_INVALID", f"Invalid image name {image!r}.")
    location = call.host.removesuffix(DOCKER_HOST_SUFFIX)
    return PackageName(RepositoryName(project, location, repository_id), image)


def admitted(call: Call, permission: str) -> PackageName:
    """The package of the call's path, if its caller may do this with it.

    Raises:
        UnauthorizedError: nobody known has called.
        RegistryError: 403: the permission is missing, or the API is not enabled; 404: there is
            no such repository; 400: the path names no image.
    """
    package = package_in(call, call.path["name"])
    principal = caller(call)
    if principal is None:
        raise UnauthorizedError(f"repository:{call.path['name']}:{_ACTIONS[permission]}")
    call.principal = principal
    call.project = package.repository.project
    require(call, permission, package.repository)
    _require_enabled(call)
    if kinds.repository(call.cloud, package.repository) is None:
        raise unknown_repository(package.repository.id)
    return package


def require(call: Call, permission: str, repository: RepositoryName) -> None:
    """Refuses a caller without the permission on the repository.

    Raises:
        RegistryError: 403.
    """
    if not call.allows(permission, repository.full):
        refusal = denied_to_nobody if call.principal == ANONYMOUS else denied
        raise refusal(permission, str(repository))


def _require_enabled(call: Call) -> None:
    # Inside, since that service is known by its folder alone, like all others.
    from rehearsal.services.serviceusage import enabled

    if not enabled(call.cloud, call.project, HOST):
        message = service_disabled(HOST, TITLE, call.project_number).message
        raise RegistryError(403, "DENIED", message)
