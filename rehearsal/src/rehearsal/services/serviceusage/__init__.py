"""Service Usage: which APIs a project has enabled."""

from rehearsal.services.serviceusage import services
from rehearsal.services.serviceusage.definition import service
from rehearsal.services.serviceusage.enablement import enable_all, enabled

__all__ = ["enable_all", "enabled", "service", "services"]
