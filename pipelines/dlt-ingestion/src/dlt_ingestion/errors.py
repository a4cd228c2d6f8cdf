"""Every error that this package raises on purpose, named by who can recover.

    IngestionError
    ├── ConfigurationError        the operator: a setting, a key, a name     exit code 2
    │   └── SourceRefusedError    the API refused key or address
    ├── SourceError               the API: its answer can't be used          exit code 3
    │   └── SourceUnavailableError   time: it did not answer, or asked to wait
    ├── AuditError                a person: the content looks wrong          exit code 4
    ├── WarehouseError            the warehouse: access, space, quota        exit code 5
    │   ├── WarehouseBusyError    time: someone else holds it
    │   └── PublicationConflictError   time: someone else published meanwhile
    └── ReportError               the report's file or bucket: access, space exit code 6
        └── ReportUnavailableError   time: the bucket did not take it, for now

Anything else that surfaces is a bug (exit code 1). A process that a signal ends has 128 plus the
signal's number (SIGTERM: 143, SIGINT: 130).
"""

from typing import ClassVar


class IngestionError(Exception):
    """What failed, on which value, and what to do next; ``exit_code`` tells who can recover."""

    exit_code: ClassVar[int] = 1

    @property
    def error_class(self) -> str:
        """The name that logs and the run history show."""
        return type(self).__name__


class ConfigurationError(IngestionError):
    """A setting is missing or wrong; the operator changes it and runs again."""

    exit_code = 2


class SourceRefusedError(ConfigurationError):
    """The API refused the request for good (401, 403, 404): key or address are wrong."""


class SourceError(IngestionError):
    """The API answered with something that must not be published."""

    exit_code = 3


class SourceUnavailableError(SourceError):
    """The API did not answer usably within the allowed tries; a later run may succeed."""

    def __init__(self, message: str, *, retry_after_seconds: float | None = None) -> None:
        super().__init__(message)
        self.retry_after_seconds = retry_after_seconds


class AuditError(IngestionError):
    """The content was read and parsed, and looks too odd to be published."""

    exit_code = 4


class WarehouseError(IngestionError):
    """The warehouse refused or failed; published tables are as they were."""

    exit_code = 5


class WarehouseBusyError(WarehouseError):
    """Somebody else holds the warehouse longer than this run may wait."""


class PublicationConflictError(WarehouseError):
    """Another run changed the published tables since this one looked; look and try again."""


class ReportError(IngestionError):
    """The report could not be written where it belongs; the tables have nothing to do with it."""

    exit_code = 6


class ReportUnavailableError(ReportError):
    """The bucket did not answer usably within the allowed tries; a later run writes the report."""
