"""Log-based metrics: their definitions, and the counting of entries (``counting``)."""

from rehearsal.services.logging_metrics import metrics
from rehearsal.services.logging_metrics.definition import service

__all__ = ["metrics", "service"]
