"""What all resources have in common: they are made once, found or missing, replaced and deleted."""

from collections.abc import Callable, Sequence

from rehearsal.api.call import Call
from rehearsal.documents import Document
from rehearsal.errors import already_exists, not_found


class Collection:
    """All resources of a kind. ``missing`` and ``exists`` make the messages from a name."""

    def __init__(
        self, kind: str, missing: Callable[[str], str], exists: Callable[[str], str]
    ) -> None:
        self.kind, self._missing, self._exists = kind, missing, exists

    def find(self, call: Call, name: str) -> Document | None:
        """The resource, or None."""
        return call.cloud.store.get(self.kind, name)

    def get(self, call: Call, name: str) -> Document:
        """The resource.

        Raises:
            ApiError: 404.
        """
        document = self.find(call, name)
        if document is None:
            raise not_found(self._missing(name))
        return document

    def create(self, call: Call, name: str, document: Document) -> Document:
        """Keeps a new resource.

        Raises:
            ApiError: 409.
        """
        if self.find(call, name) is not None:
            raise already_exists(self._exists(name))
        return self.put(call, name, document)

    def replace(self, call: Call, name: str, document: Document) -> Document:
        """Keeps a resource in place of the one of that name.

        Raises:
            ApiError: 404.
        """
        self.get(call, name)
        return self.put(call, name, document)

    def put(self, call: Call, name: str, document: Document) -> Document:
        """Keeps a resource, whether or not there is one of that name."""
        call.cloud.store.put(self.kind, name, document)
        return document

    def delete(self, call: Call, name: str) -> Document:
        """Deletes a resource; gives what it was.

        Raises:
            ApiError: 404.
        """
        document = self.get(call, name)
        call.cloud.store.delete(self.kind, name)
        return document

    def list(self, call: Call, prefix: str) -> Sequence[Document]:
        """Those whose names start with ``prefix``, by name."""
        return [document for _, document in call.cloud.store.list(self.kind, prefix)]
