"""How secrets, versions and values are kept: values apart, so that no document shows one.

Everything is kept under the name that Google answers, which has the project's number.
"""

import base64
import re
from dataclasses import dataclass

import google_crc32c

from rehearsal.cloud import Cloud
from rehearsal.documents import Document
from rehearsal.store import Store

SECRETS = "secretmanager.secrets"
VERSIONS = "secretmanager.versions"
_VALUES = "secretmanager.values"
_VERSION = re.compile(r"(?P<secret>projects/.+/secrets/.+)/versions/(?P<version>.+)", re.DOTALL)


@dataclass(frozen=True)
class VersionName:
    """``secret``: ``projects/N/secrets/S``; ``version``: a number, an alias or ``latest``."""

    secret: str
    version: str

    def __str__(self) -> str:
        return f"{self.secret}/versions/{self.version}"


def parsed(name: str) -> VersionName:
    """The parts of a version's name.

    Raises:
        ValueError: it is none.
    """
    found = _VERSION.fullmatch(name)
    if found is None:
        raise ValueError(f"{name!r} is no name of a secret's version")
    return VersionName(found["secret"], found["version"])


def shown(cloud: Cloud, name: str) -> str:
    """A name as Google answers it: with the project's number."""
    _, project, rest = name.split("/", 2)
    return f"projects/{cloud.projects.number_of(project)}/{rest}"


def next_etag(store: Store) -> str:
    """A new etag, in the quotes that are part of it; each change has one, even one of nothing.

    https://cloud.google.com/secret-manager/docs/etags
    """
    return f'"{store.next_number("secretmanager.etags"):014x}"'


def versions_of(store: Store, secret: str) -> list[tuple[int, Document]]:
    """The versions of a secret with their numbers, newest first."""
    prefix = f"{secret}/versions/"
    named = store.list(VERSIONS, prefix)
    return sorted(
        ((int(name.removeprefix(prefix)), document) for name, document in named),
        key=lambda numbered: -numbered[0],
    )


def put_version(store: Store, secret: str, number: int, version: Document) -> Document:
    """Keeps a version, with a new etag."""
    version = version | {"etag": next_etag(store)}
    store.put(VERSIONS, f"{secret}/versions/{number}", version)
    return version


def put_value(store: Store, secret: str, number: int, value: bytes) -> None:
    """Keeps the value of a version."""
    data = base64.b64encode(value).decode()
    store.put(
        _VALUES,
        f"{secret}/versions/{number}",
        {"data": data, "dataCrc32c": str(google_crc32c.value(value))},
    )


def payload(store: Store, secret: str, number: int) -> Document:
    """The value of a version that has one, with its checksum: ``{"data", "dataCrc32c"}``."""
    kept = store.get(_VALUES, f"{secret}/versions/{number}")
    if kept is None:
        raise LookupError(f"{secret}/versions/{number} has lost its value")
    return kept


def destroy(store: Store, secret: str, number: int, at: str) -> Document:
    """Destroys a version's value; what remains is that there was one."""
    version = store.get(VERSIONS, f"{secret}/versions/{number}") or {}
    version.pop("scheduledDestroyTime", None)
    store.delete(_VALUES, f"{secret}/versions/{number}")
    return put_version(store, secret, number, version | {"state": "DESTROYED", "destroyTime": at})


def delete_secret(cloud: Cloud, secret: str) -> None:
    """Deletes a secret with its versions, their values and its policy."""
    store = cloud.store
    for number, _ in versions_of(store, secret):
        store.delete(_VALUES, f"{secret}/versions/{number}")
        store.delete(VERSIONS, f"{secret}/versions/{number}")
    store.delete(SECRETS, secret)
    cloud.access.forget(full_name(cloud, secret))


def full_name(cloud: Cloud, name: str) -> str:
    """The full name of a secret or a version, by which policies are kept: with the id."""
    _, project, rest = name.split("/", 2)
    return f"//secretmanager.googleapis.com/projects/{cloud.projects.id_of(project)}/{rest}"
