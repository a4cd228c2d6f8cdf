"""Artifact Registry: repositories of Docker images, what is in them, and the registry behind it.

https://cloud.google.com/artifact-registry/docs/reference/rest
"""

from rehearsal.services.artifactregistry import (
    docker_images,
    locations,
    packages,
    repositories,
    tags,
    versions,
)
from rehearsal.services.artifactregistry.definition import service
from rehearsal.services.artifactregistry.docker import routes

__all__ = [
    "docker_images",
    "locations",
    "packages",
    "repositories",
    "routes",
    "service",
    "tags",
    "versions",
]
