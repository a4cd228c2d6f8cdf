"""The newest calls: of which method, by whom, with which permissions and verdicts."""

from dataclasses import dataclass, field

from rehearsal.documents import Document
from rehearsal.store import Store

KIND = "calls"
_KEPT = 20_000
_TRIMMED_EVERY = 500


@dataclass(frozen=True)
class Verdict:
    """One permission that was asked for."""

    permission: str
    resource: str
    granted: bool


@dataclass
class Record:
    """A call, as it is kept; ``fault`` is what was done to it on purpose."""

    time: str
    method: str
    principal: str
    http_method: str
    host: str
    path: str
    status: int = 0
    message: str = ""
    fault: str = ""
    verdicts: list[Verdict] = field(default_factory=list)

    def document(self) -> Document:
        """As it is kept and shown."""
        return {
            "time": self.time,
            "method": self.method,
            "principal": self.principal,
            "request": f"{self.http_method} {self.host}{self.path}",
            "status": self.status,
            "message": self.message,
            "fault": self.fault,
            "permissions": [
                {"permission": one.permission, "resource": one.resource, "granted": one.granted}
                for one in self.verdicts
            ],
        }


class Calls:
    """The record of calls, oldest first."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def add(self, record: Record) -> None:
        """Keeps a call, and now and then lets the oldest go."""
        number = self._store.next_number(KIND)
        self._store.put(KIND, _name(number), record.document())
        if number % _TRIMMED_EVERY == 0:
            self._store.delete_range(KIND, "", _name(number - _KEPT + 1))

    def list(self, method: str = "", principal: str = "") -> list[Document]:
        """Those of a method or principal (parts of their names), oldest first."""
        return [
            document
            for _, document in self._store.list(KIND)
            if method in document["method"] and principal in document["principal"]
        ]


def _name(number: int) -> str:
    return f"{max(number, 0):012d}"
