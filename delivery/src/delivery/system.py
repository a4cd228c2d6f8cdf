"""The system that is delivered: its project and region, and the names that follow from them."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from delivery.errors import SetupError

_PROJECT = re.compile(r"[a-z][a-z0-9-]{4,28}[a-z0-9]")
_REGION = re.compile(r"[a-z]+-[a-z]+[0-9]+")


@dataclass(frozen=True)
class System:
    """One deployment in one project."""

    project: str
    region: str = "europe-west1"
    location: str = "US"
    """Of the datasets."""
    root: Path = Path()
    """The repository."""

    job = "dlt-dog-breeds-ingestion"
    dataset = "dog_breeds_raw"
    pull_request_key = "dog-api-key-pr"
    """The secret with it."""

    @classmethod
    def of(cls, environment: Mapping[str, str] = os.environ) -> "System":
        """As the environment says.

        Raises:
            SetupError: GCP_PROJECT_ID is missing, or a value can't be right.
        """
        project = environment.get("GCP_PROJECT_ID", "")
        region = environment.get("GCP_REGION") or cls.region
        if not project:
            raise SetupError(
                "GCP_PROJECT_ID is not set. By hand: export GCP_PROJECT_ID=<project-id>. In "
                "GitHub: Settings > Secrets and variables > Actions > Variables; "
                "delivery/README.md lists all of them."
            )
        if not _PROJECT.fullmatch(project):
            raise SetupError(
                f"GCP_PROJECT_ID={project!r} is no project id: one looks like dog-breeds-123."
            )
        if not _REGION.fullmatch(region):
            raise SetupError(f"GCP_REGION={region!r} is no region: one looks like europe-west1.")
        return cls(
            project,
            region,
            environment.get("BIGQUERY_LOCATION") or cls.location,
            Path(environment.get("DELIVERY_ROOT", ".")),
        )

    @property
    def registry(self) -> str:
        """The host that keeps the images."""
        return f"{self.region}-docker.pkg.dev"

    @property
    def image(self) -> str:
        """The image's address, without tag or digest."""
        return f"{self.registry}/{self.project}/pipelines/dlt-ingestion"

    @property
    def infrastructure(self) -> Path:
        """The folder of the root module."""
        return self.root / "infrastructure"
