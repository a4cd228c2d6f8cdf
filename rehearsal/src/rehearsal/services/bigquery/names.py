"""Names of datasets and tables: as BigQuery writes them, and as policies are kept for them."""

from dataclasses import dataclass

from rehearsal.documents import Document


def project_resource(project: str) -> str:
    """The full resource name of a project."""
    return f"//cloudresourcemanager.googleapis.com/projects/{project}"


@dataclass(frozen=True, order=True)
class DatasetName:
    """A dataset of a project."""

    project: str
    dataset: str

    @property
    def label(self) -> str:
        """``project:dataset``, as messages have it."""
        return f"{self.project}:{self.dataset}"

    @property
    def key(self) -> str:
        """``project/dataset``, as records are named."""
        return f"{self.project}/{self.dataset}"

    @property
    def path(self) -> str:
        """``projects/project/datasets/dataset``."""
        return f"projects/{self.project}/datasets/{self.dataset}"

    @property
    def resource(self) -> str:
        """The full resource name."""
        return f"//bigquery.googleapis.com/{self.path}"


@dataclass(frozen=True, order=True)
class TableName:
    """A table or view of a dataset."""

    project: str
    dataset: str
    table: str

    @property
    def home(self) -> DatasetName:
        """The dataset that it is in."""
        return DatasetName(self.project, self.dataset)

    @property
    def label(self) -> str:
        """``project:dataset.table``, as messages have it."""
        return f"{self.project}:{self.dataset}.{self.table}"

    @property
    def path(self) -> str:
        """``projects/project/datasets/dataset/tables/table``."""
        return f"{self.home.path}/tables/{self.table}"

    @property
    def resource(self) -> str:
        """The full resource name."""
        return f"{self.home.resource}/tables/{self.table}"


def table_of(reference: Document, project: str) -> TableName:
    """The table of a ``TableReference``; ``project`` where it names none."""
    return TableName(
        reference.get("projectId") or project,
        reference.get("datasetId", ""),
        reference.get("tableId", "").partition("$")[0],
    )
