"""Cloud Logging: entries, their filters, and logs."""

from rehearsal.services.logging import entries, logs, writing
from rehearsal.services.logging.definition import service

__all__ = ["entries", "logs", "service", "writing"]
