"""Names of pools and providers: kept with the project's id, shown with its number."""

import re

from rehearsal.cloud import Cloud
from rehearsal.errors import invalid_argument

_ID = re.compile(r"[a-z0-9-]{4,32}")
_PROVIDER = re.compile(
    r"//iam\.googleapis\.com/"
    r"(projects/[^/]+/locations/global/workloadIdentityPools/[^/]+/providers/[^/]+)"
)


def check_id(value: str | None, field: str) -> str:
    """The id of a new pool or provider.

    Raises:
        ApiError: 400.
    """
    if value is None or _ID.fullmatch(value) is None or value.startswith("gcp-"):
        message = (
            f"Invalid {field}: {value or ''!r}. It must have 4 to 32 lower-case letters, digits"
            " and hyphens, and must not start with gcp-."
        )
        raise invalid_argument(message, (field, message))
    return value


def shown(cloud: Cloud, name: str) -> str:
    """A name with the project's number."""
    head, project, rest = name.split("/", 2)
    return f"{head}/{cloud.projects.number_of(project)}/{rest}"


def kept(cloud: Cloud, name: str) -> str:
    """A name with the project's id."""
    head, project, rest = name.split("/", 2)
    return f"{head}/{cloud.projects.id_of(project)}/{rest}"


def provider_of_audience(audience: str) -> str | None:
    """The name of the provider that an audience names in full, or None."""
    found = _PROVIDER.fullmatch(audience)
    return found[1] if found else None
