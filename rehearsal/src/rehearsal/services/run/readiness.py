"""What keeps a valid job from running: an image or a secret that is not there or not to be read.

Looked at when a job is made or replaced, and again at the start of each execution.
https://cloud.google.com/run/docs/configuring/jobs/secrets
"""

from collections.abc import Iterator
from dataclasses import dataclass

from rehearsal.cloud import Cloud
from rehearsal.documents import Document
from rehearsal.errors import ApiError, failed_precondition, not_found, permission_denied
from rehearsal.services.run import images


@dataclass(frozen=True)
class Obstacle:
    """Why a job can't run. ``reason`` is that of the condition."""

    reason: str
    error: ApiError


@dataclass(frozen=True)
class SecretVersion:
    """A version of a secret that a job refers to."""

    project: str
    secret: str
    version: str

    def full_name(self, cloud: Cloud) -> str:
        """As Cloud Run's messages name it, with the project's number."""
        number = cloud.projects.number_of(self.project)
        return f"projects/{number}/secrets/{self.secret}/versions/{self.version}"


def image_obstacle(cloud: Cloud, project: str, task: Document) -> Obstacle | None:
    """The first image that is missing. Asks the registry, so it may wait."""
    for container in task["containers"]:
        if not images.exists(cloud, project, container["image"]):
            return missing_image(container["image"])
    return None


def missing_image(reference: str) -> Obstacle:
    """That an image is not there."""
    return Obstacle("CONTAINER_MISSING", not_found(images.missing(reference)))


def secret_obstacle(cloud: Cloud, project: str, task: Document) -> Obstacle | None:
    """The first secret that the job's account can't read."""
    from rehearsal.services.secretmanager import access

    account = task["serviceAccount"]
    for one in secrets_of(project, task):
        try:
            access.check(cloud, one.project, one.secret, one.version, account)
        except ApiError as error:
            worded = _worded(error, one.full_name(cloud), account)
            return Obstacle("SECRETS_ACCESS_CHECK_FAILED", worded)
    return None


def secrets_of(project: str, task: Document) -> Iterator[SecretVersion]:
    """All versions that the variables and volumes of a task refer to."""
    for container in task["containers"]:
        for variable in container.get("env", []):
            if "valueSource" in variable:
                yield referred(project, variable)
    for volume in task.get("volumes", []):
        if "secret" in volume:
            for item in volume["secret"].get("items") or [{}]:
                name = volume["secret"].get("secret", "")
                yield _version(project, name, item.get("version") or "latest")


def referred(project: str, variable: Document) -> SecretVersion:
    """The version that a variable takes its value from."""
    reference = variable["valueSource"]["secretKeyRef"]
    return _version(project, reference["secret"], reference["version"])


def _version(project: str, name: str, version: str) -> SecretVersion:
    if name.startswith("projects/"):
        _, project, _, name = name.split("/", 3)
    return SecretVersion(project, name, version)


def secret_value(cloud: Cloud, one: SecretVersion, account: str) -> str:
    """The value of a secret, read as the job's account.

    Raises:
        ApiError: it is not there or not to be read, worded as Cloud Run words it.
    """
    from rehearsal.services.secretmanager import access

    try:
        return access.value_of(cloud, one.project, one.secret, one.version, account)
    except ApiError as error:
        raise _worded(error, one.full_name(cloud), account) from error


def _worded(error: ApiError, name: str, account: str) -> ApiError:
    if error.code == 403:
        return permission_denied(
            f"Permission denied on secret: {name} for Revision service account {account}. The"
            " service account used must be granted the 'Secret Manager Secret Accessor' role"
            " (roles/secretmanager.secretAccessor) at the secret, project or higher level."
        )
    if error.code == 404:
        return not_found(f"Secret {name} was not found")
    return failed_precondition(f"Failed to access secret {name}: {error.message}")
