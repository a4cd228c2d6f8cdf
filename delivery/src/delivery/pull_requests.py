"""A pull request's own datasets: made so that tables expire, filled by a run; leftovers."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from delivery import program
from delivery.errors import SetupError, UnhealthyError
from delivery.reporting import say
from delivery.system import System
from delivery.warehouse import Warehouse

_NAME = re.compile(r"dog_breeds_pr_[1-9][0-9]*(_staging)?")
_PURPOSE = ("purpose", "pull-request")
_TABLES_LIVE = timedelta(days=1)


@dataclass(frozen=True)
class PullRequest:
    """One pull request's datasets."""

    system: System
    number: int

    @property
    def dataset(self) -> str:
        """Of the published tables."""
        return f"dog_breeds_pr_{self.number}"

    @property
    def datasets(self) -> tuple[str, str]:
        """Both."""
        return self.dataset, f"{self.dataset}_staging"

    def run(self, command: Sequence[str]) -> None:
        """Makes the datasets and runs the pipeline's command into them; they stay.

        The key is read from Secret Manager and given to that command alone.

        Raises:
            ProgramError: the pipeline failed.
            UnhealthyError: it left no rows.
        """
        warehouse = Warehouse(self.system)
        for dataset in self.datasets:
            warehouse.remove(dataset)
            warehouse.make(dataset, f"Of pull request {self.number}; may be removed at any time",
                           ":".join(_PURPOSE), _TABLES_LIVE)  # fmt: skip
        program.call(*command, environment=self._environment())
        sql = f"SELECT COUNT(*) AS breeds FROM `{self.system.project}.{self.dataset}.breeds`"
        breeds = int(warehouse.rows(sql)[0]["breeds"] or 0)
        if breeds < 1:
            raise UnhealthyError(f"The pipeline ended well, and {self.dataset}.breeds is empty.")
        say(f"{breeds} breeds are in {self.dataset}.")

    def remove(self) -> None:
        """Removes the datasets, those that there are."""
        for dataset in self.datasets:
            Warehouse(self.system).remove(dataset)
        say(f"{' and '.join(self.datasets)} are gone.")

    def _environment(self) -> dict[str, str]:
        published, staging = self.datasets
        return {
            "GCP_PROJECT_ID": self.system.project,
            "BIGQUERY_DATASET": published,
            "BIGQUERY_STAGING_DATASET": staging,
            "BIGQUERY_LOCATION": self.system.location,
            "ENVIRONMENT": "test",
            "DOG_API_KEY": self._key(),
        }

    def _key(self) -> str:
        secret = self.system.pull_request_key
        key = program.output("gcloud", "secrets", "versions", "access", "latest",
                             f"--secret={secret}", f"--project={self.system.project}")  # fmt: skip
        if not key:
            raise SetupError(f"The secret {secret} is empty: add a version with the key.")
        return key


def sweep(system: System, older_than: timedelta, now: datetime | None = None) -> list[str]:
    """Removes what closed, killed and forgotten runs of pull requests left; gives the names.

    Only what has both the name and the label of a pull request's dataset is touched.
    """
    warehouse = Warehouse(system)
    limit = (now or datetime.now(UTC)) - older_than
    left = [
        dataset.name
        for dataset in warehouse.datasets()
        if _NAME.fullmatch(dataset.name)
        and dataset.labels.get(_PURPOSE[0]) == _PURPOSE[1]
        and warehouse.created(dataset.name) < limit
    ]
    for name in left:
        warehouse.remove(name)
    say(f"Removed {len(left)} datasets of pull requests{': ' if left else ''}{', '.join(left)}.")
    return left
