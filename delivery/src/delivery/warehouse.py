"""BigQuery by ``bq``: rows of a query; datasets that are made, listed and removed."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from delivery import program
from delivery.system import System

_MOST = 1000


@dataclass(frozen=True)
class Dataset:
    """A dataset as it is listed."""

    name: str
    labels: Mapping[str, str]


@dataclass(frozen=True)
class Warehouse:
    """The project's BigQuery."""

    system: System

    def rows(self, sql: str, **parameters: str) -> list[dict[str, str | None]]:
        """The rows of a query; ``parameters`` are texts. Values are texts, or None for NULL."""
        given = [f"--parameter={name}:STRING:{value}" for name, value in parameters.items()]
        text = program.output("bq", "query", *self._project(), "--use_legacy_sql=false",
                              f"--location={self.system.location}", "--format=json",
                              f"--max_rows={_MOST}", *given, sql)  # fmt: skip
        rows: list[dict[str, str | None]] = json.loads(text or "[]")
        return rows

    def make(self, dataset: str, description: str, label: str, tables_live: timedelta) -> None:
        """Makes a dataset whose tables expire."""
        seconds = int(tables_live.total_seconds())
        program.output("bq", "mk", *self._project(), "--dataset",
                       f"--location={self.system.location}",
                       f"--default_table_expiration={seconds}", f"--label={label}",
                       f"--description={description}", self._name(dataset))  # fmt: skip

    def remove(self, dataset: str) -> None:
        """Removes a dataset with its tables. It may be gone already."""
        program.output("bq", "rm", *self._project(), "--recursive", "--force", "--dataset",
                       self._name(dataset))  # fmt: skip

    def datasets(self) -> list[Dataset]:
        """All that the caller may see."""
        text = program.output("bq", "ls", *self._project(), "--datasets", "--format=json",
                              f"--max_results={_MOST}")  # fmt: skip
        return [
            Dataset(one["datasetReference"]["datasetId"], one.get("labels", {}))
            for one in json.loads(text or "[]")
        ]

    def created(self, dataset: str) -> datetime:
        """When it was made."""
        text = program.output("bq", "show", *self._project(), "--dataset", "--format=json",
                              self._name(dataset))  # fmt: skip
        milliseconds = int(json.loads(text)["creationTime"])
        return datetime.fromtimestamp(milliseconds / 1000, UTC)

    def _project(self) -> tuple[str]:
        return (f"--project_id={self.system.project}",)

    def _name(self, dataset: str) -> str:
        return f"{self.system.project}:{dataset}"
