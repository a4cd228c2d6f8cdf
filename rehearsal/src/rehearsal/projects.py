"""The projects of the rehearsal: what turns a project's number into its id and back."""

from rehearsal.documents import Document
from rehearsal.store import Store

KIND = "projects"


class Projects:
    """Project documents as Resource Manager v1 gives them, by project id."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def get(self, name: str) -> Document | None:
        """The project with this id or number."""
        if not name.isdigit():
            return self._store.get(KIND, name)
        return next(
            (one for _, one in self._store.list(KIND) if one["projectNumber"] == name), None
        )

    def put(self, document: Document) -> None:
        """Keeps a project."""
        self._store.put(KIND, document["projectId"], document)

    def all(self) -> list[Document]:
        """Every project, by id."""
        return [document for _, document in self._store.list(KIND)]

    def id_of(self, name: str) -> str:
        """The id of a project that is named by id or number; an unknown one stays as it is."""
        if not name.isdigit():
            return name
        document = self.get(name)
        return str(document["projectId"]) if document else name

    def number_of(self, project: str) -> str:
        """The number of a project, as a string; an unknown project stays as it is."""
        document = self.get(project)
        return str(document["projectNumber"]) if document else project
