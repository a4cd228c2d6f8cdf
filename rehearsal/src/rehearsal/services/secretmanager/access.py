"""What other services ask: the value of a secret, as an account that runs something."""

import base64

from rehearsal.cloud import Cloud
from rehearsal.errors import failed_precondition
from rehearsal.identity.principal import Principal
from rehearsal.services.secretmanager.kept import VersionName, full_name, payload, shown
from rehearsal.services.secretmanager.versions import found, require_enabled, resolved

_PERMISSION = "secretmanager.versions.access"


def check(cloud: Cloud, project: str, secret: str, version: str, email: str) -> None:
    """Refuses a secret that the account could not read at this moment. Reads no value.

    ``secret``: an id of ``project`` (id or number), or a whole name, ``projects/P/secrets/S``.
    ``version``: a number, an alias or ``latest``. ``email``: a service account's.

    Raises:
        ApiError: 403: the account may not; 404: there is none; 400 FAILED_PRECONDITION: the
            version is disabled or destroyed.
    """
    _checked(cloud, project, secret, version, email)


def value_of(cloud: Cloud, project: str, secret: str, version: str, email: str) -> str:
    """The secret's value, read as the account; arguments and errors as of ``check``.

    Raises:
        ApiError: as ``check``; 400 FAILED_PRECONDITION, too, if the value is not text in UTF-8.
    """
    name = _checked(cloud, project, secret, version, email)
    data = base64.b64decode(payload(cloud.store, name.secret, int(name.version))["data"])
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        raise failed_precondition(f"Secret Version [{name}] is not text in UTF-8.") from error


def _checked(cloud: Cloud, project: str, secret: str, version: str, email: str) -> VersionName:
    whole = secret if secret.startswith("projects/") else f"projects/{project}/secrets/{secret}"
    name = VersionName(shown(cloud, whole), version)
    account = Principal(f"serviceAccount:{email}")
    with cloud.store.transaction():
        cloud.access.require(account, _PERMISSION, full_name(cloud, str(name)))
        name = resolved(cloud, name)
        require_enabled(found(cloud, name))
    return name
