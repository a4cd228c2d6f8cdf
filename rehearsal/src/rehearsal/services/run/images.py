"""References to container images: which Cloud Run takes, and which the registry here has.

https://cloud.google.com/run/docs/deploying#images
"""

import re
from dataclasses import dataclass

from rehearsal.cloud import Cloud

_REFERENCE = re.compile(
    r"(?:(?P<host>[a-zA-Z0-9-]+(?:\.[a-zA-Z0-9-]+)+(?::\d+)?|localhost(?::\d+)?)/)?"
    r"(?P<path>[a-z0-9]+(?:[._-]+[a-z0-9]+)*(?:/[a-z0-9]+(?:[._-]+[a-z0-9]+)*)*)"
    r"(?::(?P<tag>[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}))?"
    r"(?:@(?P<digest>sha256:[0-9a-f]{64}))?"
)
_HOSTS = re.compile(r"(?:[a-z0-9-]+\.)?gcr\.io|(?:[a-z0-9-]+-)?docker\.pkg\.dev|docker\.io")


@dataclass(frozen=True)
class Image:
    """A reference, taken apart."""

    host: str
    """'' for Docker Hub's short names."""
    path: str
    tag: str
    digest: str

    def at(self, digest: str) -> str:
        """The same image, named by digest alone."""
        return f"{self.host}/{self.path}@{digest}".lstrip("/")

    @property
    def in_artifact_registry(self) -> bool:
        """Whether it is at Artifact Registry."""
        return self.host.endswith("pkg.dev")

    def belongs_to(self, project: str) -> bool:
        """Whether it is in a repository of this project."""
        return self.in_artifact_registry and self.path.startswith(f"{project}/")


def parse(reference: str) -> Image | None:
    """The reference taken apart; None if it is none, or at a host that Cloud Run doesn't take."""
    found = _REFERENCE.fullmatch(reference)
    if found is None or (found["host"] and not _HOSTS.fullmatch(found["host"])):
        return None
    return Image(found["host"] or "", found["path"], found["tag"] or "", found["digest"] or "")


def refusal(reference: str) -> str:
    """What Cloud Run says of a reference that it doesn't take."""
    return (
        "Expected an image path like [host/]repo-path[:tag and/or @digest], where host is one of"
        f" [region.]gcr.io, [region-]docker.pkg.dev or docker.io but obtained {reference}"
    )


def missing(reference: str) -> str:
    """What Cloud Run says of an image that is not there."""
    return f"Image '{reference}' not found."


def exists(cloud: Cloud, project: str, reference: str) -> bool:
    """Whether an image is there, as far as can be told: of other projects it can't.

    It asks the registry, so it may wait.
    """
    image = parse(reference)
    if image is None or not image.belongs_to(project) or cloud.registry is None:
        return True
    return cloud.registry.digest_of(reference) is not None


def pinned(cloud: Cloud, reference: str) -> str | None:
    """The reference with the digest that its tag has now; None: the registry has no such image.

    An image at another registry stays as it is. It asks the registry, so it may wait.
    """
    image = parse(reference)
    if image is None or not image.in_artifact_registry or cloud.registry is None:
        return reference
    digest = cloud.registry.digest_of(reference)
    return image.at(digest) if digest else None
