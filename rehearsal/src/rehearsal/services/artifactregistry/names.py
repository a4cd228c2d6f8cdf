"""Names of repositories, packages, versions and tags, and of images as Docker writes them."""

import re
from dataclasses import dataclass
from urllib.parse import quote, unquote

from rehearsal.errors import invalid_argument

DOCKER_HOST_SUFFIX = "-docker.pkg.dev"
_REPOSITORY = re.compile(
    r"projects/(?P<project>[^/]+)/locations/(?P<location>[^/]+)/repositories/(?P<id>[^/]+)"
)
_IMAGE = re.compile(
    r"(?P<location>[a-z0-9-]+)-docker\.pkg\.dev/(?P<project>[^/]+)/(?P<id>[^/]+)/(?P<package>[^:@]+)"
    r"(?::(?P<tag>[\w.-]+))?(?:@(?P<digest>sha256:[0-9a-f]{64}))?"
)


@dataclass(frozen=True)
class RepositoryName:
    """``str()`` gives ``projects/P/locations/L/repositories/R``."""

    project: str
    location: str
    id: str

    def __str__(self) -> str:
        return f"projects/{self.project}/locations/{self.location}/repositories/{self.id}"

    @property
    def full(self) -> str:
        """The full name, by which policies are kept."""
        return f"//artifactregistry.googleapis.com/{self}"

    @property
    def uri(self) -> str:
        """How Docker calls it: ``L-docker.pkg.dev/P/R``."""
        return f"{self.location}{DOCKER_HOST_SUFFIX}/{self.project}/{self.id}"


@dataclass(frozen=True)
class PackageName:
    """An image without tag or digest; ``id`` may have slashes, which ``str()`` escapes."""

    repository: RepositoryName
    id: str

    def __str__(self) -> str:
        return f"{self.repository}/packages/{quote(self.id, safe='')}"

    @property
    def uri(self) -> str:
        """How Docker calls it: ``L-docker.pkg.dev/P/R/IMG``."""
        return f"{self.repository.uri}/{self.id}"


@dataclass(frozen=True)
class ImageName:
    """An image with a tag or a digest, which goes before the tag."""

    package: PackageName
    tag: str
    digest: str | None


def repository_of(name: str) -> RepositoryName:
    """The repository that ``name`` is, or that it is in.

    Raises:
        ApiError: 400: there is none in it.
    """
    found = _REPOSITORY.match(name)
    if found is None:
        raise invalid_argument(f"{name!r} is not in a repository.")
    return RepositoryName(found["project"], found["location"], found["id"])


def package_of(name: str) -> PackageName:
    """The package that ``name`` is, or that it is in; slashes of its id may be escaped or not.

    Raises:
        ApiError: 400: there is none in it.
    """
    repository = repository_of(name)
    rest = name.removeprefix(f"{repository}/packages/")
    if rest == name:
        raise invalid_argument(f"{name!r} is not in a package.")
    return PackageName(repository, unquote(re.split("/(?:versions|tags)(?:/|$)", rest)[0]))


def last_part(name: str) -> str:
    """The version or the tag in a name that ends with one."""
    return name.rpartition("/")[2]


def image_of(text: str) -> ImageName | None:
    """An image as Docker writes it; None if it is not one of Artifact Registry's."""
    found = _IMAGE.fullmatch(text)
    if found is None:
        return None
    repository = RepositoryName(found["project"], found["location"], found["id"])
    package = PackageName(repository, found["package"])
    return ImageName(package, found["tag"] or "latest", found["digest"])
